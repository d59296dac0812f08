"""Doctor checks of the services that a portal needs: database and migrations, search and index, Redis and worker."""

from __future__ import annotations

import time
from datetime import timezone
from importlib.resources import files
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from ckan import model
from ckan.lib import jobs
from redis import Redis
from rq import Queue, Worker
from rq.job import Job
from rq.registry import ScheduledJobRegistry

from .. import config
from ..contributions import SERVICE_REMEDIES, Diagnosis, DoctorCheck, run_once
from ..search import availability, statistics
from ..standard.i18n import N_, Message

_VERSION_TABLE = "opensmartcity_alembic_version"
# Seconds. CKAN's own connection to Redis has no timeout.
_REDIS_TIMEOUT = 1.0
# Seconds after which a job that waits although a worker runs is a finding.
_LATE = 3_600
_REINDEX = run_once("ckan search-index rebuild")


def redis_connection() -> Redis:
    """Return a connection to CKAN's Redis that gives up after a second."""
    timeouts = {"socket_timeout": _REDIS_TIMEOUT, "socket_connect_timeout": _REDIS_TIMEOUT}
    return Redis.from_url(tk.config["ckan.redis.url"], **timeouts)


def check_database() -> Diagnosis:
    """Check that the database answers, and that it is not a read-only standby."""
    if model.Session.scalar(sa.text("SELECT pg_is_in_recovery()")):
        return Diagnosis(
            "error",
            Message(N_("The database is a standby: nothing can be saved.")),
            Message(N_("Promote it, or let sqlalchemy.url name the primary.")),
        )
    return Diagnosis("ok", Message(N_("The database answers.")))


def check_migrations() -> Diagnosis:
    """Compare the version of our tables with the newest migration of this package."""
    scripts = ScriptDirectory(str(files("ckanext.opensmartcity") / "migration" / "opensmartcity"))
    context = MigrationContext.configure(model.Session.connection(), opts={"version_table": _VERSION_TABLE})
    if set(context.get_current_heads()) == set(scripts.get_heads()):
        return Diagnosis("ok", Message(N_("All migrations are applied.")))
    return Diagnosis(
        "error",
        Message(N_("The tables of the plugin are missing or of an earlier version.")),
        run_once("ckan db upgrade"),
    )


def check_search() -> Diagnosis:
    """Ask Solr for a sign of life."""
    if problem := availability.probe():
        text = Message(N_("Solr does not answer ({problem})."), {"problem": problem})
        return Diagnosis("error", text, SERVICE_REMEDIES["search"])
    return Diagnosis("ok", Message(N_("Solr answers.")))


def check_index() -> Diagnosis:
    """Compare the search index with the database, and its records with the rules by which they were assessed."""
    if availability.probe():
        text = Message(N_("Whether the search index is current is unknown: Solr does not answer."))
        return Diagnosis("warning", text, SERVICE_REMEDIES["search"])
    standard = config.standard()
    context, query = {"ignore_auth": True, "user": ""}, {"include_private": True}
    answer = statistics.count_records(context, query, statistics.freshness(standard))
    behind, stale, outdated = statistics.index_lag(standard, answer)
    gauges = {"index_records_missing": float(behind), "index_records_outdated": float(outdated)}
    values = {"n": str(outdated or abs(behind))}
    if outdated:
        text = Message(N_("Records that were indexed by former rules or by an earlier version: {n}"), values)
        return Diagnosis("warning", text, _REINDEX, gauges)
    if behind:
        return Diagnosis(
            "warning",
            Message(
                N_("Public records that are in the database and not in the search index, or only there: {n}"), values
            ),
            _REINDEX,
            gauges,
        )
    if stale:
        text = Message(N_("The search index has earlier versions of some public records."))
        return Diagnosis("warning", text, _REINDEX, gauges)
    return Diagnosis("ok", Message(N_("The search index is current.")), gauges=gauges)


def check_worker() -> Diagnosis:
    """Look for a worker of the job queue, which sends mail, checks links and signs the ledger."""
    connection = redis_connection()
    queue = Queue(jobs.add_queue_name_prefix(jobs.DEFAULT_QUEUE_NAME), connection=connection)
    # Unlike Worker.count, this leaves out workers that were killed: their keys have expired.
    workers = len(Worker.all(queue=queue))
    waiting, age = _waiting_jobs(queue)
    gauges = {"workers": float(workers), "jobs_waiting": float(waiting), "job_oldest_age_seconds": age}
    remedy = Message(N_("Run `ckan jobs worker` as a service."))
    if not workers:
        text = Message(N_("No worker is running. Background jobs that wait: {count}"), {"count": str(waiting)})
        return Diagnosis("error" if waiting else "warning", text, remedy, gauges)
    if age > _LATE:
        values = {"count": str(waiting), "hours": f"{age / 3600:.0f}"}
        text = Message(
            N_("Background jobs wait although a worker runs: {count}, the oldest for {hours} hours."), values
        )
        more = N_(
            "See the log of the worker, and run more of them (ckan jobs worker). `ckan jobs list` shows the jobs."
        )
        return Diagnosis("warning", text, Message(more), gauges)
    return Diagnosis("ok", Message(N_("A worker runs the background jobs.")), gauges=gauges)


def _waiting_jobs(queue: Queue) -> tuple[int, float]:
    """Return the number of jobs that could run now, and for how many seconds the oldest has waited."""
    now, connection = time.time(), queue.connection
    # Scheduled jobs whose time has come stay here until a worker with a scheduler moves them to the queue.
    key: str = ScheduledJobRegistry(queue=queue).key  # type: ignore[no-untyped-call]
    due = int(connection.zcount(key, "-inf", now))
    first: list[Any] = connection.zrange(key, 0, 0, withscores=True)
    since = [float(score) for _, score in first if score <= now]
    if oldest := queue.get_job_ids(0, 1):
        found = Job.fetch_many(oldest, connection=connection)
        # rq 1.16 has times without a zone, in UTC.
        times = [job.enqueued_at for job in found if job and job.enqueued_at]
        since += [(each if each.tzinfo else each.replace(tzinfo=timezone.utc)).timestamp() for each in times]
    return len(queue) + due, max(0.0, now - min(since, default=now))


CHECKS = (
    DoctorCheck("database", check_database, needs="database", public=True),
    DoctorCheck("migrations", check_migrations, needs="database"),
    DoctorCheck("search", check_search, needs="search", public=True),
    DoctorCheck(
        "index",
        check_index,
        needs="search",
        gauges={
            "index_records_missing": "Public records that the search index lacks; negative if it has too many",
            "index_records_outdated": "Records that were indexed by former rules",
        },
    ),
    DoctorCheck(
        "worker",
        check_worker,
        needs="redis",
        gauges={
            "workers": "Workers of the background jobs that are alive",
            "jobs_waiting": "Background jobs that could run now",
            "job_oldest_age_seconds": "Time for which the oldest of these jobs has waited",
        },
    ),
)
