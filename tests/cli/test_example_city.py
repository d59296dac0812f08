"""Worked example of docs/example-city without a portal: its group, role, trait, sentences and indicator take effect."""

import json
from pathlib import Path

import jsonschema
import pytest
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.exchange.ngsi_ld import Portal, record_entities
from ckanext.opensmartcity.exchange.rdf import RecordDescription, add_answers
from ckanext.opensmartcity.standard import (
    assess,
    language,
    load_indicators,
    load_standard,
    read_record,
    render_sentences,
    shipped_folder,
)
from ckanext.opensmartcity.standard.json_schema import json_schema
from click.testing import CliRunner
from rdflib import Graph, URIRef

EXAMPLE = Path(__file__).parents[2] / "docs/example-city"
DESK = {"zuiderhaven_desk": "desk@zuiderhaven.example"}
PAUSED = {"type": "algorithm", "algorithm_status": "paused", "algorithm_started_on": "2024-09-01"}


@pytest.fixture(scope="module")
def city():
    return load_standard(shipped_folder(), EXAMPLE)


def sentences(city, record, settings):
    rendered = render_sentences(city, assess(city, record, settings), language("en"))
    return {group: [sentence.text for sentence in said] for group, said in rendered.items()}


def test_it_takes_nothing_away(city):
    assert (city.warnings, load_indicators(city, shipped_folder(), EXAMPLE).warnings) == ((), ())


def test_its_group_has_a_level_and_a_sentence(city, current, settings):
    levels = {each.group.id: each.level for each in assess(city, current, settings).groups}
    assert levels["service"] == "silent"
    assert {each.group.id: each.level for each in assess(city, current | DESK, settings).groups}["service"] == "current"
    said = sentences(city, current | DESK, settings)["service"]
    assert said == ["People get help with this data here: desk@zuiderhaven.example"]


def test_its_field_has_the_role_of_ours_in_linked_data(city, current, settings):
    record = current | DESK | {"id": "1", "name": "trees", "type": "dataset"}
    assessment = assess(city, record, settings)
    prefixes = {kind: f"https://city.example/{kind}/" for kind in city.records}
    portal = Portal("city", "City", "", "https://city.example", "https://city.example/context.jsonld", prefixes)
    dataset = next(record_entities(city, portal, record, assessment, {}))
    assert dataset["contactPoint"]["value"] == ["desk@zuiderhaven.example"]
    graph = Graph()
    described = RecordDescription(assessment.reading, assessment, None, "https://city.example/algorithm/{}".format)
    add_answers(graph, URIRef("https://city.example/1"), city, described)
    mailboxes = set(map(str, graph.objects(None, URIRef("http://www.w3.org/2006/vcard/ns#hasEmail"))))
    assert mailboxes == {"mailto:desk@zuiderhaven.example", f"mailto:{current['ownership_contact']}"}


def test_its_code_is_a_stopped_system_for_sentences_rules_and_indicators(city, settings):
    said = sentences(city, PAUSED, settings)["responsibility"]
    assert "The city has switched this system off for a time. This page tells how it worked." in said
    assert "It was first used on 1 September 2024." in said
    assert "ZH-002" in {concern.rule for concern in assess(city, PAUSED, settings).concerns}
    indicators = load_indicators(city, shipped_folder(), EXAMPLE).counted
    in_use = PAUSED | {"algorithm_status": "operational"}
    counted = [indicators["system_objection"].counts(read_record(city, each, settings))[0] for each in (PAUSED, in_use)]
    assert counted == [False, True]


def test_its_indicator_counts(city, current, settings):
    indicator = load_indicators(city, shipped_folder(), EXAMPLE).counted["zuiderhaven_desk"]
    records = (current, current | DESK)
    assert [indicator.counts(read_record(city, record, settings)) for record in records] == [
        (True, False),
        (True, True),
    ]


def test_the_json_schema_and_the_checker_know_it(city, current, tmp_path):
    dataset, algorithm = (jsonschema.Draft202012Validator(json_schema(city, kind)) for kind in city.records)
    wrong = current | {"zuiderhaven_desk": "no"}
    assert [list(error.path) for error in dataset.iter_errors(wrong)] == [["zuiderhaven_desk"]]
    assert list(dataset.iter_errors(current | DESK)) == []
    assert ["algorithm_status"] not in [list(error.path) for error in algorithm.iter_errors(PAUSED)]
    (tmp_path / "records.jsonl").write_text("\n".join(map(json.dumps, (wrong, PAUSED))))
    checked = ("check", "--format", "json", "--city", str(EXAMPLE), str(tmp_path / "records.jsonl"))
    report = json.loads(CliRunner().invoke(main, checked).stdout)
    found = {(finding["rule"], *finding["fields"]) for finding in report["findings"]}
    assert {("OSC-005", "zuiderhaven_desk"), ("ZH-002", "algorithm_ended_on")} <= found
