"""Jobs that are scheduled for later, which CKAN's fixture `clean_queues` leaves in their registry."""

from ckan.lib import jobs


def delete_scheduled_jobs():
    """Delete them, so that none of another test falls due in this one."""
    registry = jobs.get_queue().scheduled_job_registry
    for job_id in registry.get_job_ids():
        registry.remove(job_id, delete_job=True)
