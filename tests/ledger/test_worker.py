"""CKAN's own worker process on the real queue runs the scheduled checkpoint job."""

import configparser
import subprocess
import time

import pytest
from ckan.common import config
from ckan.tests import factories
from ckanext.opensmartcity.ledger import signer
from ckanext.opensmartcity.portal import configuration, serve
from ckanext.opensmartcity.portal.ckan_commands import ckan_command, ckan_environment
from ckanext.opensmartcity.portal.service import Addresses
from ckanext.opensmartcity.portal.supervisor import supervised
from freezegun import freeze_time
from ledger.conftest import assert_consistent, rows


@pytest.fixture
def scheduled_job(queue):
    """Make a change whose time window has ended, and return its scheduled job."""
    with freeze_time("2026-06-01 10:03:00"):
        factories.Dataset()
    assert len(queue.scheduled_job_registry) == 1


def signed():
    return rows("SELECT coalesce(max(size), 0) FROM opensmartcity_checkpoint")[0][0]


@pytest.fixture
def embedded(tmp_path, empty_ledger, monkeypatch):
    """The ini file of the embedded portal, on the services of the test run."""
    monkeypatch.setattr(configuration, "SITE_ID", config["ckan.site_id"])
    signer.make_key(configuration.signing_key(tmp_path), "test.ckan.net/opensmartcity")
    addresses = Addresses(config["sqlalchemy.url"], config["solr_url"], config["ckan.redis.url"])
    return configuration.write(tmp_path, config["ckan.site_url"], addresses, serve.PLUGINS, peers=[])


def test_a_worker_runs_what_a_change_asked_for_and_a_checkpoint_appears(queue, scheduled_job, embedded):
    worker = subprocess.run(
        [*ckan_command(embedded), "jobs", "worker", "--burst"],
        env=ckan_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert worker.returncode == 0, worker.stderr
    assert signed() == 1
    assert_consistent()
    assert len(queue.scheduled_job_registry) == len(queue.failed_job_registry) == 0


def test_the_embedded_portal_has_a_worker_that_signs_what_is_changed(embedded, scheduled_job, tmp_path):
    ini = configparser.RawConfigParser()
    ini.read(embedded)
    assert int(ini["app:main"]["ckanext.opensmartcity.checkpoint_minutes"]) > 0
    with supervised(tmp_path) as supervisor:
        serve.start_worker(supervisor, embedded)
        (worker,) = supervisor.children
        deadline = time.monotonic() + 100
        while not signed() and time.monotonic() < deadline:
            worker.require_alive()
            time.sleep(0.1)
    assert signed() == 1, worker.log.read_text()
    assert worker.process.wait(10) is not None
