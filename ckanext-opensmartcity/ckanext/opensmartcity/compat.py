"""Differences between CKAN 2.11 and 2.12, each with its reason. No other module asks for the version of CKAN.

Importing this module on an older CKAN raises CkanConfigurationException, which CKAN prints as one line. The plugin
imports it first, because other modules import what an older CKAN lacks.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import partialmethod, wraps
from typing import Any

import ckan
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.exceptions import CkanConfigurationException
from ckan.lib import helpers, jobs
from rq.job import Job
from sqlalchemy.orm.attributes import flag_modified

log = logging.getLogger(__name__)

OLDEST, NEWEST = "2.11", "2.12"


def minor_version(text: str) -> tuple[int, int]:
    """Return major and minor number of a version such as `2.12.0` or `2.13.0a0`; (0, 0) if it has none."""
    match = re.match(r"(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else (0, 0)


_installed = minor_version(ckan.__version__)
_is_2_11 = _installed == (2, 11)

if _installed < minor_version(OLDEST):
    raise CkanConfigurationException(
        f"ckanext-opensmartcity needs CKAN {OLDEST} or newer, and this is CKAN {ckan.__version__}: upgrade CKAN, or "
        "remove opensmartcity from ckan.plugins"
    )

# SQL for the extras of the package `p` as a JSON object, NULL without any. CKAN 2.12 moved them from a table of their
# own, in which deleted rows may remain, into a column of the package (ckan/ckan#8288).
PACKAGE_EXTRAS = (
    "(SELECT jsonb_object_agg(e.key, e.value) FROM package_extra e"
    " WHERE e.package_id = p.id AND e.state = 'active' AND e.value IS NOT NULL)"
    if _is_2_11
    else "p.extras"
)

# CKAN 2.11 stores the value of an extra as text, and fails at the database on an object or a list.
EXTRAS_ARE_TEXT = _is_2_11

# CKAN 2.11 changes datasets in bulk, and those of an organisation that goes, by SQL: no hook of a plugin is called.
CHANGES_DATASETS_BY_SQL = _is_2_11

# CKAN 2.11 logs exceptions of index hooks and commits all the same; only its own SearchIndexError stops a save.
HIDES_INDEX_ERRORS = _is_2_11

# Allowed HTML of rendered Markdown, as nh3 takes it. CKAN 2.12 cleans with nh3 too; 2.11 has the lists of bleach.
MARKDOWN_TAGS = frozenset(helpers.MARKDOWN_TAGS)
MARKDOWN_ATTRIBUTES = {tag: set(names) for tag, names in helpers.MARKDOWN_ATTRIBUTES.items()}


def start() -> None:
    """Log a warning on a CKAN that is newer than the tested ones; let the workers of CKAN 2.11 run scheduled jobs."""
    if _installed > minor_version(NEWEST):
        tested = f"CKAN {OLDEST} to {NEWEST}"
        log.warning("ckanext-opensmartcity is tested with %s, and this is CKAN %s", tested, ckan.__version__)
    if _is_2_11:
        # `ckan jobs worker` of 2.11 leaves jobs that are scheduled for later, and retries, in their registry for ever:
        # docs/upstream.md#ckan-scheduled-jobs (ckan/ckan#8980).
        jobs.Worker.work = partialmethod(super(jobs.Worker, jobs.Worker).work, with_scheduler=True)


def patch_views(views: Mapping[str, Any]) -> None:
    """Let CKAN 2.11 show a resource form again if the dataset cannot be published after the resource is saved.

    CKAN 2.11 responds with 500: docs/upstream.md#ckan-publish-errors (ckan/ckan#9202). `views` are those of the
    application by endpoint: CKAN executes the modules of its views anew for each application, so a class that is
    imported from such a module is not the one that responds.
    """
    if not _is_2_11:
        return

    def show_errors(save: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(save)
        def post(view: Any, package_type: str, id: str) -> Any:
            try:
                return save(view, package_type, id)
            except tk.ValidationError as error:
                return view.get(package_type, id, {}, error.error_dict, error.error_summary)

        return post

    # The forms of all types of dataset share one class.
    forms = {getattr(view, "view_class", None) for name, view in views.items() if name.endswith("_resource.new")}
    for form in filter(None, forms):
        form.post = show_errors(form.post)


def index_moved_date(dataset_id: str) -> None:
    """Let CKAN 2.11 index a dataset that was saved without a change. Call this in after_dataset_update.

    CKAN 2.11 moves the date of each saved dataset by SQL, past the index: docs/upstream.md#ckan-unindexed-dates.
    """
    if _is_2_11:
        flag_modified(model.Package.get(dataset_id), "metadata_modified")


def enqueue_once_at(moment: datetime, function: Callable[..., Any], *args: Any, job_id: str, **options: Any) -> bool:
    """Schedule a job unless one with this id exists; return whether it was scheduled. `options` are those of rq.

    rq 1.16, which CKAN 2.11 pins, cannot reject a duplicate id itself. Two processes that pass the check at once write
    the same job twice, which still runs once. Raises redis.RedisError.
    """
    # CKAN 2.11 has this function only here, not in its toolkit.
    queue = jobs.get_queue()
    if Job.exists(job_id, connection=queue.connection):
        return False
    queue.enqueue_at(moment, function, *args, job_id=job_id, result_ttl=0, **options)
    return True


def window_end(seconds: int) -> int:
    """Return the end of the present window of a length in seconds, in seconds since the epoch."""
    return (int(time.time()) // seconds + 1) * seconds


def enqueue_once_a_window(seconds: int, function: Callable[..., Any], *args: Any, name: str, **options: Any) -> bool:
    """Schedule a job for the end of the present window of a length; return whether it was scheduled.

    A portal schedules one job with a name in a window: calls that follow find its id taken. Portals may share a Redis
    database: CKAN separates their queues, but the ids of jobs are common to all queues. Raises redis.RedisError.
    """
    end = window_end(seconds)
    site = hashlib.sha256(str(tk.config["ckan.site_id"]).encode()).hexdigest()[:12]
    moment, job_id = datetime.fromtimestamp(end, timezone.utc), f"opensmartcity-{name}-{site}-{end}"
    return enqueue_once_at(moment, function, *args, job_id=job_id, **options)


def has_notifier() -> bool:
    """Tell whether a plugin may deliver notifications in another way than by mail. CKAN 2.11 has no such interface."""
    notifier = getattr(p, "INotifier", None)
    return notifier is not None and any(True for _ in p.PluginImplementations(notifier))
