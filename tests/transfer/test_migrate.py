"""A portal with records of an earlier version: they load, say their version, can be edited, and are migrated."""

import json
from pathlib import Path

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib.search import rebuild
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.standard.migration import VERSION_FIELD
from support.query_budget import counted

FILE = Path(__file__).parents[1] / "data" / "records-0.9.0.jsonl"
EARLIER = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def draft(emptied):
    """Put a record of the draft into the portal as the draft stored it: its answers are extras in the database."""

    def draft(name, unique):
        record = next(record for record in EARLIER if record["name"].startswith(name))
        made = factories.Dataset(type=record["type"], name=f"{name}-{unique}", title=record["title"])
        package = model.Package.get(made["id"])
        answers = {key: value for key, value in record.items() if key not in ("type", "name", "title", "license_id")}
        package.extras = {k: v if isinstance(v, str) else json.dumps(v) for k, v in answers.items()}
        model.Session.commit()
        rebuild(made["id"])
        model.Session.remove()
        return made["id"]

    return draft


def show(id):
    model.Session.remove()
    return call_action("governance_show", id=id)


def package(id):
    model.Session.remove()
    return call_action("package_show", id=id)


def test_an_earlier_record_loads_says_its_version_and_shows_every_answer(draft):
    governance = show(draft("bicycle-counts", "loads"))
    assert governance["standard"]["recorded"] == "0.9.0"
    assert governance["standard"]["version"] == "1.0.0"
    earlier = {answer["name"]: answer for answer in governance["earlier"]}
    assert earlier["ownership_organisation"]["value"] == "Mobility Department"
    assert earlier["ownership_organisation"]["label"] == "Organisation in charge"
    assert earlier["ownership_organisation"]["becomes"] == "ownership_owner"
    assert earlier["sovereignty_storage_kind"]["value"] == "municipal_cloud"
    assert earlier["fitness_rating"]["value"] == "fair"


def test_the_page_shows_the_answers_of_the_earlier_version(draft, app):
    text = app.get(f"/dataset/{draft('bicycle-counts', 'page')}/transparency").body
    assert "version 0.9.0" in text
    assert "Organisation in charge" in text
    assert "Mobility Department" in text
    current = app.get(f"/dataset/{factories.Dataset()['name']}/transparency").body
    assert "osc-earlier" not in current


def test_an_edit_of_something_else_leaves_the_record_with_its_version_and_loses_nothing(draft):
    id = draft("bicycle-counts", "edited")
    before = {extra["key"]: extra["value"] for extra in package(id)["extras"]}
    call_action("package_patch", id=id, title="Another title")
    after = package(id)
    assert {extra["key"]: extra["value"] for extra in after["extras"]} == before
    assert after[VERSION_FIELD] == "0.9.0"
    call_action("package_patch", id=id, fitness_purpose="Another purpose.")
    assert package(id)[VERSION_FIELD] == "0.9.0"


def test_migrating_brings_every_record_over_and_a_second_run_finds_nothing(run, draft):
    ids = {name: draft(name, "all") for name in ("bicycle-counts", "care-requests", "parking-garages", "permit-check")}
    before = {name: package(id) for name, id in ids.items()}
    dry = run("migrate")
    assert "bicycle-counts-all: migrated 0.9.0 (" in dry.stdout
    assert {name: package(id) for name, id in ids.items()} == before

    written = run("migrate", "--write")
    assert written.exit_code == 1
    assert "decide: sovereignty_foreign_access: This question is new" in written.stdout
    assert " 0 refused" in written.stderr
    bicycle, care, garages, permit = (package(id) for id in ids.values())
    assert bicycle["ownership_owner"] == care["ownership_owner"] == "Mobility Department"
    assert bicycle["fitness_limits"].endswith("Rating of the quality: fair")
    assert (care["privacy_class"], care["retention_disposition"]) == ("special_category", "delete")
    assert garages["governance_declared"]["ownership_owner"] == {"state": "unknown"}
    assert (permit["algorithm_decision"], permit["algorithm_oversight"][:15]) == ("recommends", "A permit office")
    assert not any(record.get("extras") for record in (bicycle, care, garages, permit))
    for record in (bicycle, care, garages, permit):
        governance = show(record["id"])
        assert (governance["standard"]["recorded"], governance["earlier"], governance["errors"]) == ("1.0.0", [], [])

    again = run("migrate", "--write")
    assert (again.stdout, again.exit_code) == ("", 0)


def test_a_split_code_waits_for_a_person_with_the_old_answer_as_reason(run, draft):
    id = draft("travel-patterns", "split")
    run("migrate", "--write")
    state = next(f for g in show(id)["groups"] for f in g["fields"] if f["name"] == "privacy_class")
    assert state["state"] == "unknown"
    assert "deidentified" in state["reason"]


def test_a_version_that_no_note_knows_is_refused_and_nothing_changes(run, current):
    dataset = factories.Dataset(**current)
    stored = model.Package.get(dataset["id"])
    stored.extras[VERSION_FIELD] = "7.0.0"
    model.Session.commit()
    rebuild(dataset["id"])
    result = run("migrate", "--write")
    assert "There is no migration from version 7.0.0" in result.stdout
    assert result.exit_code == 1
    call_action("dataset_purge", id=dataset["id"])


def test_who_may_not_edit_is_refused(run, draft):
    organization = factories.Organization()
    id = draft("bicycle-counts", "forbidden")
    call_action("package_owner_org_update", id=id, organization_id=organization["id"])
    for options in ((), ("--write",)):
        assert (
            "bicycle-counts-forbidden: refused" in run("migrate", "--user", factories.User()["name"], *options).stdout
        )
    assert package(id)[VERSION_FIELD] == "0.9.0"
    call_action("dataset_purge", id=id)


def test_answers_that_are_saved_are_marked_and_a_record_without_answers_is_not(current):
    plain = factories.Dataset()
    assert VERSION_FIELD not in plain
    assert VERSION_FIELD not in call_action("package_patch", id=plain["id"], title="Other")
    assert call_action("package_patch", id=plain["id"], ownership_owner="Parks")[VERSION_FIELD] == "1.0.0"
    assert VERSION_FIELD not in call_action("package_patch", id=plain["id"], ownership_owner="")
    assert factories.Dataset(**current)[VERSION_FIELD] == "1.0.0"
    assert factories.Dataset(governance_declared={"ownership_owner": {"state": "unknown"}})[VERSION_FIELD] == "1.0.0"


def test_nobody_can_mark_a_record_with_a_version_that_is_made_up(current):
    assert factories.Dataset(**current, **{VERSION_FIELD: "99.0.0"})[VERSION_FIELD] == "1.0.0"
    assert VERSION_FIELD not in factories.Dataset(**{VERSION_FIELD: "99.0.0"})
    assert VERSION_FIELD not in factories.Dataset(**{VERSION_FIELD: "0.9.0"})


def test_an_answer_from_before_the_marks_is_marked_when_it_changes_and_not_before(current):
    dataset = factories.Dataset(**current)
    stored = model.Package.get(dataset["id"])
    del stored.extras[VERSION_FIELD]
    model.Session.commit()
    rebuild(dataset["id"])
    assert show(dataset["id"])["standard"]["recorded"] is None
    assert VERSION_FIELD not in call_action("package_patch", id=dataset["id"], title="Other")
    assert call_action("package_patch", id=dataset["id"], fitness_alternatives="By hand.")[VERSION_FIELD] == "1.0.0"


def test_the_search_finds_records_by_their_version(current):
    dataset = factories.Dataset(**current)
    found = call_action("package_search", fq=f'{VERSION_FIELD}:"1.0.0" +name:{dataset["name"]}')
    assert found["count"] == 1


def test_the_form_neither_shows_nor_loses_the_version(app, current):
    dataset = factories.Dataset(**current)
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    assert VERSION_FIELD not in app.get(f"/dataset/edit/{dataset['name']}", headers=headers).body


def test_a_record_of_the_draft_in_a_file_is_migrated_while_it_is_imported(run, organization, file):
    record = next(record for record in EARLIER if record["name"] == "care-requests-090")
    result = run("import", "--from", "opensmartcity", "--organization", organization, "--write", file([record]))
    assert "note: sovereignty_foreign_access: This question is new" in result.stdout
    assert package("care-requests-090")["privacy_class"] == "special_category"
    with pytest.raises(tk.ValidationError):
        call_action("package_create", name="straight", owner_org=organization, **{
            key: value for key, value in record.items() if key not in ("name", "type")
        })  # fmt: skip


def test_knowing_the_version_costs_no_query(draft, current, monkeypatch):
    marked, earlier = factories.Dataset(**current)["id"], draft("bicycle-counts", "budget")
    counts = []
    for id in (marked, earlier):
        model.Session.remove()
        with counted(monkeypatch) as calls:
            call_action("governance_show", id=id)
        counts.append((len(calls.sql), len(calls.solr)))
    assert counts[0] == counts[1]
