"""Identity of source records: the same after other fields changed, and different for different records."""

import pytest
from ckanext.opensmartcity.exchange.registers import load_register, register_ids
from ckanext.opensmartcity.exchange.registers.importer import record_identity

REGISTERS = pytest.mark.parametrize("name", register_ids())


@REGISTERS
def test_every_real_record_is_another_one(samples, name):
    register = load_register(name)
    assert len({record_identity(register, record) for record in samples[name]}) == len(samples[name])


@REGISTERS
def test_a_record_is_the_same_whatever_else_changes_in_it(samples, name):
    register = load_register(name)
    known = {field for names in register.same for field in names}
    for record in [record for record in samples[name] if any(record.get(names[0]) for names in register.same)]:
        other = {field: "changed" if field not in known and isinstance(v, str) else v for field, v in record.items()}
        assert record_identity(register, dict(reversed(other.items()))) == record_identity(register, record)


@REGISTERS
def test_a_mapping_knows_its_records_by_fields_that_it_names(name):
    register = load_register(name)
    assert register.same
    assert {field for names in register.same for field in names} <= set(register.fields)


def test_the_number_counts_more_than_the_name_and_the_language_makes_another_record():
    nl = load_register("nl")
    record = {"lars": "12", "lang": "NLD", "name": "A", "organization": "City"}
    assert record_identity(nl, record) == record_identity(nl, record | {"name": "B", "lars": " 12 "})
    assert record_identity(nl, record) != record_identity(nl, record | {"lang": "ENG"})
    assert record_identity(nl, record) != record_identity(nl, {"name": "A", "organization": "City"})
    assert record_identity(nl, {"goal": "x"}) != record_identity(nl, {"goal": "y"})


def test_two_registers_never_share_a_record():
    record = {"id": "1", "name": "A", "title": "A"}
    assert len({record_identity(load_register(name), record) for name in register_ids()}) == len(register_ids())
