"""Every record of every register, invented or real, through a real portal and out again: each field as it was."""

import json
from collections import Counter

import pytest
from ckanext.opensmartcity.exchange.registers import load_register
from ckanext.opensmartcity.exchange.registers.importer import source_fields
from ckanext.opensmartcity.exchange.registers.reference_docs import SAMPLES
from support.eurocities import eurocities_records
from support.metadata import INVENTED

COUNTS = {
    "invented": {"nl": 8, "atrs": 8, "dtpr": 3, "eurocities": 4},
    "real": {"nl": 36, "atrs": 68, "dtpr": 2, "eurocities": 4},
}


@pytest.fixture(autouse=True)
def portal(loaded_plugins, clean_db, clean_index):
    """A portal with the plugin and nothing in it: the same Eurocities records stand beside either metadata."""


def read(text):
    return [json.loads(line) for line in text.splitlines()]


def cells(name, records):
    """Count every field of every record with its value: what must be the same before and after."""
    register = load_register(name)
    return Counter(
        (field, json.dumps(value, sort_keys=True))
        for record in records
        for field, value in source_fields(register, record).items()
    )


@pytest.fixture
def theirs(metadata):
    def theirs(name):
        if name == "eurocities":
            return eurocities_records()
        return read((metadata / SAMPLES[name]).read_text(encoding="utf-8"))

    return theirs


@pytest.mark.parametrize("name", COUNTS["real"])
def test_records_come_back_field_by_field(run, organization, file, metadata, theirs, name):
    records = theirs(name)
    assert len(records) == COUNTS["invented" if metadata == INVENTED else "real"][name]
    imported = run("import", "--from", name, "--organization", organization, "--write", "--public", file(records))
    assert imported.exit_code == 0, imported.output
    assert imported.stdout.count(": created ") == len(records)

    back = read(run("export", "--to", name, "--organization", organization).stdout)
    assert cells(name, back) == cells(name, records)
    assert sorted(json.dumps(r, sort_keys=True) for r in back) == sorted(json.dumps(r, sort_keys=True) for r in records)

    again = run("import", "--from", name, "--organization", organization, "--write", "--update", file(records))
    assert again.stdout.count(": unchanged ") == len(records), again.stdout
    assert again.exit_code == 0
