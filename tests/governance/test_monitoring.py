"""/transparency/health and /transparency/metrics: who reads what, statuses, services that hang, and costs."""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import jobs
from ckan.tests import factories
from ckan.tests.helpers import changed_config
from ckanext.opensmartcity import registry
from ckanext.opensmartcity.contributions import Diagnosis, DoctorCheck
from ckanext.opensmartcity.governance import doctor, health
from ckanext.opensmartcity.governance.doctor import active_checks
from ckanext.opensmartcity.standard.i18n import Message
from prometheus_client.parser import text_string_to_metric_families
from support.misbehaving_server import hang, serving
from support.query_budget import counted
from support.scheduled_jobs import delete_scheduled_jobs

HEALTH, METRICS = "/transparency/health", "/transparency/metrics"
TOKEN = "a-secret-for-monitoring-only"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def nothing_kept(portal, ckan_config):
    """Each test sees the portal as it is now. Its worker and its mail server are no matter here."""
    for run in health._Process.runs.values():
        run.join(20)
    health._Process.diagnoses.clear()
    delete_scheduled_jobs()
    ckan_config["ckanext.opensmartcity.monitoring_token"] = TOKEN
    ckan_config["ckanext.opensmartcity.silenced_checks"] = ["mail"]


def statuses(answer):
    return {each["id"]: each["status"] for each in answer.json["checks"]}


def test_everybody_reads_the_status_and_what_a_visitor_notices(app, clean_queues):
    jobs.enqueue(print)
    for headers in ({}, {"Authorization": "Bearer another-secret-altogether"}, token_of(factories.UserWithToken())):
        answer = app.get(HEALTH, headers=headers)
        assert (answer.status_code, answer.json["status"]) == (503, "error")
        assert statuses(answer) == {"database": "ok", "search": "ok"}
        assert {(each["message"], each["remedy"]) for each in answer.json["checks"]} == {(None, None)}


def token_of(user):
    return {"Authorization": user["token"]}


@pytest.mark.parametrize("who", ["token", "sysadmin"])
def test_sysadmins_and_monitoring_read_all_checks(app, clean_queues, who):
    headers = BEARER if who == "token" else token_of(factories.SysadminWithToken())
    jobs.enqueue(print)
    answer = app.get(HEALTH, headers=headers)
    assert list(statuses(answer)) == [each.id for each in active_checks()]
    (worker,) = (each for each in answer.json["checks"] if each["id"] == "worker")
    assert worker["remedy"] == "Run `ckan jobs worker` as a service."
    dutch = app.get(f"/nl{HEALTH}", headers=headers).json["checks"]
    assert [each["message"] for each in dutch] != [each["message"] for each in answer.json["checks"]]


def test_the_status_is_that_of_the_command(app, clean_queues):
    told = doctor.examine(active_checks(), str)
    assert app.get(HEALTH, headers=BEARER).json == told


def test_a_warning_is_no_reason_to_take_the_portal_off_the_net(app, clean_queues):
    answer = app.get(HEALTH)
    assert (answer.status_code, answer.json["status"]) == (200, "warning")


def test_a_load_balancer_asks_for_what_concerns_this_server(app, clean_queues):
    jobs.enqueue(print)
    assert app.get(HEALTH).status_code == 503
    answer = app.get(f"{HEALTH}?check=database&check=search&check=database")
    assert (answer.status_code, statuses(answer)) == (200, {"database": "ok", "search": "ok"})
    only = app.get(f"{HEALTH}?check=worker", headers=BEARER)
    assert (only.status_code, list(statuses(only))) == (503, ["worker"])


@pytest.mark.parametrize("name", ["worker", "no-such"])
def test_a_check_that_is_hidden_is_answered_like_one_that_does_not_exist(app, name):
    answer = app.get(f"{HEALTH}?check={name}")
    assert answer.status_code == 400
    assert answer.json["error"]["message"].replace(name, "…") == (
        "There is no check “…” that you may read. There is: database, search"
    )


def test_metrics_are_for_sysadmins_and_monitoring(app):
    people = [{}, {"Authorization": "Bearer x"}, token_of(factories.UserWithToken())]
    assert {app.get(METRICS, headers=headers).status_code for headers in people} == {403}
    for headers in (BEARER, token_of(factories.SysadminWithToken())):
        assert app.get(METRICS, headers=headers).status_code == 200
    with changed_config("ckanext.opensmartcity.monitoring_token", ""):
        assert app.get(METRICS, headers={"Authorization": "Bearer "}).status_code == 403


def test_nothing_is_kept_on_the_way(app):
    with changed_config("ckan.cache_expires", 3600):
        for path in (HEALTH, METRICS):
            for headers in ({}, BEARER):
                directives = app.get(path, headers=headers).headers["Cache-Control"]
                assert "no-store" in directives, path
                assert "public" not in directives, path


def test_the_token_of_monitoring_fills_no_log(app, caplog):
    caplog.set_level(logging.WARNING)
    app.get(METRICS, headers=BEARER)
    assert "JWT" not in caplog.text
    app.get("/transparency/standard.json", headers=BEARER)
    assert "JWT" in caplog.text


def families(answer):
    return {each.name: each for each in text_string_to_metric_families(answer.body)}


def test_metrics_are_prometheus_text(app, clean_queues):
    jobs.enqueue(print)
    answer = app.get(METRICS, headers=BEARER)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = families(answer)
    assert {each.type for each in found.values()} == {"gauge"}
    assert all(name.startswith("opensmartcity_") and each.documentation for name, each in found.items())
    samples = {sample.labels["check"]: sample.value for sample in found["opensmartcity_check_status"].samples}
    assert set(samples) == {each.id for each in active_checks()}
    assert (samples["worker"], samples["database"]) == (2, 0)
    assert found["opensmartcity_jobs_waiting"].samples[0].value == 1
    assert found["opensmartcity_workers"].samples[0].value == 0


def test_every_gauge_is_declared_and_the_most_have_values_on_a_new_portal(app):
    declared = {f"opensmartcity_{name}" for check in active_checks() for name in check.gauges}
    found = set(families(app.get(METRICS, headers=BEARER))) - {"opensmartcity_check_status"}
    assert found <= declared
    # What never happened has no value.
    assert {name.rpartition("_")[2] for name in declared - found} <= {"seconds", "signed", "findings"}
    with model.Session.no_autoflush:
        given = {name for check in active_checks() for name in doctor.diagnose(check).gauges}
    assert given <= {name.removeprefix("opensmartcity_") for name in declared}


def test_administrators_read_of_every_check_and_gauge():
    page = (Path(__file__).parents[2] / "docs/monitoring.md").read_text(encoding="utf-8")
    checks = list(registry.doctor_checks())
    assert [each.id for each in checks if f"| `{each.id}` |" not in page] == []
    assert [name for each in checks for name in each.gauges if f"`opensmartcity_{name}`" not in page] == []


def test_open_metrics_for_those_who_ask(app):
    answer = app.get(METRICS, headers=BEARER | {"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.body.endswith("# EOF\n")


def test_metrics_name_no_person_and_no_record(app):
    user = factories.User(name="johanna-jansen")
    dataset = factories.Dataset(
        title="Secret plans", owner_org=factories.Organization(users=[user])["id"], private=True
    )
    body = app.get(METRICS, headers=BEARER).body + json.dumps(app.get(HEALTH, headers=BEARER).json)
    for name in (user["name"], user["email"], dataset["title"], dataset["name"], dataset["id"]):
        assert name not in body


def test_many_requests_cost_no_more_than_one(app, monkeypatch):
    for path in (HEALTH, METRICS):
        app.get(path, headers=BEARER)
    with counted(monkeypatch) as calls:
        for _ in range(20):
            app.get(HEALTH)
            app.get(METRICS, headers=BEARER)
    assert (calls.sql, calls.solr) == ([], []), str(calls)


def test_the_cost_does_not_grow_with_the_records(app, monkeypatch):
    app.get(METRICS, headers=BEARER)
    costs = []
    for _ in range(2):
        factories.Dataset()
        health._Process.diagnoses.clear()
        with counted(monkeypatch) as calls:
            app.get(METRICS, headers=BEARER)
        costs.append((len(calls.sql), len(calls.solr)))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 30, str(calls)
    assert costs[0][1] <= 2, str(calls)


@contextmanager
def locked_table():
    """Tables that a transaction has locked, also one that CKAN reads for each request: statements on them wait."""
    with model.meta.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(sa.text("LOCK TABLE opensmartcity_link, system_info IN ACCESS EXCLUSIVE MODE"))
        yield
        transaction.rollback()


@contextmanager
def silent(option, url):
    """A server that takes connections and never answers."""
    with serving({"*": hang}) as server, changed_config(option, url.format(port=server.port)):
        yield


HANGING = {
    "database": locked_table,
    "search": lambda: silent("solr_url", "http://127.0.0.1:{port}/solr/ckan"),
    "redis": lambda: silent("ckan.redis.url", "redis://127.0.0.1:{port}/0"),
    "mail": lambda: silent("smtp.server", "127.0.0.1:{port}"),
}


@pytest.mark.parametrize("service", HANGING)
@pytest.mark.parametrize("path", [HEALTH, METRICS])
def test_a_service_that_hangs_is_answered_within_two_seconds(app, ckan_config, service, path):
    ckan_config["ckanext.opensmartcity.silenced_checks"] = []
    app.get("/transparency/standard.json")
    with HANGING[service]():
        begin = time.monotonic()
        answer = app.get(path, headers=BEARER)
        assert time.monotonic() - begin < 2
        found = {each.id: each for each in active_checks()}
        if path == HEALTH:
            hit = {name for name, status in statuses(answer).items() if status != "ok" and found[name].needs == service}
            assert hit & {"links", "search", "worker", "mail"}
            assert answer.status_code == (200 if service == "mail" and answer.json["status"] != "error" else 503)
            healthy = {name for name, status in statuses(answer).items() if status == "ok"}
            assert healthy & ({"database", "migrations"} if service != "database" else {"search"})
        else:
            assert "opensmartcity_check_status" in families(answer)
        # As long as it hangs, no more threads are made.
        health._Process.diagnoses.clear()
        begin = time.monotonic()
        app.get(path, headers=BEARER)
        assert time.monotonic() - begin < 2
        names = [each.name for each in threading.enumerate() if each.name.startswith("health-")]
        assert sorted(names) == sorted(set(names))
    for _ in range(20):
        again = statuses(app.get(HEALTH, headers=BEARER))
        if again["search"] == again["database"] == again["links"] == "ok":
            return
        time.sleep(1)
        health._Process.diagnoses.clear()
    raise AssertionError(again)


def test_what_a_hanging_service_said_before_does_not_count_for_ever(monkeypatch):
    fine, release = Diagnosis("ok", Message("Fine.")), threading.Event()
    checks = [
        DoctorCheck("first", lambda: fine, needs="mail"),
        DoctorCheck("hangs", lambda: release.wait(30) and fine, needs="mail"),
    ]
    monkeypatch.setattr(health, "KEPT", 0.5)
    monkeypatch.setattr(health, "DEADLINE", 0.2)
    assert [found.status for _, found in health.results(checks)] == ["ok", "error"]
    time.sleep(1.2)
    assert [found.status for _, found in health.results(checks)] == ["error", "error"]
    release.set()
    time.sleep(1.2)
    assert [found.status for _, found in health.results(checks)] == ["ok", "ok"]


def test_a_request_that_waits_for_another_one_is_in_time_too():
    fine = Diagnosis("ok", Message("Fine."))
    slow = DoctorCheck("slow", lambda: time.sleep(3) or fine, needs="mail")
    other = DoctorCheck("other", lambda: time.sleep(3) or fine, needs="search")
    first = threading.Thread(target=health.results, args=[[slow]])
    first.start()
    time.sleep(0.1)
    begin = time.monotonic()
    (((_, found),)) = health.results([other])
    assert time.monotonic() - begin < 2
    assert (found.status, found.message.values) == ("error", {"seconds": "1.6"})
    first.join()
    for run in list(health._Process.runs.values()):
        run.join(20)


def test_a_check_of_another_extension_that_fails_is_one_metric(app, monkeypatch):
    def broken():
        raise RuntimeError("broken")

    checks = [DoctorCheck("broken", broken), DoctorCheck("fine", lambda: Diagnosis("ok", Message("Fine.")))]
    monkeypatch.setattr(registry, "doctor_checks", lambda: iter(checks))
    found = families(app.get(METRICS, headers=BEARER))["opensmartcity_check_status"].samples
    assert {sample.labels["check"]: sample.value for sample in found} == {"broken": 2, "fine": 0}


@pytest.fixture
def start(caplog, monkeypatch):
    """Function that returns what the web server logs when it starts."""
    caplog.set_level(logging.WARNING)

    def run():
        caplog.clear()
        doctor._logged.clear()
        doctor.log_findings()
        return [(each.levelname, each.getMessage()) for each in caplog.records if each.name.endswith("doctor")]

    return run


def test_the_start_logs_a_line_for_each_finding_once(start, ckan_config):
    with changed_config("solr_timeout", 600), changed_config("ckan.plugins", "opensmartcity"):
        lines = start()
        doctor.log_findings()
        assert len(doctor._logged) == len(lines)
    assert all("\n" not in line for _, line in lines)
    by_check = {line.split(": ")[1]: (level, line) for level, line in lines}
    assert {"solr-timeout", "plugins", "signing-key", "api-cookies"} <= set(by_check)
    assert by_check["plugins"][0] == "ERROR"
    assert by_check["solr-timeout"][1].endswith("Set solr_timeout to between 10 and 60.")


def test_the_start_waits_for_no_service(start, monkeypatch, ckan_config):
    ckan_config["solr_url"], ckan_config["ckan.redis.url"] = "http://127.0.0.1:9/solr", "redis://127.0.0.1:9/0"
    with counted(monkeypatch) as calls:
        begin = time.monotonic()
        start()
        assert time.monotonic() - begin < 0.5
    assert (calls.sql, calls.solr) == ([], [])


def test_commands_and_jobs_log_nothing_at_their_start(start, cli):
    import click  # noqa: PLC0415

    with click.Context(click.Command("any")):
        assert start() == []
    assert start() != []
