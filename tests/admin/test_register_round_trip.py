"""Every real record of every register through a real portal and out again: each field as it was."""

import json

import pytest
from ckanext.opensmartcity.exchange.registers import load_register
from ckanext.opensmartcity.exchange.registers.page import SAMPLES


def read(text):
    return [json.loads(line) for line in text.splitlines()]


def keyed(records):
    """Return the records by their text, since the portal gives them in another order."""
    return sorted(json.dumps(record, sort_keys=True) for record in records)


@pytest.mark.parametrize("name", SAMPLES)
def test_real_records_come_back_field_by_field(run, organization, shared_data, name):
    path = shared_data / SAMPLES[name]
    theirs = read(path.read_text(encoding="utf-8"))
    imported = run("import", "--from", name, "--organization", organization, "--write", "--public", path)
    assert imported.exit_code == 0, imported.output
    assert imported.stdout.count(": created ") == len(theirs)
    exported = run("export", "--to", name, "--organization", organization)
    back = read(exported.stdout)
    assert len(back) == len(theirs)
    assert keyed(back) == keyed(theirs)
    required = set(load_register(name).required)
    assert all(set(record) & required == set(other) & required for record, other in zip(sorted(map(json.dumps, theirs)), sorted(map(json.dumps, theirs)), strict=True))

    again = run("import", "--from", name, "--organization", organization, "--write", "--update", path)
    assert again.stdout.count(": unchanged ") == len(theirs), again.stdout
