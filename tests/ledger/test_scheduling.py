"""Checkpoint scheduler: one job per time window, and no failed save while Redis is down."""

import pytest
import redis
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs
from ckan.tests import factories
from ckanext.opensmartcity.ledger import sequencer
from freezegun import freeze_time
from ledger.conftest import append, rows
from support.ledger_events import act


@pytest.fixture(autouse=True)
def spoken(monkeypatch):
    """Enable the loggers that CKAN's command line disables."""
    monkeypatch.setattr(sequencer.log, "disabled", False)


def scheduled(queue):
    registry = queue.scheduled_job_registry
    return {job_id: registry.get_scheduled_time(job_id) for job_id in registry.get_job_ids()}


def test_many_changes_make_one_job_at_the_end_of_the_window(queue):
    with freeze_time("2026-06-01 10:03:00"):
        dataset = factories.Dataset()
        for number in range(3):
            act("package_patch", id=dataset["id"], fitness_purpose=f"Purpose {number}")
    (moment,) = scheduled(queue).values()
    assert moment.isoformat() == "2026-06-01T10:10:00+00:00"


def test_another_process_makes_no_second_job(queue):
    with freeze_time("2026-06-01 10:03:00"):
        sequencer.schedule_checkpoint()
        sequencer._LastWindow.until = 0
        sequencer.schedule_checkpoint()
    assert len(scheduled(queue)) == 1


def test_two_portals_on_one_redis_have_a_job_each(queue, ckan_config):
    with freeze_time("2026-06-01 10:03:00"):
        sequencer.schedule_checkpoint()
        ckan_config["ckan.site_id"] = "another.portal"
        sequencer._LastWindow.until = 0
        other = jobs.get_queue()
        sequencer.schedule_checkpoint()
    try:
        assert len(scheduled(queue)) == len(scheduled(other)) == 1
        assert not set(scheduled(queue)) & set(scheduled(other))
    finally:
        for job_id in scheduled(other):
            other.scheduled_job_registry.remove(job_id, delete_job=True)


def test_the_next_window_has_its_own_job(queue):
    for moment in ("2026-06-01 10:03:00", "2026-06-01 10:10:00"):
        with freeze_time(moment):
            sequencer.schedule_checkpoint()
    assert sorted(moment.isoformat()[11:16] for moment in scheduled(queue).values()) == ["10:10", "10:20"]


def test_what_changes_nothing_governed_asks_for_nothing(queue):
    dataset = factories.Dataset()
    sequencer._LastWindow.until = 0
    for job_id in scheduled(queue):
        queue.scheduled_job_registry.remove(job_id, delete_job=True)
    act("package_patch", id=dataset["id"], notes="New notes")
    assert scheduled(queue) == {}


def test_what_is_rolled_back_asks_for_nothing(queue):
    model.Session.execute(sa.text("SELECT 1"))
    sequencer.note(model.Session())
    model.Session.rollback()
    model.Session.commit()
    assert scheduled(queue) == {}


def test_zero_minutes_make_no_jobs(queue, ckan_config):
    ckan_config["ckanext.opensmartcity.checkpoint_minutes"] = 0
    factories.Dataset()
    assert scheduled(queue) == {}


def test_a_lost_redis_fails_no_save(queue, monkeypatch, caplog):
    def lost(*_args, **_values):
        raise redis.ConnectionError("Connection refused")

    monkeypatch.setattr(type(queue), "enqueue_at", lost)
    dataset = factories.Dataset()
    assert rows("SELECT count(*) FROM opensmartcity_event WHERE subject_id = :id", id=dataset["id"])[0][0] == 1
    assert "no job for the next checkpoint could be made" in caplog.text


def test_a_worker_logs_and_signs(queue):
    append(3)
    sequencer.job()
    assert rows("SELECT max(size) FROM opensmartcity_checkpoint")[0][0] == 3


def test_what_is_wrong_goes_to_the_log_of_the_worker(queue, ckan_config, caplog):
    ckan_config["ckanext.opensmartcity.signing_key"] = "/none"
    append(1)
    sequencer.job()
    assert "/none cannot be read" in caplog.text
