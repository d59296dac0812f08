"""`ckan opensmartcity import --from opensmartcity`: our own datasets and algorithms from JSON, JSON Lines and CSV."""

import json

import pytest
from ckan import model
from ckan.lib import search
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.ckan_version import IS_2_11


@pytest.fixture
def bring(run, organization, file):
    """Import records of our own kind."""

    def bring(content, *options, name="records.jsonl"):
        path = file(content, name)
        return run("import", "--from", "opensmartcity", "--organization", organization, *options, path)

    return bring


def show(name):
    model.Session.remove()
    return call_action("package_show", id=name)


def test_a_record_with_all_answers_arrives_whole(bring, current):
    given = current | {
        "name": "whole",
        "title": "Whole",
        "tags": ["parking", {"name": "bicycles"}],
        "resources": [{"url": "https://data.example.org/a.csv", "name": "A", "format": "CSV"}],
        "extras": [{"key": "inventory number", "value": "17"}],
        "governance_declared": {"ownership_mandate": {"state": "unknown"}},
        "private": False,
    }
    assert bring([given], "--write").exit_code == 0
    stored = show("whole")
    assert {name: stored[name] for name in current} == current
    assert {tag["name"] for tag in stored["tags"]} == {"parking", "bicycles"}
    assert stored["resources"][0]["url"] == "https://data.example.org/a.csv"
    assert stored["extras"] == given["extras"]
    assert stored["governance_declared"] == given["governance_declared"]
    assert stored["private"] is False
    assert ": unchanged whole" in bring([given], "--write", "--update").stdout


def test_what_a_portal_gives_out_can_be_read_back_and_changes_nothing(bring, current):
    dataset = factories.Dataset(resources=[{"url": "https://data.example.org/b.csv"}], **current)
    result = bring([show(dataset["name"])], "--write", "--update")
    assert f": unchanged {dataset['name']}" in result.stdout
    assert result.exit_code == 0
    assert "metadata_created: left out of every record" in result.stderr


def test_a_record_is_known_again_by_its_id(bring):
    dataset = factories.Dataset()
    bring([{"id": dataset["id"], "ownership_owner": "Parks"}], "--write", "--update")
    assert show(dataset["id"])["ownership_owner"] == "Parks"


def test_only_what_the_file_says_is_changed(bring, current):
    dataset = factories.Dataset(**current)
    result = bring([{"name": dataset["name"], "ownership_owner": "Parks"}], "--write", "--update")
    assert f": updated {dataset['name']} (ownership_owner)" in result.stdout
    stored = show(dataset["name"])
    assert {name: stored[name] for name in current} == current | {"ownership_owner": "Parks"}


def test_an_empty_answer_in_json_takes_an_answer_out_and_an_empty_cell_does_not(bring, current):
    dataset = factories.Dataset(**current)
    text = f"name,fitness_limits,ownership_owner\n{dataset['name']},,Parks\n"
    bring(text, "--write", "--update", name="records.csv")
    assert show(dataset["name"])["fitness_limits"] == current["fitness_limits"]
    bring([{"name": dataset["name"], "fitness_limits": "", "sovereignty_jurisdictions": []}], "--write", "--update")
    stored = show(dataset["name"])
    assert stored["ownership_owner"] == "Parks"
    assert "fitness_limits" not in stored
    assert "sovereignty_jurisdictions" not in stored


def test_a_csv_file_makes_datasets(bring):
    text = (
        "title,ownership_owner,sovereignty_storage_countries,private,tag_string\n"
        'Trees of the city,Parks,"[""NL"", ""BE""]",false,"trees, parks"\n'
    )
    assert bring(text, "--write", name="records.csv").exit_code == 0
    stored = show("trees-of-the-city")
    assert stored["title"] == "Trees of the city"
    assert stored["sovereignty_storage_countries"] == ["BE", "NL"]
    assert stored["private"] is False
    assert {tag["name"] for tag in stored["tags"]} == {"trees", "parks"}
    assert ": unchanged " in bring(text, "--write", "--update", name="records.csv").stdout


@pytest.mark.parametrize("write", [(), ("--write",)])
def test_a_refusal_names_field_rule_and_message_and_the_rest_goes_on(bring, write):
    records = [{"name": "bad-own", "privacy_class": "secret"}, {"name": f"good-own-{len(write)}"}]
    result = bring(records, *write)
    assert "refused: privacy_class: “secret” is not one of the answers to choose from. (OSC-002)" in result.stdout
    assert f": created good-own-{len(write)}" in result.stdout
    assert result.exit_code == 1
    assert model.Package.get("bad-own") is None


def test_a_refused_change_changes_nothing(bring, current):
    dataset = factories.Dataset(**current)
    changed = {"name": dataset["name"], "title": "Other", "retention_period": "soon"}
    for write in ((), ("--write",)):
        assert "(OSC-032)" in bring([changed], "--update", *write).stdout
    assert show(dataset["name"])["title"] == dataset["title"]


def test_a_field_that_nobody_knows_is_told_and_counts(bring):
    result = bring([{"name": "with-colour", "colour": "red"}], "--write")
    assert "note: colour: Neither the standard nor CKAN has this field." in result.stdout
    assert result.exit_code == 1


def test_resources_of_a_dataset_that_is_there_stay(bring):
    dataset = factories.Dataset(resources=[{"url": "https://data.example.org/c.csv", "name": "C"}])
    other = {"name": dataset["name"], "resources": [{"url": "https://data.example.org/d.csv"}]}
    result = bring([other], "--write", "--update")
    assert "note: resources: An import does not change the resources" in result.stdout
    assert [resource["url"] for resource in show(dataset["name"])["resources"]] == ["https://data.example.org/c.csv"]


def test_extras_of_which_the_file_says_nothing_stay(bring):
    dataset = factories.Dataset(extras=[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    bring([{"name": dataset["name"], "extras": [{"key": "b", "value": "3"}]}], "--write", "--update")
    assert {extra["key"]: extra["value"] for extra in show(dataset["name"])["extras"]} == {"a": "1", "b": "3"}


@pytest.mark.parametrize("write", [(), ("--write",)])
def test_one_name_twice_in_a_file_is_refused_with_the_place_of_the_first(bring, write):
    name = f"one-name-{len(write)}"
    result = bring([{"name": name, "title": "First"}, {"name": name, "title": "Second"}], "--update", *write)
    assert result.exit_code == 1
    assert f":2: refused {name}" in result.stdout
    assert "records.jsonl:1." in result.stdout


def test_an_algorithm_and_a_dataset_of_one_name_are_not_mixed_up(bring):
    dataset = factories.Dataset()
    result = bring([{"name": dataset["name"], "type": "algorithm"}], "--write", "--update")
    assert "refused: type: A record of the type “dataset” has this name already." in result.stdout


def test_a_dataset_that_names_an_algorithm_of_the_same_file_is_accepted_after_it(bring, current):
    system = {"type": "algorithm", "name": "permit-check-own", "title": "Permit check"}
    dataset = current | {
        "name": "permits-own", "algorithm_use": "planned", "algorithm_systems": ["permit-check-own"],
    }  # fmt: skip
    result = bring([system, dataset], "--write")
    assert result.exit_code == 0, result.output
    assert show("permits-own")["algorithm_systems"] == ["permit-check-own"]


@pytest.mark.parametrize(
    "record", [{"ownership_owner": "Parks"}, {"name": 7}, {"title": "停"}, {"name": "x", "type": "recipe"}]
)
def test_what_cannot_be_known_again_or_has_no_type_is_refused(bring, record):
    result = bring([record], "--write")
    assert ": refused " in result.stdout
    assert result.exit_code == 1


LONG = "lorem ipsum " * 4_000  # more than Solr takes as one term
BAD = [
    {"name": "Not A Slug"}, {"name": "x" * 200}, {"name": "t-1", "tags": 7}, {"name": "t-2", "tags": [[1]]},
    {"name": "t-3", "extras": [{"value": 1}]}, {"name": "t-4", "resources": "nonsense"},
    {"name": "t-5", "notes": []},
    {"name": "t-6", "extras": [{"key": "a", "value": {"b": 1}}]}, {"name": "t-7", "title": {"en": "x"}},
    {"name": "t-8", "governance_declared": "{broken"}, {"name": "t-9", "private": "perhaps"},
    {"name": "t-10", "license_id": ["a"]}, {"name": "t-11", "url": "\u0000"}, {"name": "t-12\u0000"},
    {"name": "t-13", "resources": [{"url": "https://x.example/\ud800"}]}, {"name": "t-14", "id": "\u0000"},
    {"name": "t-15", "resources": [{"url": "http://[::1", "name": "IPv6"}], "url": "http://[::1"},
    {"name": "t-16", "resources": [{"url": "https://a\u2100b.example/"}]},
    {"name": "t-17", "extras": [{"key": "boundary", "value": LONG}]}, {"name": "t-18", "author": LONG, "version": "1"},
    {"name": "t-19", "title": LONG}, {"name": "t-20", "resources": [{"url": "https://x.example/", "lineage": LONG}]},
    {"name": "t-21", "extras": [{"key": key, "value": "no number"} for key in ("_version_", "views_total", "boost")]},
    {"name": "t-22", "extras": [{"key": key, "value": "x"} for key in ("metadata_created", "index_id", "text", "id")]},
    {"name": "t-23", "extras": [{"key": "a b/\u00e9", "value": "x"}, {"key": LONG, "value": "x"}]},
]  # fmt: skip


def test_a_bad_record_never_ends_in_a_traceback_and_the_records_behind_it_go_in(bring):
    records = [each for number, bad in enumerate(BAD) for each in (bad, {"name": f"behind-{number}"})]
    results = [bring(records, "--format", "json", *write) for write in ((), ("--write",))]
    for result in results:
        assert result.exit_code == 1, result.output
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert len(lines) == len(records)
        assert {line["status"] for line in lines[1::2]} == {"created"}
        assert {line["status"] for line in lines[::2]} == {"created", "refused"}
    dry, written = (result.stdout.splitlines() for result in results)
    assert dry == written
    assert bring(records, "--format", "json", "--write").stdout.count('"created"') == 0
    notes = {line["name"]: line["notes"] for line in map(json.loads, written)}
    assert notes["t-15"][0] == {
        "field": "resources",
        "message": "“http://[::1” is not a valid web address. It was left out.",
    }
    assert show("t-15")["resources"][0]["name"] == "IPv6"
    assert show("t-17")["extras"] == [{"key": "boundary", "value": LONG}]


def test_a_hook_that_fails_on_one_record_refuses_that_record_alone(bring, monkeypatch):
    index = search.index.PackageSearchIndex.index_package

    def fail(self, document, *arguments, **options):
        if document["name"] == "broken-hook":
            raise LookupError("no such thing")
        index(self, document, *arguments, **options)

    monkeypatch.setattr(search.index.PackageSearchIndex, "index_package", fail)
    result = bring([{"name": name} for name in ("before-hook", "broken-hook", "after-hook")], "--write")
    if IS_2_11:
        # It logs what an index hook raises, and keeps the record.
        assert result.stdout.count(": created ") == 3
        return
    assert result.stdout.count(": created ") == 2
    assert "refused: broken-hook: The portal cannot save this record: no such thing" in result.stdout
    assert model.Package.get("broken-hook") is None


def test_whose_answers_they_are_can_be_said_of_our_own_lines(bring, current):
    given = current | {"name": "of-there", "extras": [{"key": "inventory number", "value": "17"}]}
    bring([given], "--write", "--answers-of", "City of There")
    stored = show("of-there")
    assert {extra["key"]: extra["value"] for extra in stored["extras"]} == {
        "inventory number": "17",
        "answers_given_by": "City of There",
    }
    assert call_action("governance_show", id=stored["id"])["answers_given_by"]["name"] == "City of There"
    assert ": unchanged of-there" in bring([given], "--write", "--update", "--answers-of", "City of There").stdout


def test_an_export_of_whole_records_is_read_back_with_every_answer(bring, run, current):
    owner = factories.Organization()
    system = factories.Dataset(type="algorithm", name="sorter-there", algorithm_owner="Parks", owner_org=owner["id"])
    given = current | {"algorithm_use": "in_use", "algorithm_systems": ["sorter-there"]}
    dataset = factories.Dataset(**given, name="a-sorted-there", owner_org=owner["id"])
    exported = run("export", "--to", "opensmartcity", "--organization", owner["name"])
    assert exported.exit_code == 0
    assert [json.loads(line)["name"] for line in exported.stdout.splitlines()] == ["sorter-there", "a-sorted-there"]
    for record in (dataset, system):
        call_action("dataset_purge", id=record["id"])
    assert bring(exported.stdout, "--write").exit_code == 0
    stored = show("a-sorted-there")
    assert {name: stored[name] for name in given} == given
    assert show("sorter-there")["algorithm_owner"] == "Parks"
