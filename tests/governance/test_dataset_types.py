"""The standard governs the dataset types that a city names, beside the fields of the city's own schemas."""

import json

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.cli.cli import ckan
from ckan.common import config
from ckan.tests import factories, helpers
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.governance import service_checks
from ckanext.opensmartcity.plugin import get_blueprints
from support import form_pages
from support.ckan_app import app, cli
from support.own_types import OWN_VALUES, new_record, own_types, portal, portal_app

__all__ = ["app", "cli", "own_types", "portal", "portal_app"]

KINDS = ["dataset", "map"]


@pytest.fixture(params=KINDS)
def record(request):
    """A record of each governed type, with all own fields."""
    return new_record(request.param, owner_org=factories.Organization()["id"])


@pytest.fixture
def steward():
    return factories.SysadminWithToken()


def problems(answer):
    """Return the texts of the error summary of a form."""
    return [each.text.strip() for each in form_pages.soup_of(answer).select(".osc-errors li")]


def own_values(record):
    stored = form_pages.shown(record)
    return {name: stored.get(name) for name in OWN_VALUES[record["type"]]}


def test_no_own_field_is_hidden_or_renamed():
    for kind in KINDS:
        names = [f["field_name"] for f in call_action("scheming_dataset_schema_show", type=kind)["dataset_fields"]]
        assert len(names) == len(set(names))
        assert {*OWN_VALUES[kind], "privacy_class", "governance_declared", "title"} <= set(names)
    assert set(call_action("scheming_dataset_schema_list")) == {"dataset", "map", "algorithm"}


def test_own_fields_survive_each_way_of_saving_answers(app, cli, record, steward, tmp_path):
    call_action("package_patch", id=record["id"], privacy_class="non_personal")
    form = form_pages.form(app, steward, form_pages.page(record, "ownership", record["type"]))
    values = form_pages.values_of(form) | {"ownership_owner": "Parks", "save": "stay"}
    assert (
        form_pages.send(app, steward, form_pages.page(record, "ownership", record["type"]), **values).status_code == 302
    )
    whole = call_action("package_show", id=record["id"])
    call_action("package_update", **whole | {"ownership_steward_role": "Data steward"})
    file = tmp_path / "records.jsonl"
    file.write_text(json.dumps({"name": record["name"], "type": record["type"], "fitness_purpose": "To plan."}))
    imported = [
        "import",
        str(file),
        "--from",
        "opensmartcity",
        "--organization",
        record["owner_org"],
        "--update",
        "--write",
    ]
    assert cli.invoke(ckan, ["opensmartcity", *imported]).exit_code == 0
    call_action("bulk_update_private", datasets=[record["id"]], org_id=record["owner_org"])
    stored = form_pages.shown(record)
    assert own_values(record) == OWN_VALUES[record["type"]]
    assert [stored[name] for name in ("privacy_class", "ownership_owner", "fitness_purpose")] == [
        "non_personal",
        "Parks",
        "To plan.",
    ]


def test_the_form_of_own_fields_keeps_answers_and_saves_own_fields(app, steward, record):
    answers = {"privacy_class": "non_personal", "ownership_owner": "Parks", "license_id": "cc-by"}
    call_action("package_patch", id=record["id"], **answers)
    before, edited = form_pages.shown(record), set()
    for number in {"dataset": [""], "map": ["/1", "/2"]}[record["type"]]:
        path = f"/{record['type']}/edit/{record['name']}{number}"
        soup = form_pages.form(app, steward, path)
        values = form_pages.values_of(soup)
        assert not [name for name in values if name.startswith(("privacy_", "ownership_", "declared-"))]
        edited |= {name.partition("-")[0] for name in values} & set(OWN_VALUES[record["type"]])
        answer = form_pages.send(app, steward, path, **values)
        assert (answer.status_code, problems(answer)) == (302, [])
    assert edited == set(OWN_VALUES[record["type"]])
    assert form_pages.changed(before, form_pages.shown(record)) == set()


def test_a_required_own_field_is_asked_for_with_its_own_label(app, steward):
    answer = form_pages.send(app, steward, "/dataset/new", name="no-centre", title="No", opensmartcity_own_fields="yes")
    assert problems(answer) == ["Cost centre: Missing value"]
    assert form_pages.soup_of(answer).select_one(".osc-errors li a")["href"] == "#field-cost_centre"


def test_the_pages_of_the_city_come_first_and_ours_follow_in_one_form(app, steward):
    soup = form_pages.form(app, steward, "/map/new")
    labels = [each.text.strip() for each in soup.select(".osc-pages li > *:first-child")]
    assert labels[:3] == ["The map", "Drawing", "Ownership"]
    owner = factories.Organization()["id"]
    values = form_pages.values_of(soup) | {"name": "harbour-map", "title": "Map", "scale": "1:10", "owner_org": owner}
    first = form_pages.send(app, steward, "/map/new", **values)
    assert problems(first) == []
    assert first.location.endswith("/map/new/harbour-map/2")
    soup = form_pages.form(app, steward, "/map/new/harbour-map/2")
    values = form_pages.values_of(soup) | {"layers": ["roads", "water"], "surveyors-1-name": "A. Meter"}
    second = form_pages.send(app, steward, "/map/new/harbour-map/2", **values)
    assert second.location.endswith("/map/harbour-map/governance/ownership")
    stored = call_action("package_show", id="harbour-map")
    assert (stored["state"], stored["scale"], stored["layers"]) == ("draft", "1:10", ["roads", "water"])
    assert stored["surveyors"] == [{"name": "A. Meter"}]


def test_a_published_record_is_not_made_a_draft_by_a_page_of_its_creation(app, steward):
    stored = new_record("map")
    path = f"/map/new/{stored['name']}/2"
    form_pages.send(app, steward, path, **form_pages.values_of(form_pages.form(app, steward, path)))
    assert form_pages.shown(stored)["state"] == "active"


def paths_of(portal_app, record):
    """Return the path of each page and file of a record that is ours, by endpoint."""
    ours = {each.name for each in get_blueprints()}
    adapter = portal_app.url_map.bind("test.ckan.net")
    values = {"package_type": record["type"], "id": record["name"], "group": "privacy"}
    return {
        rule.endpoint: adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for rule in portal_app.url_map.iter_rules()
        if {"package_type", "id"} <= rule.arguments <= values.keys()
        and "GET" in rule.methods
        and rule.endpoint.partition(".")[0] in ours
    }


def test_every_page_and_file_of_a_record_exists_for_each_type(app, portal_app, steward):
    answers = {}
    for kind in KINDS:
        stored = new_record(kind, privacy_class="non_personal")
        for endpoint, path in paths_of(portal_app, stored).items():
            answer = app.get(path, headers={"Authorization": steward["token"]}, follow_redirects=False)
            answers.setdefault(endpoint, {})[kind] = answer.status_code
    assert len(answers) > 15
    different = {name: codes for name, codes in answers.items() if len(set(codes.values())) > 1}
    assert different == {}
    # Without ckanext-dcat there is no RDF, and without a checkpoint no file of proofs.
    not_here = {name for name, codes in answers.items() if codes["map"] not in (200, 302)}
    assert {name for name in not_here if not name.startswith("opensmartcity_formats.")} == {
        "opensmartcity_history.export"
    }


def test_every_action_about_a_record_answers_for_each_type(record):
    for action in ("governance_show", "governance_history", "governance_question_list", "governance_story_list"):
        assert call_action(action, id=record["id"])
    checked = call_action("governance_check", patch_of=record["id"], privacy_class="nonsense")
    assert checked["errors"]
    with pytest.raises(tk.ValidationError, match="privacy_class"):
        call_action("package_patch", id=record["id"], privacy_class="nonsense")
    call_action("package_patch", id=record["id"], privacy_class="non_personal")
    history = call_action("governance_history", id=record["id"])
    assert history["dataset"]["type"] == record["type"]
    assert any(change["field"] == "privacy_class" for event in history["events"] for change in event["changes"])


@pytest.fixture
def counted():
    """One public record of each type with an answer."""
    helpers.call_action("governance_stats")
    return [new_record(kind, privacy_class="non_personal", ownership_owner="Parks") for kind in KINDS]


def test_the_city_counts_records_of_each_type_as_datasets(app, counted):
    public = sa.text("SELECT type, count(*) FROM package WHERE state = 'active' AND NOT private GROUP BY type")
    by_type = dict(model.Session.execute(public).all())
    assert min(by_type["map"], by_type["dataset"]) > 0
    stats = tk.get_action("governance_stats")({"user": "", "ignore_auth": False}, {})
    assert {kind: stats["types"][kind] for kind in KINDS} == {kind: by_type[kind] for kind in KINDS}
    assert stats["index_lag"]["records"] == 0
    assert service_checks.check_index().gauges["index_records_missing"] == 0
    city = tk.get_action("governance_city_show")({"user": "", "ignore_auth": False}, {})
    datasets = next(each for each in city["records"] if each["type"] == "dataset")
    assert datasets["total"] == by_type["dataset"] + by_type["map"]
    assert sum(level["count"] for level in datasets["levels"]) == datasets["total"]
    for level in (each for each in datasets["levels"] if each["count"]):
        body = app.get(level["list"]).body
        count = BeautifulSoup(body, "html.parser").select_one("h1, .search-form h2").text
        assert count.split()[0] == str(level["count"]), (count, level)
    figures = [each for characteristic in city["characteristics"] for each in characteristic["figures"]]
    assert next(each["of"] for each in figures if each["id"] == "owner") == datasets["total"]


def test_overdue_records_of_each_type_are_among_the_disposals():
    overdue = {"retention_type": "until_date", "retention_until": "2020-01-31"}
    made = {new_record(kind, **overdue)["id"] for kind in KINDS}
    listed = call_action("governance_disposal_list", limit=100)["datasets"]
    assert made <= {each["id"] for each in listed}


def test_lists_of_each_type_have_the_level_and_the_facets(app, counted):
    for stored in counted:
        soup = BeautifulSoup(app.get(f"/{stored['type']}").body, "html.parser")
        assert [each for each in soup.select(".dataset-item") if each.select("[class*=osc-level]")], soup.select(
            ".dataset-item"
        )
        assert "Governance level" in soup.text
        tabs = BeautifulSoup(app.get(f"/{stored['type']}/{stored['name']}").body, "html.parser")
        assert tabs.select(f"a[href$='/{stored['type']}/{stored['name']}/transparency']")
    rows = call_action("governance_audit")["rows"]
    assert {row["type"] for row in rows} >= set(KINDS)


def test_a_dataset_and_a_map_name_an_algorithm_that_lists_them(app):
    factories.Dataset(type="algorithm", name="counting")
    named = [new_record(kind, algorithm_use="in_use", algorithm_systems=["counting"]) for kind in KINDS]
    shown = call_action("governance_show", id="counting")
    assert {each["name"] for each in shown["datasets"]} == {each["name"] for each in named}
    soup = BeautifulSoup(app.get("/algorithm/counting").body, "html.parser")
    for each in named:
        assert soup.select(f"a[href$='/{each['type']}/{each['name']}/transparency']")


def test_the_city_states_the_order_of_our_pages(app, steward, record, monkeypatch):
    monkeypatch.setitem(config, "ckanext.opensmartcity.form_pages", ["privacy", "fitness"])
    soup = form_pages.form(app, steward, form_pages.page(record, "privacy", record["type"]))
    labels = [each.text.strip() for each in soup.select(".osc-pages li > *:first-child")]
    first = labels.index("Privacy")
    assert labels[first : first + 3] == ["Privacy", "Fitness for use", "Ownership"]
    values = form_pages.values_of(soup) | {"save": "next"}
    answer = form_pages.send(app, steward, form_pages.page(record, "privacy", record["type"]), **values)
    assert answer.location.endswith("/governance/fitness")
