"""Broken set-ups of a real portal: the doctor is silent on a healthy one, finds each fault, and names what mends it."""

from __future__ import annotations

import ast
import copy
import os
import re
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckan.common import config_declaration
from ckan.lib import jobs
from ckan.lib.redis import connect_to_redis
from ckan.lib.search import clear, rebuild
from ckan.tests import factories
from ckan.tests.helpers import call_action, changed_config
from ckanext.opensmartcity import config, registry
from ckanext.opensmartcity.governance.doctor import active_checks, examine
from ckanext.opensmartcity.ledger import sequencer, signer
from ckanext.opensmartcity.ledger.high_water_mark import HighWaterMark
from ckanext.opensmartcity.links import check_job
from ckanext.opensmartcity.plugin import get_commands
from ckanext.opensmartcity.views import reverse_proxy
from ckanext.scheming.plugins import SchemingDatasetsPlugin
from rq import Worker
from support.ledger_tables import migrate, renew
from support.scheduled_jobs import delete_scheduled_jobs
from support.smtp import mail_server

PREFIX = "ckanext.opensmartcity."
NOBODY = "http://127.0.0.1:9"


def sql(statement, **values):
    with model.meta.engine.begin() as connection:
        for table in ("opensmartcity_event", "opensmartcity_checkpoint", "opensmartcity_verification"):
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(sa.text(statement), values)
        for table in ("opensmartcity_event", "opensmartcity_checkpoint", "opensmartcity_verification"):
            connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


@contextmanager
def option(name, value):
    with changed_config(name, value):
        yield


@contextmanager
def altered(break_it, mend_it):
    sql(break_it)
    try:
        yield
    finally:
        sql(mend_it)


@pytest.fixture
def city(app, emptied, clean_queues, tmp_path, reset_index):
    """A healthy portal: worker, mail, key, signed and verified log, checked links, one question that is settled."""
    key = tmp_path / "ledger.pem"
    reset_index()
    renew()
    delete_scheduled_jobs()
    reverse_proxy._Process.seen.clear()
    connect_to_redis().delete(reverse_proxy._key())
    with ExitStack() as stack:
        mails = stack.enter_context(mail_server())
        for name, value in (
            ("smtp.server", mails.address),
            ("ckan.auth.enable_cookie_auth_in_api", False),
            (f"{PREFIX}signing_key", str(key)),
        ):
            stack.enter_context(changed_config(name, value))
        signer.make_key(key, "test.ckan.net/opensmartcity")
        dataset = factories.Dataset(owner_org=factories.Organization()["id"])
        sequencer.checkpoint()
        worker = Worker([jobs.get_queue()], connection=jobs.get_queue().connection)
        worker.register_birth()
        yield SimpleNamespace(app=app, key=key, mails=mails, dataset=dataset, worker=worker)
        worker.register_death()
    call_action("package_delete", id=dataset["id"])


def diagnosis(id):
    model.Session.rollback()
    (found,) = examine((each for each in registry.doctor_checks() if each.id == id), str)["checks"]
    return found


def old_tables(city):
    version = "UPDATE opensmartcity_alembic_version SET version_num = '{}'"
    with model.meta.engine.connect() as connection:
        head = connection.scalar(sa.text("SELECT version_num FROM opensmartcity_alembic_version"))
    return altered(version.format("opensmartcity_001"), version.format(head))


@contextmanager
def without_fields(city, **kept):
    plugin = SchemingDatasetsPlugin.instance
    whole = plugin._expanded_schemas
    plugin._expanded_schemas = copy.deepcopy(whole)
    fields = plugin._expanded_schemas["dataset"]["dataset_fields"]
    plugin._expanded_schemas["dataset"]["dataset_fields"] = [
        f for f in fields if f.get("field_name") != "privacy_class"
    ]
    try:
        yield
    finally:
        plugin._expanded_schemas = whole


@contextmanager
def without_validator(city):
    plugin = SchemingDatasetsPlugin.instance
    whole = plugin._expanded_schemas
    plugin._expanded_schemas = copy.deepcopy(whole)
    plugin._expanded_schemas["algorithm"].pop("before_validators")
    try:
        yield
    finally:
        plugin._expanded_schemas = whole


@contextmanager
def not_indexed(city):
    clear(city.dataset["id"])
    try:
        yield
    finally:
        rebuild(city.dataset["id"])


@contextmanager
def without_worker(city):
    city.worker.register_death()
    jobs.enqueue(print)
    try:
        yield
    finally:
        jobs.get_queue().empty()
        city.worker.register_birth()


@contextmanager
def killed_worker(city):
    """As after SIGKILL: the worker stays in the list of its queue, and its own key expires."""
    delete_scheduled_jobs()
    city.worker.connection.delete(city.worker.key)
    try:
        yield
    finally:
        city.worker.register_death()
        city.worker.register_birth()


@contextmanager
def busy_worker(city):
    job = jobs.enqueue(print)
    job.enqueued_at = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(hours=5)
    job.save()
    try:
        yield
    finally:
        jobs.get_queue().empty()


@contextmanager
def readable_key(city):
    city.key.chmod(0o644)
    try:
        yield
    finally:
        city.key.chmod(0o600)


@contextmanager
def other_key(city):
    other = city.key.with_name("other.pem")
    signer.make_key(other, "test.ckan.net/opensmartcity")
    with changed_config(f"{PREFIX}signing_key", str(other)):
        yield


@contextmanager
def lost_mark(city):
    mark = HighWaterMark(city.key).path
    kept = mark.read_bytes()
    mark.unlink()
    try:
        yield
    finally:
        mark.write_bytes(kept)


@contextmanager
def restored_database(city):
    """The log has an event less than the mark says."""
    tables = "opensmartcity_leaf", "opensmartcity_tile", "opensmartcity_checkpoint"
    with model.meta.engine.begin() as connection:
        for table in tables:
            connection.execute(sa.text(f"CREATE TABLE kept_{table} AS TABLE {table}"))
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            connection.execute(sa.text(f"DELETE FROM {table}"))
    try:
        yield
    finally:
        with model.meta.engine.begin() as connection:
            for table in tables:
                connection.execute(sa.text(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept_{table}"))
                connection.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
                connection.execute(sa.text(f"DROP TABLE kept_{table}"))


@contextmanager
def unsigned_changes(city):
    call_action("package_patch", id=city.dataset["id"], fitness_limits="Only by day.")
    newest = "WHERE seq = (SELECT max(seq) FROM opensmartcity_event)"
    move = f"UPDATE opensmartcity_event SET at = at {{}} interval '5 hours' {newest}"
    with altered(move.format("-"), move.format("+")):
        yield
    sequencer.checkpoint()


def old_verification(city):
    move = "UPDATE opensmartcity_verification SET at = at {} interval '4 days'"
    return altered(move.format("-"), move.format("+"))


@contextmanager
def altered_log(city):
    call_action("package_patch", id=city.dataset["id"], fitness_purpose="To count bicycles.")
    sequencer.checkpoint()
    change = "UPDATE opensmartcity_event SET body = replace(body, '{}', '{}')"
    with altered(change.format("bicycles", "lorries"), change.format("lorries", "bicycles")):
        with pytest.raises(signer.LogError):
            sequencer.checkpoint()
        yield
    sequencer.checkpoint()


@contextmanager
def unchecked_links(city):
    call_action("package_patch", id=city.dataset["id"], resources=[{"url": NOBODY}])
    yield
    with changed_config(f"{PREFIX}fetch_inside", ["127.0.0.1"]):
        list(check_job.check())
    sequencer.checkpoint()


@contextmanager
def forgotten_links(city):
    with unchecked_links(city):
        list(check_job.check())
        sql("UPDATE opensmartcity_link SET due_at = now() - interval '3 days'")
        yield


@contextmanager
def kept_address(city):
    asked = call_action(
        "governance_question_create", {"user": ""}, id=city.dataset["id"], text="Where?", email="a@b.example"
    )
    call_action("governance_question_answer", id=asked["id"], answer="There.")
    sql(
        "UPDATE opensmartcity_question "
        "SET asked_at = asked_at - interval '20 days', answered_at = now() - interval '10 days'"
    )
    yield
    ckan_run("opensmartcity", "questions", "expire")


@contextmanager
def unnoticed_question(city):
    call_action("governance_question_create", {"user": ""}, id=city.dataset["id"], text="Where?")
    sql("UPDATE opensmartcity_question SET asked_at = asked_at - interval '2 days'")
    yield
    sql("UPDATE opensmartcity_question SET told_at = now()")
    jobs.get_queue().empty()


@contextmanager
def visitors(city, site_url="http://data.city.example", **environ):
    """Requests as they reach the portal through a proxy."""
    with changed_config("ckan.site_url", site_url):
        for _ in range(60):
            city.app.get("/transparency/standard.json", environ_overrides=environ)
        try:
            yield
        finally:
            right = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}
            for _ in range(200):
                city.app.get("/transparency/standard.json", environ_overrides=right)


OPTION = "configuration file"
# What is broken: the check that finds it, its status, how, and a part of the remedy.
SETUPS = {
    "tables of an earlier version": ("migrations", "error", old_tables, "ckan db upgrade"),
    "a misspelled option": ("options", "warning", lambda city: option(f"{PREFIX}enforcment", "publish"), OPTION),
    "an unknown silenced check": (
        "options",
        "warning",
        lambda city: option(f"{PREFIX}silenced_checks", ["mails"]),
        OPTION,
    ),
    "scheming before the plugin": (
        "plugins",
        "warning",
        lambda city: option("ckan.plugins", "scheming_datasets opensmartcity"),
        "opensmartcity scheming_datasets",
    ),
    "no scheming": ("plugins", "error", lambda city: option("ckan.plugins", ["opensmartcity"]), "scheming_datasets"),
    "a schema without a question": ("schema", "error", without_fields, "scheming.dataset_schemas"),
    "a schema without the validator": ("schema", "error", without_validator, "scheming.dataset_schemas"),
    "cookies in the API": (
        "api-cookies",
        "warning",
        lambda city: option("ckan.auth.enable_cookie_auth_in_api", True),
        "ckan.auth.enable_cookie_auth_in_api = false",
    ),
    "a short solr_timeout": ("solr-timeout", "warning", lambda city: option("solr_timeout", 2), "solr_timeout"),
    "a long solr_timeout": ("solr-timeout", "warning", lambda city: option("solr_timeout", 600), "solr_timeout"),
    "large bodies": (
        "body-limit",
        "warning",
        lambda city: option(f"{PREFIX}max_body_kilobytes", 99999),
        "10240 or less",
    ),
    "a smaller limit of Flask": (
        "body-limit",
        "warning",
        lambda city: option("MAX_CONTENT_LENGTH", 1024 * 100),
        "to 100 or",
    ),
    "Solr down": ("search", "error", lambda city: option("solr_url", f"{NOBODY}/solr/ckan"), "solr_url"),
    "Solr down, for the index": (
        "index",
        "warning",
        lambda city: option("solr_url", f"{NOBODY}/solr/ckan"),
        "solr_url",
    ),
    "an index of former rules": (
        "index",
        "warning",
        lambda city: option(f"{PREFIX}home_jurisdiction", "DE"),
        "ckan search-index rebuild",
    ),
    "a record that is not indexed": ("index", "warning", not_indexed, "ckan search-index rebuild"),
    "Redis down": ("worker", "error", lambda city: option("ckan.redis.url", "redis://127.0.0.1:9/0"), "ckan.redis.url"),
    "no worker": ("worker", "error", without_worker, "ckan jobs worker"),
    "a killed worker": ("worker", "warning", killed_worker, "ckan jobs worker"),
    "a worker that is behind": ("worker", "warning", busy_worker, "ckan jobs list"),
    "no sender of mail": ("mail", "warning", lambda city: option("smtp.mail_from", ""), "smtp.mail_from"),
    "mail server down": ("mail", "warning", lambda city: option("smtp.server", "127.0.0.1:9"), "smtp.server"),
    "a question without notification": ("notifications", "warning", unnoticed_question, "`mail`"),
    "no signing key": (
        "signing-key",
        "warning",
        lambda city: option(f"{PREFIX}signing_key", ""),
        "ckan opensmartcity ledger key",
    ),
    "a lost signing key": (
        "signing-key",
        "error",
        lambda city: option(f"{PREFIX}signing_key", "/nowhere/ledger.pem"),
        "ckan opensmartcity ledger rotate --lost",
    ),
    "a signing key for all to read": ("signing-key", "warning", readable_key, "chmod 600"),
    "another signing key": ("signing-key", "error", other_key, "ckan opensmartcity ledger rotate"),
    "a lost high-water mark": ("high-water-mark", "warning", lost_mark, "ckan opensmartcity ledger verify"),
    "a restored database": (
        "high-water-mark",
        "error",
        restored_database,
        "ckan opensmartcity ledger resume --after-restore",
    ),
    "unsigned changes": ("checkpoint", "warning", unsigned_changes, "ckan opensmartcity ledger checkpoint"),
    "no verification for days": ("verification", "warning", old_verification, "ckan opensmartcity ledger verify"),
    "an altered log": ("verification", "error", altered_log, "ckan opensmartcity ledger verify"),
    "links that nobody checked": ("links", "warning", unchecked_links, "ckan opensmartcity links check"),
    "no check of links for days": ("links", "warning", forgotten_links, "ckan opensmartcity links check"),
    "peers that nobody fetched": (
        "peers",
        "warning",
        lambda city: option(f"{PREFIX}peers", ["https://data.other.example"]),
        "ckan opensmartcity peers fetch",
    ),
    "an address that is kept for too long": ("expiry", "error", kept_address, "ckan opensmartcity questions expire"),
    "a proxy that is not trusted": (
        "proxy",
        "warning",
        lambda city: visitors(city, REMOTE_ADDR="10.0.0.5", HTTP_X_FORWARDED_FOR="198.51.100.7"),
        "ckanext.opensmartcity.trusted_proxies",
    ),
    "a proxy that hides its visitors": (
        "proxy",
        "warning",
        lambda city: visitors(city, REMOTE_ADDR="127.0.0.1"),
        "proxy_set_header X-Forwarded-For",
    ),
}


def test_the_doctor_is_silent_on_a_healthy_portal(city):
    found = examine(active_checks(), str)
    assert [each for each in found["checks"] if each["status"] != "ok" or each["remedy"]] == []
    # Each check is held against a broken set-up, but for that of a database, which no test may stop.
    assert {each["id"] for each in found["checks"]} - {check for check, *_ in SETUPS.values()} == {"database"}


@pytest.mark.parametrize("fault", SETUPS)
def test_the_doctor_finds_a_broken_setup_and_names_the_remedy(city, fault):
    check, status, broken, remedy = SETUPS[fault]
    with broken(city):
        found = diagnosis(check)
        assert (found["status"], remedy in (found["remedy"] or "")) == (status, True), found
    assert diagnosis(check) | {"message": ""} == {"id": check, "status": "ok", "message": "", "remedy": None}


def test_a_silenced_check_is_not_run(city):
    with option("solr_timeout", 2), option(f"{PREFIX}silenced_checks", ["solr-timeout", "links"]):
        found = examine(active_checks(), str)
    assert found["status"] == "ok"
    assert not {"solr-timeout", "links"} & {each["id"] for each in found["checks"]}


def test_missing_tables_are_one_finding(city):
    sql("ALTER TABLE opensmartcity_link RENAME TO away")
    try:
        found = diagnosis("links")
        assert (found["status"], found["message"].startswith("The check failed")) == ("error", True)
        assert diagnosis("checkpoint")["status"] == "ok"
    finally:
        sql("ALTER TABLE away RENAME TO opensmartcity_link")


def test_a_portal_to_try_out_has_no_proxy(city):
    with visitors(city, "http://127.0.0.1:5000", REMOTE_ADDR="127.0.0.1"):
        assert diagnosis("proxy")["status"] == "ok"


def test_addresses_of_visitors_are_not_kept(city):
    forged = {"REMOTE_ADDR": "93.184.216.34", "HTTP_X_FORWARDED_FOR": "203.0.113.1"}
    for _ in range(60):
        city.app.get("/transparency/standard.json", environ_overrides=forged)
    known = reverse_proxy.evidence()
    assert (known.ways["untrusted"] >= 60, known.proxies) == (True, {})


def ckan_run(*arguments):
    group = get_commands()[0]
    command = group
    for name in arguments[1:]:
        command = command.commands[name]
    command.callback()


def texts():
    """Return each text of the modules that diagnose: messages, remedies, and what they put into these."""
    folder = Path(config.__file__).parent
    modules = [path for path in folder.glob("*/*.py") if "Diagnosis(" in path.read_text(encoding="utf-8")]
    assert len(modules) > 6
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_command_that_a_remedy_names_exists():
    found = {match for text in texts() for match in re.findall(r"\bckan ((?:[a-z][a-z-]+ ?)+)(--[a-z-]+)?", text)}
    known = {**ckan_command.commands, "opensmartcity": get_commands()[0]}
    names = set()
    for words, flag in found:
        command, path = SimpleNamespace(commands=known), []
        for word in words.split():
            if word not in getattr(command, "commands", {}):
                break
            command = command.commands[word]
            path.append(word)
        assert path, words
        assert not hasattr(command, "commands"), f"ckan {words}leads to no command"
        flags = {name for parameter in command.params for name in parameter.opts}
        assert not flag or flag in flags, f"ckan {words}{flag}"
        names.add(" ".join(path))
    assert len(names) >= 10, names


def test_every_option_that_a_remedy_names_is_declared():
    pattern = r"\b(?:ckanext\.opensmartcity|scheming|ckan|smtp|sqlalchemy)\.[a-z_.]*[a-z]\b|\bsolr_\w+"
    found = {name for text in texts() for name in re.findall(pattern, text)}
    found -= {name for name in found if name.startswith(("ckan.lib", "ckan.ini"))}
    # Scheming declares no options.
    declared = {str(key) for key in config_declaration.iter_options()} | {SchemingDatasetsPlugin.SCHEMA_OPTION}
    assert {
        name for name in found if name not in declared and not name.startswith("ckanext.opensmartcity.governance")
    } == set()
    assert len(found) > 8


def test_migrate_is_what_the_remedy_of_missing_tables_says():
    migrate()
    assert diagnosis("migrations")["status"] == "ok"
    assert os.environ.get("CKAN_SQLALCHEMY_URL", "postgresql").startswith("postgresql")
