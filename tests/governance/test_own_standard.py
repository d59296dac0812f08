"""Worked example of docs/example-city, in YAML alone, appears everywhere.

It has a group, a field with its codes, a field with a role, a code with a trait, rules, sentences and an indicator.
"""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import ckan.plugins.toolkit as tk
import jsonschema
import pytest
from bs4 import BeautifulSoup
from ckan import plugins
from ckan.exceptions import CkanConfigurationException
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.exchange.rdf import RecordDescription, add_answers, read_answers
from ckanext.opensmartcity.standard import assess_reading, read_record
from click.testing import CliRunner
from freezegun import freeze_time
from rdflib import Graph, URIRef

EXAMPLE = Path(__file__).parents[2] / "docs/example-city"
TEST_INI = Path(__file__).parents[2] / "test.ini"
FIELD = "ownership_council_committee"
DESK = {"zuiderhaven_desk": "desk@zuiderhaven.example"}

pytestmark = pytest.mark.ckan_config("ckanext.opensmartcity.standard", str(EXAMPLE))


@pytest.fixture(scope="module")
def loaded_plugins():
    """Disable the fixture of the module: each test loads the plugins with the city's folder."""


@pytest.fixture(autouse=True)
def portal(request):
    """Portal with the city's folder."""
    for fixture in ("with_plugins", "clean_db", "clean_index"):
        request.getfixturevalue(fixture)


@pytest.fixture
def personal(current):
    """Answers about people, for which the city's question is asked."""
    return current | {"privacy_class": "personal", "privacy_openness": "closed"}


def field_of(governance):
    return next(f for group in governance["groups"] for f in group["fields"] if f["name"] == FIELD)


def test_it_is_asked_in_the_form_where_the_city_put_it(app):
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    path = f"/dataset/{factories.Dataset()['name']}/governance/ownership"
    soup = BeautifulSoup(app.get(path, headers=headers).body, "html.parser")
    names = [node["id"].removeprefix("osc-question-") for node in soup.select(".osc-question")]
    assert names[names.index("ownership_mandate") + 1] == FIELD
    assert soup.select_one(f"#field-{FIELD} option[value=spatial]").text.strip() == "Space and mobility"


@pytest.fixture
def own_group(tmp_path, ckan_config, monkeypatch):
    """City's folder with a group of its own, in plain YAML without keys for the form."""
    (tmp_path / "dataset.yaml").write_text(
        """
        groups:
          - {id: climate, after: privacy, label: Climate, question: "What does it do to the climate?"}
        dataset_fields:
          - field_name: zh_energy
            preset: opensmartcity_text
            group: climate
            label: Energy
            question: How much energy does it use?
            help_text: Give kilowatt hours a year.
            example: 400 kWh a year
            reason: Computers need power.
        """
    )
    monkeypatch.setitem(ckan_config, "ckanext.opensmartcity.standard", str(tmp_path))


@pytest.fixture
def reload_plugins():
    """Return a function that loads the plugins with the folder that a test has written."""

    def reload():
        plugins.unload_all()
        plugins.load_all()

    return reload


@pytest.fixture
def reloaded(own_group, reload_plugins):
    reload_plugins()


@pytest.fixture
def dated_question(tmp_path, ckan_config, monkeypatch, reload_plugins):
    """Question of the city that must be answered once the review is overdue; its name ends as Solr's dates do."""
    (tmp_path / "dataset.yaml").write_text(
        """
        dataset_fields:
          - field_name: zh_decision_date
            preset: opensmartcity_codes
            vocabulary: privacy_class
            group: fitness
            label: Decision
            question: What does the council decide about it, and when?
            help_text: Ask the clerk.
            example: personal
            reason: An overdue review is for the council.
            obligation: {when: {review_overdue: true}}
        """
    )
    monkeypatch.setitem(ckan_config, "ckanext.opensmartcity.standard", str(tmp_path))
    reload_plugins()
    return "zh_decision_date"


@pytest.mark.parametrize("day", ["2026-06-01", "2027-05-01", "2027-05-02", "2029-01-01"])
def test_a_question_that_must_be_answered_from_some_day_on_is_counted_from_that_day(dated_question, current, day):
    with freeze_time("2026-06-01"):
        records = [
            factories.Dataset(**current),
            factories.Dataset(**current, **{dated_question: ["personal", "aggregated"]}),
            factories.Dataset(**current, governance_declared={dated_question: {"state": "unknown"}}),
        ]
    with freeze_time(day):
        shown = {each["id"]: call_action("governance_show", id=each["id"]) for each in records}
        stats = call_action("governance_stats")
        for key, facet in (("missing", "vocab_governance_missing"), ("unknown", "vocab_governance_unknown")):
            expected = {id for id, record in shown.items() if dated_question in record[key]}
            found = call_action("package_search", fq=f"{facet}:{dated_question}", **{"facet.field": [facet]})
            assert {each["id"] for each in found["results"]} == expected, key
            assert found["facets"][facet].get(dated_question, 0) == stats[key].get(dated_question, 0) == len(expected)
        answered = call_action("package_search", fq=f"vocab_{dated_question}:personal")["results"]
    assert (dated_question in shown[records[0]["id"]]["missing"]) is (day > "2027-05-01")
    assert [each["id"] for each in answered] == [records[1]["id"]]
    assert stats["codes"][dated_question] == {"personal": 1, "aggregated": 1}


def test_a_group_of_the_city_is_a_page_by_itself(reloaded, app):
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    dataset = factories.Dataset()
    path = f"/dataset/{dataset['name']}/governance"
    soup = BeautifulSoup(app.get(f"{path}/climate", headers=headers).body, "html.parser")
    assert soup.select_one("#osc-group-title").text == "What does it do to the climate?"
    assert [node["id"] for node in soup.select(".osc-question")] == ["osc-question-zh_energy"]
    steps = [node.text for node in soup.select(".osc-pages li > *:first-child")]
    assert steps[steps.index("Privacy") + 1] == "Climate"
    sent = {"zh_energy": "400 kWh a year", "declared-zh_energy": "", "save": "next"}
    answer = app.post(f"{path}/climate", data=sent, headers=headers, follow_redirects=False)
    assert answer.headers["Location"].endswith(f"{path}/algorithm")
    assert call_action("package_show", id=dataset["id"])["zh_energy"] == "400 kWh a year"


def test_it_is_validated():
    with pytest.raises(tk.ValidationError) as caught:
        call_action("package_create", name="bad", **{FIELD: "moon"})
    assert "OSC-002" in caught.value.error_dict[FIELD][0]


def test_it_is_stored_shown_and_said_in_words(personal, app):
    dataset = factories.Dataset(**personal, **{FIELD: "spatial"})
    assert call_action("package_show", id=dataset["id"])[FIELD] == "spatial"
    shown = call_action("governance_show", id=dataset["id"])
    assert field_of(shown)["display"] == "Space and mobility"
    assert shown["standard"]["version"] == "1.0.0+zuiderhaven.1"
    assert "Space and mobility" in app.get(f"/dataset/{dataset['name']}/transparency").body
    assert field_of(app.get(f"/dataset/{dataset['name']}/transparency.json").json)["value"] == "spatial"


def test_its_obligation_and_its_rule_count(personal):
    silent = call_action("governance_show", id=factories.Dataset(**personal)["id"])
    assert FIELD in silent["missing"]
    finance = call_action("governance_show", id=factories.Dataset(**personal, **{FIELD: "finance"})["id"])
    assert "ZH-001" in {concern["rule"] for concern in finance["concerns"]}


def test_it_is_a_facet(personal):
    factories.Dataset(**personal, **{FIELD: "social"})
    found = call_action("package_search", **{"facet.field": [f"vocab_{FIELD}"]})
    assert [item["name"] for item in found["search_facets"][f"vocab_{FIELD}"]["items"]] == ["social"]


def test_it_stands_in_the_published_standard():
    listing = call_action("governance_standard_show")
    assert FIELD in {field["name"] for field in listing["fields"]}
    assert "ZH-001" in {rule["id"] for rule in listing["rules"]}
    assert "council_committee" in {vocabulary["id"] for vocabulary in listing["vocabularies"]}


def test_a_mistake_in_the_folder_stops_the_start(tmp_path, ckan_config, monkeypatch):
    (tmp_path / "dataset.yaml").write_text("drop: [fitnes_purpose]\n")
    monkeypatch.setitem(ckan_config, "ckanext.opensmartcity.standard", str(tmp_path))
    with pytest.raises(CkanConfigurationException, match=r"dataset.yaml:1: .* did you mean 'fitness_purpose'"):
        config.standard()


MISTAKES = {
    "field to drop": ("dataset.yaml", "drop: [fitnes_purpose]\n", "dataset.yaml:1: ", "'fitness_purpose'"),
    "key": ("dataset.yaml", "feilds: []\n", "dataset.yaml:1: unknown key 'feilds'", ""),
    "preset": (
        "dataset.yaml",
        "dataset_fields:\n  - {field_name: fitness_purpose, preset: opensmartcity_txt}\n",
        "dataset.yaml:2: unknown preset 'opensmartcity_txt'",
        "'opensmartcity_text'",
    ),
    "code of a rule": (
        "rules.yaml",
        "rules:\n  - id: OSC-012\n    when: {privacy_class: personl}\n",
        "rules.yaml:3: 'privacy_class' has no code 'personl'",
        "'personal'",
    ),
    "file": ("datasets.yaml", "drop: [a]\n", "datasets.yaml:1: the standard has no file", "'dataset.yaml'"),
    "not YAML": ("dataset.yaml", "drop: [a\n", "dataset.yaml:2: not valid YAML", ""),
}


@pytest.mark.parametrize(("file", "text", "place", "nearest"), MISTAKES.values(), ids=MISTAKES.keys())
def test_ckan_itself_stops_with_one_line_and_no_traceback(tmp_path, file, text, place, nearest):
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / file).write_text(text, encoding="utf-8")
    options = f"[app:main]\nckanext.opensmartcity.standard = {tmp_path / 'city'}\n"
    ini = TEST_INI.read_text(encoding="utf-8").replace("[app:main]\n", options, 1)
    (tmp_path / "ckan.ini").write_text(ini.replace("%(here)s", str(TEST_INI.parent)), encoding="utf-8")
    command = [Path(sys.executable).with_name("ckan"), "-c", tmp_path / "ckan.ini", "config", "validate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "ckanext.opensmartcity.standard: " in line]
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len(said) == 1, done.stderr
    assert place in said[0]
    assert nearest in said[0]


def opensmartcity(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_it_is_in_the_json_schema_the_reference_and_the_checker(personal, tmp_path):
    schema = json.loads(opensmartcity("standard", "--format", "json-schema", "--city", EXAMPLE).stdout)
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(personal | {FIELD: "moon"}))
    assert [FIELD] in [list(error.path) for error in errors]
    assert f"`{FIELD}`" in opensmartcity("standard", "--city", EXAMPLE).stdout
    (tmp_path / "records.jsonl").write_text(json.dumps(personal | {FIELD: "finance"}))
    report = json.loads(
        opensmartcity("check", "--format", "json", "--city", EXAMPLE, tmp_path / "records.jsonl").stdout
    )
    assert [FIELD] in [finding["fields"] for finding in report["findings"] if finding["rule"] == "ZH-001"]


def audit(app):
    """Return the rows of the audit by the name of the record."""
    return {row["name"]: row for row in map(json.loads, app.get("/transparency/audit.jsonl").body.splitlines())}


def test_it_is_in_every_export(personal, app):
    gap, finance = (factories.Dataset(**personal, **given) for given in ({}, {FIELD: "finance"}))
    rows = audit(app)
    assert FIELD in rows[gap["name"]]["missing"]
    assert "ZH-001" in {concern["rule"] for concern in rows[finance["name"]]["concerns"]}
    table = csv.DictReader(io.StringIO(app.get("/transparency/audit.csv").body.removeprefix("\ufeff")))
    cells = {row["name"]: row for row in table}
    assert FIELD in cells[gap["name"]]["missing"]
    assert "ZH-001" in cells[finance["name"]]["concerns"]

    entities = app.get(f"/dataset/{finance['name']}/transparency.ngsi-ld.jsonld").json
    assert [entity[FIELD]["vocab"] for entity in entities if entity["type"] == "Dataset"] == ["finance"]
    assert FIELD in app.get("/transparency/context.jsonld").json["@context"]


def test_it_goes_into_linked_data_and_back(personal):
    standard, record = config.standard(), personal | {FIELD: "finance"}
    reading = read_record(standard, record, config.settings())
    graph, subject = Graph(), URIRef("https://city.example/dataset/1")
    described = RecordDescription(
        reading, assess_reading(standard, reading), None, "https://city.example/algorithm/{}".format
    )
    add_answers(graph, subject, standard, described)
    again = Graph().parse(data=graph.serialize(format="turtle"), format="turtle")
    assert read_answers(again, subject, standard).record[FIELD] == "finance"


@pytest.fixture
def paused():
    """An algorithm record with the city's own code, which has the trait of stopped systems."""
    answers = {"algorithm_status": "paused", "algorithm_started_on": "2024-09-01", "algorithm_owner": "Parking"}
    return factories.Dataset(type="algorithm", **answers)


def test_its_group_is_a_page_of_the_form_and_a_topic_of_the_transparency_page(current, app):
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    dataset = factories.Dataset(**current, **DESK)
    soup = BeautifulSoup(app.get(f"/dataset/{dataset['name']}/governance/service", headers=headers).body, "html.parser")
    assert soup.select_one("#osc-group-title").text == "Where does the city help people with this data?"
    assert [node["id"] for node in soup.select(".osc-question")] == ["osc-question-zuiderhaven_desk"]
    page = BeautifulSoup(app.get(f"/dataset/{dataset['name']}/transparency").body, "html.parser").text
    assert "Where does the city help people with this data?" in page
    assert "People get help with this data here: desk@zuiderhaven.example" in " ".join(page.split())
    groups = {group["id"]: group["level"] for group in call_action("governance_show", id=dataset["id"])["groups"]}
    assert groups["service"] == "current"


def test_its_field_takes_the_role_of_ours(current, app):
    dataset = factories.Dataset(**current, **DESK)
    entities = app.get(f"/dataset/{dataset['name']}/transparency.ngsi-ld.jsonld").json
    assert [entity["contactPoint"]["value"] for entity in entities if entity["type"] == "Dataset"] == [[*DESK.values()]]
    graph = Graph().parse(data=app.get(f"/dataset/{dataset['name']}/transparency.ttl").body, format="turtle")
    mailboxes = set(map(str, graph.objects(None, URIRef("http://www.w3.org/2006/vcard/ns#hasEmail"))))
    assert {"mailto:desk@zuiderhaven.example", f"mailto:{current['ownership_contact']}"} <= mailboxes


def test_its_code_is_a_stopped_system_for_rules_and_sentences_of_ours_and_of_the_city(paused, app):
    page = " ".join(BeautifulSoup(app.get(f"/algorithm/{paused['name']}").body, "html.parser").text.split())
    assert "The city has switched this system off for a time. This page tells how it worked." in page
    assert "It was first used on 1 September 2024." in page
    shown = call_action("governance_show", id=paused["id"])
    assert "ZH-002" in {concern["rule"] for concern in shown["concerns"]}
    assert "ZH-002" in {concern["rule"] for concern in audit(app)[paused["name"]]["concerns"]}


def test_its_indicator_its_group_and_its_code_count_on_the_city_page(current, paused, app):
    factories.Dataset(**current, **DESK)
    factories.Dataset(**current)
    factories.Dataset(type="algorithm", algorithm_status="operational", algorithm_owner="Parking")
    table = csv.DictReader(io.StringIO(app.get("/transparency.csv").body.removeprefix("\ufeff")))
    rows = {(row["part"], row["id"], row["level"]): row for row in table}
    desk = rows["participatory", "zuiderhaven_desk", ""]
    assert (desk["label"], desk["count"], desk["of"]) == ("Datasets with a desk", "1", "2")
    assert "1 dataset found" in app.get(desk["list"].removeprefix("http://test.ckan.net")).body
    assert [rows["group", "service", level]["count"] for level in ("silent", "current")] == ["1", "1"]
    # An indicator of ours counts systems that have not been stopped, and a paused one has.
    assert rows["participatory", "system_objection", ""]["of"] == "1"
    assert "Datasets with a desk" in app.get("/transparency").body


def test_a_role_that_its_files_take_away_is_logged(tmp_path, ckan_config, monkeypatch, caplog):
    (tmp_path / "dataset.yaml").write_text("dataset_fields:\n  - {field_name: governance_review_due, role: }\n")
    monkeypatch.setitem(ckan_config, "ckanext.opensmartcity.standard", str(tmp_path))
    config.standard()
    assert "dataset.yaml:1: no field of dataset records has the role 'review_due': no review" in caplog.text
