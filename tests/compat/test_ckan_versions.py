"""Versions of CKAN: an older one is refused in one line, a newer one causes a warning; only compat.py asks for it."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import ckan
import pytest
from ckan.lib import jobs
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import compat
from rq.job import Job

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ckanext-opensmartcity" / "ckanext" / "opensmartcity"
START = """
import sys, ckan
ckan.__version__ = {version!r}
from ckan.cli.cli import ckan as command
command(["-c", {ini!r}, "config", "search", "opensmartcity"])
"""
ASKING = re.compile(r"check_ckan_version|requires_ckan_version|ckan\.__version__|from ckan import .*__version__")


@pytest.mark.parametrize("version", ["2.10.4", "2.9.11", "1.8"])
def test_an_older_version_stops_the_start_with_one_line(version):
    script = START.format(version=version, ini=str(ROOT / "test.ini"))
    completed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert completed.returncode != 0
    lines = [line for line in completed.stderr.splitlines() if "Warning" not in line and not line.startswith("  ")]
    assert lines[0].startswith(f"ckanext-opensmartcity needs CKAN 2.11 or newer, and this is CKAN {version}:")
    assert lines[1:] == ["Aborted!"]
    assert "Traceback" not in completed.stderr


@pytest.mark.parametrize(
    ("version", "warned"), [("2.11.0", False), ("2.12.3", False), ("2.13.0a0", True), ("3.0", True)]
)
def test_a_version_that_nobody_tested_is_warned_about(monkeypatch, caplog, version, warned):
    monkeypatch.setattr(ckan, "__version__", version)
    monkeypatch.setattr(compat, "_installed", compat.minor_version(version))
    # CKAN's logging configuration disables the loggers of modules that were imported before it was read.
    monkeypatch.setattr(compat.log, "disabled", False)
    with caplog.at_level(logging.WARNING):
        compat.start()
    assert (f"is tested with CKAN 2.11 to 2.12, and this is CKAN {version}" in caplog.text) == warned


def test_only_compat_asks_for_the_version_of_ckan():
    files = [path for pattern in ("*.py", "*.html") for path in PACKAGE.rglob(pattern)]
    asking = [path.relative_to(PACKAGE).as_posix() for path in files if ASKING.search(path.read_text("utf-8"))]
    assert asking == ["compat.py"]


def work():
    """Run CKAN's worker until no job is due."""
    ckan_command = Path(sys.executable).with_name("ckan")
    command = [ckan_command, "-c", ROOT / "test.ini", "jobs", "worker", "--burst"]
    subprocess.run(command, capture_output=True, check=True, timeout=120)


class TestScheduledJobs:
    """Jobs for later, in a queue of their own."""

    @pytest.fixture(autouse=True)
    def _empty(self):
        yield
        queue = jobs.get_queue()
        queue.empty()
        for name in queue.scheduled_job_registry.get_job_ids():
            queue.scheduled_job_registry.remove(name, delete_job=True)

    def ours(self):
        return [name for name in jobs.get_queue().scheduled_job_registry.get_job_ids() if name == "compat-test"]

    def test_a_job_is_scheduled_once_by_its_id(self):
        moment = datetime.now(timezone.utc) + timedelta(hours=1)
        scheduled = [compat.enqueue_once_at(moment, jobs.test_job, n, job_id="compat-test") for n in range(3)]
        assert scheduled == [True, False, False]
        assert self.ours() == ["compat-test"]
        assert Job.fetch("compat-test", connection=jobs.get_queue().connection).args == (0,)

    def test_the_worker_runs_a_job_when_it_is_due_and_its_id_can_be_used_again(self):
        due = datetime.now(timezone.utc) - timedelta(seconds=1)
        compat.enqueue_once_at(due, jobs.test_job, job_id="compat-test")
        assert self.ours()
        work()
        assert not self.ours()
        assert not Job.exists("compat-test", connection=jobs.get_queue().connection)
        assert compat.enqueue_once_at(due, jobs.test_job, job_id="compat-test")


@pytest.mark.parametrize("extras", [{}, {"colour": "blue"}, {"colour": "blue", "odour": 'Käse "42" {}\n'}])
def test_extras_are_read_as_the_record_has_them(app, extras):
    from ckanext.opensmartcity.governance.model import packages  # noqa: PLC0415  (the tables follow the plugin)

    rows = [{"key": key, "value": value} for key, value in extras.items()]
    dataset = call_action("package_create", name=f"extras-{len(extras)}", extras=rows)
    stored = packages.committed_dataset(dataset["id"])
    assert {name: value for name, value in stored.extras.items() if name in extras or name == "colour"} == extras


def test_a_save_without_a_change_leaves_the_index_up_to_date(app):
    dataset = factories.Dataset()
    for _ in range(2):
        saved = call_action("package_patch", id=dataset["id"])
        (indexed,) = call_action("package_search", fq=f"id:{dataset['id']}")["results"]
        assert indexed["metadata_modified"] == saved["metadata_modified"]
