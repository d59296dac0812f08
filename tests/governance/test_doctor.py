"""`ckan opensmartcity doctor`: each check well and ill on the real portal, formats, languages and exit codes."""

from __future__ import annotations

import json

import pytest
from ckan import model
from ckan.lib import jobs
from ckan.tests.helpers import changed_config
from ckanext.opensmartcity import registry
from ckanext.opensmartcity.contributions import Diagnosis, DoctorCheck
from ckanext.opensmartcity.governance.doctor import doctor, examine
from ckanext.opensmartcity.ledger import signer
from ckanext.opensmartcity.standard import language
from ckanext.opensmartcity.standard.i18n import Message
from click.testing import CliRunner
from rq import Worker
from sqlalchemy import text
from support.scheduled_jobs import delete_scheduled_jobs
from support.smtp import mail_server

KEY = "ckanext.opensmartcity.signing_key"


@pytest.fixture(autouse=True)
def nothing_scheduled(portal):
    delete_scheduled_jobs()


def run(*arguments):
    return CliRunner().invoke(doctor, arguments)


def diagnosis(id):
    report = examine((each for each in registry.doctor_checks() if each.id == id), str)
    (check,) = report["checks"]
    assert check["id"] == id
    # Whatever is not well has a remedy, and nothing else has one.
    assert report["status"] == check["status"]
    return check


def test_migrations():
    assert diagnosis("migrations")["status"] == "ok"
    model.Session.execute(text("UPDATE opensmartcity_alembic_version SET version_num = 'opensmartcity_001'"))
    check = diagnosis("migrations")
    model.Session.rollback()
    assert (check["status"], check["remedy"]) == ("error", "Run: ckan db upgrade")
    model.Session.execute(text("DROP TABLE opensmartcity_alembic_version"))
    assert diagnosis("migrations")["status"] == "error"
    model.Session.rollback()
    assert diagnosis("migrations")["status"] == "ok"


def test_options():
    assert diagnosis("options")["status"] == "ok"
    with changed_config("ckanext.opensmartcity.enforcment", "publish"), changed_config("ckanext.opensmartcity.x", "1"):
        check = diagnosis("options")
    assert check["status"] == "warning"
    assert "ckanext.opensmartcity.enforcment → ckanext.opensmartcity.enforcement" in check["message"]
    assert "ckanext.opensmartcity.x" in check["message"]


def test_worker(clean_queues):
    assert diagnosis("worker")["status"] == "warning"
    jobs.enqueue(print)
    check = diagnosis("worker")
    assert check["status"] == "error"
    assert check["message"].endswith(": 1")
    worker = Worker([jobs.get_queue()], connection=jobs.get_queue().connection)
    worker.register_birth()
    try:
        assert diagnosis("worker")["status"] == "ok"
    finally:
        worker.register_death()


def test_signing_key(tmp_path):
    assert diagnosis("signing-key")["status"] == "warning"
    key = tmp_path / "key.pem"
    with changed_config(KEY, str(key)):
        check = diagnosis("signing-key")
        assert check["status"] == "error"
        assert str(key) in check["message"]
        signer.make_key(key, "test.ckan.net/opensmartcity")
        assert diagnosis("signing-key")["status"] == "ok"
        key.chmod(0o640)
        check = diagnosis("signing-key")
        assert (check["status"], check["remedy"]) == ("warning", f"Run: chmod 600 {key}")
        key.write_text("no key", encoding="ascii")
        assert diagnosis("signing-key")["status"] == "error"


def test_mail():
    with mail_server() as mails, changed_config("smtp.server", mails.address):
        assert diagnosis("mail")["status"] == "ok"
        assert mails == []
        with changed_config("smtp.mail_from", ""):
            assert diagnosis("mail")["status"] == "warning"
    with changed_config("smtp.server", mails.address):
        check = diagnosis("mail")
    assert check["status"] == "warning"
    assert mails.address in check["message"]


def broken_check():
    raise RuntimeError("no\nsecond line")


def finding(status):
    return DoctorCheck(status, lambda: Diagnosis(status, Message(f"It is {status}.")))


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [((), "ok"), (("ok",), "ok"), (("warning", "ok"), "warning"), (("warning", "error", "ok"), "error")],
)
def test_the_status_is_the_worst_of_all(statuses, worst):
    report = examine([finding(status) for status in statuses], str)
    assert report["status"] == worst
    assert [each["status"] for each in report["checks"]] == list(statuses)


def test_a_check_that_fails_does_not_hide_the_others():
    report = examine([DoctorCheck("broken", broken_check), finding("ok")], str)
    assert [each["status"] for each in report["checks"]] == ["error", "ok"]
    assert report["checks"][0]["message"] == "The check failed: no"


def test_exit_codes_and_formats(clean_queues):
    checks = [each.id for each in registry.doctor_checks()]
    assert {"migrations", "options", "worker", "signing-key", "mail"} <= set(checks)
    told = run("--format", "json")
    report = json.loads(told.stdout)
    assert (told.exit_code, report["status"]) == (1, "warning")
    assert [each["id"] for each in report["checks"]] == checks
    assert all(set(each) == {"id", "status", "message", "remedy"} for each in report["checks"])
    lines = run().stdout
    for each in report["checks"]:
        assert f"{each['status']:8}{each['id']}: {each['message']}\n" in lines
        assert each["remedy"] is None or each["remedy"] in lines
    jobs.enqueue(print)
    assert run().exit_code == 2


def test_a_check_can_be_run_alone(clean_queues):
    jobs.enqueue(print)
    told = run("--check", "database", "--check", "options", "--format", "json")
    assert (told.exit_code, [each["id"] for each in json.loads(told.stdout)["checks"]]) == (0, ["database", "options"])
    assert run("--check", "worker").exit_code == 2
    wrong = run("--check", "works")
    assert (wrong.exit_code, "there is no check 'works'. There is: database, " in wrong.output) == (2, True)


def test_messages_are_translated():
    dutch = language("nl").translate
    assert dutch("All migrations are applied.") != "All migrations are applied."
    assert dutch("All migrations are applied.") in run("--lang", "nl").stdout
