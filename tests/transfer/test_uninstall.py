"""Uninstall and return, as docs/administrators.md describes them, on a portal with schemas of its own."""

import pytest
from ckan import model, plugins
from ckan.cli.cli import ckan
from ckan.common import config
from ckan.lib.search import rebuild
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.ckan_app import app, cli
from support.own_types import OWN_VALUES, SCHEMING, new_record, own_types, portal, portal_app

__all__ = ["app", "cli", "own_types", "portal", "portal_app"]

ANSWERS = {
    "privacy_class": "non_personal",
    "ownership_owner": "Parks",
    "sovereignty_storage_countries": ["DE", "NL"],
    "governance_declared": {"retention_type": {"state": "unknown"}},
}


@pytest.fixture
def run(cli):
    """Run a command of ours, which must succeed."""

    def run(*arguments):
        result = cli.invoke(ckan, ["opensmartcity", *map(str, arguments)])
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


@pytest.fixture
def reload():
    """Return a function that restarts CKAN with some plugins, and rebuilds the search index."""

    def reload(names):
        config["ckan.plugins"] = names
        plugins.load_all()
        model.Session.remove()
        # package_show returns the indexed record.
        rebuild()

    yield reload
    reload(f"opensmartcity {SCHEMING}")


def events(record):
    return [event["id"] for event in call_action("governance_history", id=record["id"])["events"]]


def answers(record):
    model.Session.expire_all()
    stored = call_action("package_show", id=record["id"])
    return {name: stored.get(name) for name in ANSWERS}


def test_answers_come_back_without_a_flood_of_changes(run, reload, tmp_path):
    owner = factories.Organization()["id"]
    records = [new_record(kind, owner_org=owner, private=kind == "map", **ANSWERS) for kind in OWN_VALUES]
    exported = run("export", "--to", "opensmartcity", "--include-private")
    (tmp_path / "records.jsonl").write_text(exported, encoding="utf-8")
    recorded = [events(record) for record in records]

    reload(SCHEMING)
    for record in records:
        away = call_action("package_show", id=record["id"])
        own = {name: away[name] for name in OWN_VALUES[record["type"]]}
        assert own == OWN_VALUES[record["type"]]
        # The answers stay in the database as extras without a question,
        assert {"key": "privacy_class", "value": "non_personal"} in away["extras"]
        call_action("package_patch", id=record["id"], notes="Patched meanwhile")
        assert {"key": "privacy_class", "value": "non_personal"} in call_action("package_show", id=record["id"])[
            "extras"
        ]
        # until a save without extras drops them, as scheming's form sends it.
        del away["extras"]
        call_action("package_update", **away | {"notes": "Edited meanwhile"})
        assert not call_action("package_show", id=record["id"]).get("extras")

    reload(f"opensmartcity {SCHEMING}")
    assert [answers(record) for record in records] == [dict.fromkeys(ANSWERS)] * 2
    command = ("import", "--from", "opensmartcity", "--organization", owner, "--update", "--answers-only")
    run(*command, "--write", tmp_path / "records.jsonl")
    assert [answers(record) for record in records] == [ANSWERS] * 2
    assert [events(record) for record in records] == recorded
    for record in records:
        stored = call_action("package_show", id=record["id"])
        assert stored["notes"] == "Edited meanwhile"
        assert {name: stored[name] for name in OWN_VALUES[record["type"]]} == OWN_VALUES[record["type"]]


def test_an_answer_that_differs_on_return_is_an_event(run, reload):
    record = new_record("dataset", **ANSWERS)
    before = events(record)
    reload(SCHEMING)
    away = call_action("package_show", id=record["id"])
    del away["extras"]
    call_action("package_update", **away)
    reload(f"opensmartcity {SCHEMING}")
    call_action("package_patch", id=record["id"], **ANSWERS | {"ownership_owner": "Trees"})
    history = call_action("governance_history", id=record["id"])["events"]
    new = [event for event in history if event["id"] not in before]
    changed = [(change["field"], change["before"], change["after"]) for event in new for change in event["changes"]]
    assert changed == [("ownership_owner", "Parks", "Trees")]


def test_new_records_with_own_fields_arrive_whole(run, tmp_path):
    owner = factories.Organization()["id"]
    records = [new_record(kind, owner_org=owner, **ANSWERS) for kind in OWN_VALUES]
    lines = run("export", "--to", "opensmartcity").splitlines()
    file = tmp_path / "records.jsonl"
    file.write_text("\n".join(line for line in lines if any(record["name"] in line for record in records)))
    for record in records:
        call_action("dataset_purge", id=record["id"])
    run("import", "--from", "opensmartcity", "--organization", owner, "--write", file)
    for record in records:
        stored = call_action("package_show", id=record["name"])
        expected = OWN_VALUES[record["type"]] | ANSWERS | {"type": record["type"]}
        assert {name: stored[name] for name in expected} == expected


def test_answers_only_refuses_records_that_are_not_here(cli, tmp_path):
    (tmp_path / "one.json").write_text('{"name": "nowhere", "privacy_class": "non_personal"}')
    arguments = [
        "import",
        "--from",
        "opensmartcity",
        "--answers-only",
        "--organization",
        factories.Organization()["id"],
    ]
    result = cli.invoke(ckan, ["opensmartcity", *arguments, "--write", str(tmp_path / "one.json")])
    assert result.exit_code == 1
    assert "There is no such record here" in result.output
