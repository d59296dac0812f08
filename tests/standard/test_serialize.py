"""Serialization of the standard and its digest."""

import json

import pytest
from ckanext.opensmartcity.standard import list_standard, load_standard, shipped_folder, standard_digest


@pytest.fixture(scope="session")
def listing(standard):
    return list_standard(standard)


def by(items, key="name"):
    return {item[key]: item for item in items}


def test_the_listing_is_plain_json(listing):
    assert json.loads(json.dumps(listing)) == listing


def test_the_listing_is_headed_by_name_and_version(listing):
    assert (listing["name"], listing["version"]) == ("Open Smart City data governance standard", "1.0.0")


def test_every_group_field_vocabulary_and_rule_is_listed(standard, listing):
    records = standard.records.values()
    assert len(listing["groups"]) == sum(len(record.groups) for record in records)
    assert len(listing["fields"]) == sum(len(record.fields) for record in records)
    assert by(listing["vocabularies"], "id").keys() == standard.vocabularies.keys()
    assert by(listing["rules"], "id").keys() == standard.rules.keys()


def test_a_listed_field_says_all_that_a_form_needs(small):
    field = by(list_standard(small.load())["fields"])["conditions"]
    assert field == {
        "name": "conditions",
        "record": "dataset",
        "group": "access",
        "type": "long_text",
        "label": "Conditions",
        "question": "On which conditions?",
        "help": "Say them all.",
        "example": None,
        "reason": "Rules should be known.",
        "obligation": {"when": {"use": "closed"}},
        "gap_rule": "S-002",
        "vocabulary": None,
        "iri": "https://small.example/#conditions",
        "role": None,
    }


def test_a_listed_obligation_is_always_or_none(small):
    fields = by(list_standard(small.load())["fields"])
    assert (fields["owner"]["obligation"], fields["use"]["obligation"]) == ("always", None)


def test_a_listed_rule_shows_its_conditions(small):
    rule = by(list_standard(small.load())["rules"], "id")["S-004"]
    assert rule["cases"] == [
        {"fields": ["conditions"], "when": {"use": ["open", "no"], "conditions": {"answered": True}}}
    ]


def test_a_listed_group_names_its_fields(small):
    group = by(list_standard(small.load())["groups"], "id")["ownership"]
    assert (group["record"], group["fields"]) == ("dataset", ["owner", "reviewed_on"])


def test_texts_are_translated_and_names_are_not(small):
    listing = list_standard(small.load(), str.upper)
    field, code = by(listing["fields"])["owner"], listing["vocabularies"][0]["codes"][0]
    assert (field["label"], field["example"], field["name"]) == ("OWNER", "PARKS", "owner")
    assert (code["label"], code["code"], code["iri"]) == ("EVERYBODY", "open", "https://small.example/open")


def test_the_digest_is_a_sha_256(standard):
    kind, _, digest = standard_digest(standard).partition(":")
    assert (kind, len(bytes.fromhex(digest))) == ("sha256", 32)


def test_the_digest_is_the_same_at_every_load(standard):
    assert standard_digest(load_standard(shipped_folder())) == standard_digest(standard)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("standard.yaml", "version: 1.0.0", "version: 1.0.1"),
        ("standard.yaml", "break in one place", "break"),
        ("vocabularies/use.yaml", "Only the city uses it", "The city uses it"),
        ("vocabularies/use.yaml", "label: Everybody", "label: All"),
        ("vocabularies/use.yaml", "https://small.example/open", "https://small.example/opened"),
        ("dataset.yaml", "Who owns it?", "Whose is it?"),
        ("dataset.yaml", "label: Owner", "label: Keeper"),
        ("dataset.yaml", "Name the organisation", "Name the department"),
        ("dataset.yaml", "example: Parks", "example: Trees"),
        ("dataset.yaml", "People want to know", "People ask"),
        ("dataset.yaml", "    obligation: always\n", ""),
        ("dataset.yaml", "{use: closed}", "{use: open}"),
        ("dataset.yaml", "https://small.example/use", "https://small.example/used"),
        ("rules.yaml", "message: Remove the conditions", "message: Drop the conditions"),
        ("rules.yaml", "clause: Open data has an owner", "clause: Open data is owned"),
        ("rules.yaml", "severity: concern", "severity: error"),
        ("rules.yaml", '[open, "no"]', "[open]"),
    ],
    ids=lambda text: text[:24],
)
def test_the_digest_changes_with_every_text(small, file, old, new):
    before = standard_digest(small.load())
    assert standard_digest(small.change(file, old, new).load()) != before


def test_the_digest_does_not_change_with_a_comment(small):
    before = standard_digest(small.load())
    assert standard_digest(small.change("rules.yaml", "rules:", "# A comment.\nrules:").load()) == before
