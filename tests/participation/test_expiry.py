"""Personal data and old texts expire by themselves, whether or not mail can be sent."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ckan import model
from ckan.cli.cli import ckan
from ckan.lib.jobs import get_queue
from ckan.tests.helpers import changed_config
from ckanext.opensmartcity.participation import expiry

EMAIL = "resident@example.org"
NOW = datetime.now(timezone.utc)


@pytest.fixture(autouse=True)
def nothing_old():
    """Texts of other tests are not counted."""
    from ckanext.opensmartcity.participation.model import question, story  # noqa: PLC0415  (tables follow the plugin)

    for table in (question, story):
        model.Session.execute(table.delete())
    model.Session.commit()
    get_queue().empty()
    yield
    get_queue().empty()


def addresses():
    from ckanext.opensmartcity.participation.model import asker  # noqa: PLC0415  (the tables follow the plugin)

    rows = model.Session.execute(asker.select()).all()
    model.Session.rollback()
    return [row.email for row in rows if row.email]


def expired_in(days):
    return expiry.expire(NOW + timedelta(days=days))


def test_an_address_whose_question_nobody_answers_expires(app, city):
    city.ask(app, email=EMAIL)
    with changed_config("ckanext.opensmartcity.address_days", 30):
        assert expired_in(29)["addresses"] == 0
        assert addresses() == [EMAIL]
        assert expired_in(31)["addresses"] == 1
    assert addresses() == []


@pytest.mark.parametrize("step", ["answer", "hide"])
def test_an_address_expires_a_week_after_its_question_was_settled(app, city, step):
    asked = city.ask(app, email=EMAIL)
    sent = {"answer": "About fifty."} if step == "answer" else {"reason": "spam"}
    city.act(app, f"governance_question_{step}", "editor", id=asked["id"], **sent)
    assert expired_in(6)["addresses"] == 0
    assert expired_in(8)["addresses"] == 1
    assert addresses() == []


def test_questions_and_stories_are_kept_unless_the_portal_says_otherwise(app, city):
    city.ask(app)
    city.tell(app)
    assert expired_in(10_000) == {"addresses": 0, "questions": 0, "stories": 0}


def test_questions_and_stories_expire_after_their_periods_with_their_authors(app, city):
    city.ask(app, email=EMAIL)
    city.tell(app)
    with (
        changed_config("ckanext.opensmartcity.question_days", 100),
        changed_config("ckanext.opensmartcity.story_days", 200),
    ):
        assert expired_in(99)["questions"] == 0
        assert expired_in(101) == {"addresses": 0, "questions": 1, "stories": 0}
        assert expired_in(201)["stories"] == 1
    assert city.listed(app)["states"] == {}
    assert addresses() == []


def test_a_question_schedules_one_expiry_a_day_that_schedules_the_next(app, city):
    def scheduled():
        return [id for id in get_queue().scheduled_job_registry.get_job_ids() if "expiry" in id]

    for id in scheduled():
        get_queue().scheduled_job_registry.remove(id, delete_job=True)
    city.ask(app)
    city.tell(app)
    assert len(scheduled()) == 1
    for id in scheduled():
        get_queue().scheduled_job_registry.remove(id, delete_job=True)
    expiry.job()
    assert len(scheduled()) == 1


def test_a_run_that_fails_logs_no_data_and_loses_no_run(app, city, monkeypatch, caplog):
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    def fail():
        raise OperationalError(f"UPDATE … {EMAIL}", {}, Exception(EMAIL))

    scheduled = []
    monkeypatch.setattr(expiry, "expire", fail)
    monkeypatch.setattr(expiry, "schedule", lambda: scheduled.append(True))
    expiry.job()
    assert scheduled == [True]
    assert EMAIL not in caplog.text
    assert "expiry failed" in caplog.text


def test_the_command_says_how_much_it_deleted(app, city, cli):
    run = cli.invoke(ckan, ["opensmartcity", "questions", "expire"])
    assert "Deleted: 0 addresses, 0 questions, 0 stories." in run.output
