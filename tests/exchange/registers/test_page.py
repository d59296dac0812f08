"""docs/registers.md: current, complete, and without text of the records."""

from pathlib import Path

from ckanext.opensmartcity.exchange.registers import load_register, register_ids
from ckanext.opensmartcity.exchange.registers.reference_docs import read_samples, registers_page

PAGE = Path(__file__).parents[3] / "docs" / "registers.md"
REGENERATE = "python -m ckanext.opensmartcity.exchange.registers.reference_docs ../shared/data > docs/registers.md"


def test_the_page_is_current(shared_data):
    assert PAGE.read_text(encoding="utf-8") == registers_page(read_samples(shared_data)), f"run: {REGENERATE}"


def test_the_page_names_every_field_of_every_register():
    text = PAGE.read_text(encoding="utf-8")
    for name in register_ids():
        register = load_register(name)
        assert [field for field in register.fields if f"`{register.row_of(field)}`" not in text] == []


def test_the_page_holds_no_text_of_the_records(shared_data):
    text = PAGE.read_text(encoding="utf-8")
    for records in read_samples(shared_data).values():
        for record in records:
            assert not [
                value for value in record.values() if isinstance(value, str) and len(value) > 40 and value in text
            ]
