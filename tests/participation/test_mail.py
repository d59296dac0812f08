"""Mail by a real SMTP server: stewards hear once of what came, a person gets their answer, and the address is gone."""

from __future__ import annotations

import json
import logging
import traceback
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone

import ckan.plugins as p
import pytest
from ckan import model
from ckan.cli.cli import ckan
from ckan.common import config
from ckan.lib import mailer
from ckan.lib.jobs import get_queue
from ckan.tests.helpers import call_action, changed_config
from ckanext.opensmartcity.participation import notifications
from click.testing import CliRunner
from freezegun import freeze_time
from rq.job import Job
from support.smtp import mail_server

EMAIL = "resident@example.org"


@pytest.fixture(autouse=True)
def no_addresses(city):
    """Nobody waits for the answer to a question of another test."""
    from ckanext.opensmartcity.participation.model import asker  # noqa: PLC0415  (the tables follow the plugin)

    model.Session.execute(asker.update().values(email=None))
    model.Session.commit()


@pytest.fixture
def mails():
    with mail_server() as server, changed_config("smtp.server", server.address):
        yield server


@pytest.fixture(autouse=True)
def at_once():
    """Jobs of an empty queue, made at once and run by the test."""
    get_queue().empty()
    with changed_config("ckanext.opensmartcity.question_mail_minutes", 0):
        yield
    get_queue().empty()


def run_jobs():
    """Run what waits in the queue as a worker does, in this process."""
    for job in get_queue().jobs:
        job.perform()
        job.delete()


def kept_addresses():
    from ckanext.opensmartcity.participation.model import asker  # noqa: PLC0415  (the tables follow the plugin)

    rows = model.Session.execute(asker.select()).all()
    model.Session.rollback()
    return [row.email for row in rows if row.email]


def text_of(mail):
    return mail.get_content()


def test_the_stewards_of_the_organisation_hear_of_a_question_and_nobody_else(app, city, mails):
    city.ask(app, "How many bicycles pass?", email=EMAIL)
    run_jobs()
    written = {mail["To"].split("<")[1].rstrip(">") for mail in mails}
    assert written == {city.users[role]["email"] for role in ("editor", "admin")}
    assert city.public["title"] in text_of(mails[0])
    assert "/stewardship/questions" in text_of(mails[0])
    assert EMAIL not in "".join(map(text_of, mails))
    mails.clear()
    run_jobs()
    assert mails == []


def test_an_address_that_the_mail_server_refuses_is_in_no_log_and_no_failed_job(app, city, mails, caplog):
    asked = city.ask(app, "How many bicycles pass?", email=EMAIL)
    get_queue().empty()
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    mails.refusing = True
    (job,) = get_queue().jobs
    with caplog.at_level(logging.DEBUG), pytest.raises(mailer.MailerException) as failed:
        job.perform()
    told = "".join(traceback.format_exception(failed.value))
    assert "could not be sent" in told
    assert EMAIL not in told + caplog.text
    assert kept_addresses() == [EMAIL]


def test_who_had_a_question_passed_on_hears_nothing_of_a_record_that_became_private(app, city, mails):
    asked = city.ask(app, "How many bicycles pass?", email=EMAIL)
    city.act(app, "governance_question_pass_on", "editor", id=asked["id"], organization=city.other["name"])
    call_action("package_patch", id=city.public["id"], private=True, title="Xyzzy", name="xyzzy")
    run_jobs()
    waits = {who: json.dumps(city.listed(app, who, to_do=True)) for who in ("editor", "other_editor")}
    assert "Xyzzy" in waits["editor"]
    assert "yzzy" not in waits["other_editor"]
    refused = city.act(app, "governance_question_answer", "other_editor", id=asked["id"], answer="We know it.")
    assert refused.status_code == 403
    assert "yzzy" not in "".join(text_of(mail) for mail in mails.to(city.users["other_editor"]["email"]))
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    run_jobs()
    assert "About fifty." in text_of(mails.to(EMAIL)[0])
    assert "yzzy" not in text_of(mails.to(EMAIL)[0])


def test_nobody_hears_of_a_question_or_a_story_about_a_record_that_was_deleted(app, city, mails):
    asked = city.ask(app, "How many bicycles pass?")
    city.act(app, "governance_question_pass_on", "editor", id=asked["id"], organization=city.other["name"])
    city.ask(app, "And at night?")
    city.tell(app)
    call_action("package_delete", id=city.public["id"])
    run_jobs()
    assert mails == []


def test_what_comes_together_is_one_mail(app, city, mails):
    for n in range(3):
        city.ask(app, f"Question number {n}?")
    city.tell(app)
    run_jobs()
    assert len(mails) == 2
    assert "4 new" in mails[0]["Subject"]


def test_many_questions_make_one_job_a_window(app, city):
    with changed_config("ckanext.opensmartcity.question_mail_minutes", 5):
        for n in range(3):
            city.ask(app, f"Question number {n}?")
        scheduled = get_queue().scheduled_job_registry
        ours = [name for name in scheduled.get_job_ids() if city.owner["id"] in name]
    assert 1 <= len(ours) <= 2  # two where a window ends meanwhile
    for name in ours:
        scheduled.remove(name, delete_job=True)


def test_the_answer_reaches_who_asked_in_their_language_and_the_address_is_deleted(app, city, mails):
    asked = city.ask(app, "How many bicycles pass?", email=EMAIL, lang="nl")
    assert kept_addresses() == [EMAIL]
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    run_jobs()
    mail = mails.to(EMAIL)[0]
    assert "About fifty." in text_of(mail)
    assert f"/nl/dataset/{city.public['name']}/questions" in text_of(mail)
    assert kept_addresses() == []
    run_jobs()
    assert len(mails.to(EMAIL)) == 1


def test_who_asked_hears_that_a_question_is_not_shown_and_why(app, city, mails):
    asked = city.ask(app, "Buy our watches!", email=EMAIL)
    city.act(app, "governance_question_hide", "editor", id=asked["id"], reason="spam")
    run_jobs()
    assert "Advertising" in text_of(mails.to(EMAIL)[0])
    assert kept_addresses() == []


def test_a_question_that_is_passed_on_is_told_to_the_other_organisation(app, city, mails):
    asked = city.ask(app)
    run_jobs()
    mails.clear()
    city.act(app, "governance_question_pass_on", "editor", id=asked["id"], organization=city.other["name"])
    run_jobs()
    assert {mail["To"].split("<")[1].rstrip(">") for mail in mails} == {
        city.users[role]["email"] for role in ("other_editor", "other_admin")
    }


def test_no_address_stands_in_the_log_or_in_the_queue(app, city, mails, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("ckan.lib.mailer").setLevel(logging.DEBUG)
    asked = city.ask(app, email=EMAIL)
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    queued = b"".join(get_queue().connection.hget(job.key, "data") or b"" for job in get_queue().jobs)
    run_jobs()
    assert mails.to(EMAIL)
    assert EMAIL not in caplog.text
    assert EMAIL.encode() not in queued


def test_an_answer_that_cannot_be_sent_is_kept_to_be_tried_again(app, city):
    asked = city.ask(app, email=EMAIL)
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    with changed_config("smtp.server", "127.0.0.1:9"), pytest.raises(mailer.MailerException):
        run_jobs()
    model.Session.rollback()
    assert EMAIL in kept_addresses()
    with mail_server() as server, changed_config("smtp.server", server.address):
        run_jobs()
        assert server.to(EMAIL)
    assert kept_addresses() == []


@pytest.mark.skipif(not hasattr(p, "INotifier"), reason="CKAN 2.11 has no such interface")
def test_a_plugin_that_notifies_in_another_way_does_so(app, city, monkeypatch):
    told = []

    class Messenger(p.SingletonPlugin):
        p.implements(p.INotifier, inherit=True)

        def notify_recipient(self, already, name, email, subject, body, *more):
            told.append(subject)
            return True

    city.ask(app)
    loaded = mailer.plugins.PluginImplementations

    def with_messenger(interface):
        return [Messenger()] if interface is p.INotifier else loaded(interface)

    monkeypatch.setattr(mailer.plugins, "PluginImplementations", with_messenger)
    run_jobs()
    monkeypatch.undo()
    assert len(told) == 2


UNCONFIGURED = [{"smtp.mail_from": None}, {"smtp.server": ""}, {"smtp.mail_from": "", "smtp.server": ""}]


@pytest.fixture(params=UNCONFIGURED, ids=" and ".join)
def without_mail(request):
    """Leave out options that CKAN's mailer needs."""
    with ExitStack() as stack:
        for name, value in request.param.items():
            stack.enter_context(changed_config(name, value))
        yield


def warnings_in(caplog):
    return [row.getMessage() for row in caplog.records if row.levelno >= logging.WARNING]


@pytest.mark.usefixtures("without_mail")
def test_without_a_configuration_of_mail_each_job_ends_with_one_warning(app, city, caplog):
    asked = city.ask(app, "How many bicycles pass?", email=EMAIL)
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    jobs = get_queue().jobs
    assert {job.func_name.rpartition(".")[2] for job in jobs} == {"notify_stewards", "notify_asker"}
    for job in jobs:
        caplog.clear()
        job.perform()
        (warning,) = warnings_in(caplog)
        assert "mail is not configured" in warning
        assert EMAIL not in caplog.text


def test_what_came_while_mail_was_not_configured_is_in_the_first_mail(app, city):
    city.ask(app, "How many bicycles pass?")
    with changed_config("smtp.mail_from", None):
        run_jobs()
    city.ask(app, "And at night?")
    with mail_server() as server, changed_config("smtp.server", server.address):
        run_jobs()
        assert {mail["Subject"].partition(":")[2].strip() for mail in server} == {"2 new from residents"}


@pytest.mark.usefixtures("without_mail")
def test_an_address_expires_after_a_week_by_a_job_of_its_own(app, city):
    asked = city.ask(app, "How many bicycles pass?", email=EMAIL)
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    run_jobs()
    scheduled = get_queue().scheduled_job_registry
    (name,) = [name for name in scheduled.get_job_ids() if "opensmartcity-expiry" in name]
    due, expiry = scheduled.get_scheduled_time(name), Job.fetch(name, connection=get_queue().connection)
    assert due - datetime.now(timezone.utc) <= timedelta(days=1)
    expiry.perform()
    assert kept_addresses() == [EMAIL]
    with freeze_time(datetime.now(timezone.utc) + timedelta(days=7, seconds=1)):
        expiry.perform()
    assert kept_addresses() == []
    for name in scheduled.get_job_ids():
        scheduled.remove(name, delete_job=True)


@pytest.mark.parametrize("questions", ["open", "members", "off"])
@pytest.mark.parametrize("mail_from", ["portal@example.org", None])
def test_the_start_says_once_that_mail_is_not_configured_where_somebody_would_get_one(
    app, questions, mail_from, caplog, monkeypatch
):
    monkeypatch.setattr(notifications._Start, "warned", False)
    with changed_config("ckanext.opensmartcity.questions", questions), changed_config("smtp.mail_from", mail_from):
        notifications.start()
        notifications.start()
    assert len(warnings_in(caplog)) == (mail_from is None and questions != "off")


@pytest.mark.parametrize("failure", [AttributeError, RuntimeError, UnicodeError])
def test_a_failure_that_the_mailer_does_not_foresee_names_no_address(app, city, monkeypatch, caplog, failure):
    def fail(name, email, *more, **options):
        raise failure(f"cannot write to {email}")

    asked = city.ask(app, "How many bicycles pass?", email=EMAIL)
    get_queue().empty()
    city.act(app, "governance_question_answer", "editor", id=asked["id"], answer="About fifty.")
    monkeypatch.setattr(mailer, "mail_recipient", fail)
    (job,) = get_queue().jobs
    with pytest.raises(mailer.MailerException) as failed:
        job.perform()
    assert EMAIL not in "".join(traceback.format_exception(failed.value)) + caplog.text
    assert kept_addresses() == [EMAIL]


def command(*arguments):
    return CliRunner().invoke(ckan, ["-c", config["__file__"], "opensmartcity", "questions", *arguments])


def test_a_person_gets_what_they_wrote_and_has_it_deleted_also_after_the_address_is_gone(app, city, mails):
    mine = city.ask(app, "How many bicycles pass?", email="Resident.Two@example.org")
    other = city.ask(app, "What does it cost?", email="somebody@example.org")
    city.act(app, "governance_question_answer", "editor", id=mine["id"], answer="About fifty.")
    run_jobs()
    exported = json.loads(command("export", "--email", "resident.two@example.org").stdout)
    assert [(row["id"], row["text"], row["answer"]) for row in exported] == [
        (mine["id"], "How many bicycles pass?", "About fifty.")
    ]
    assert "deleted: 1" in command("forget", "--email", "resident.two@example.org", "--yes").stdout
    assert command("forget", "--email", "resident.two@example.org", "--yes").exit_code == 1
    assert [each["id"] for each in city.listed(app, "editor")["questions"]] == [other["id"]]


def test_a_receipt_or_an_account_does_as_well_as_an_address(app, city):
    told, asked = city.tell(app), city.ask(app, role="other_member")
    assert json.loads(command("export", "--code", told["code"].upper().replace("-", " ")).stdout)[0]["id"] == told["id"]
    name = city.users["other_member"]["name"]
    assert asked["id"] in [row["id"] for row in json.loads(command("export", "--user", name).stdout)]
    assert command("export", "--code", "wrong", "--user", name).exit_code == 2
    assert json.loads(command("export", "--code", "wrong").stdout) == []
    assert "deleted: 1" in command("forget", "--code", told["code"], "--yes").stdout
