"""docs/registers.md: current, complete, and without text of the records."""

import re
from pathlib import Path

from ckanext.opensmartcity.exchange.registers import load_register, register_ids
from ckanext.opensmartcity.exchange.registers.reference_docs import read_samples, registers_page
from support.metadata import INVENTED

PAGE = Path(__file__).parents[3] / "docs" / "registers.md"
REGENERATE = "python -m ckanext.opensmartcity.exchange.registers.reference_docs ../shared/data > docs/registers.md"


def test_the_page_is_current(shared_data):
    assert PAGE.read_text(encoding="utf-8") == registers_page(read_samples(shared_data)), f"run: {REGENERATE}"


def without_counts(page):
    """Take the numbers of records out of the tables, and out of the sentence about them."""
    return re.sub(r"(?<=\| )\d+(?= \|)|\b\d+(?= of `)", "", page)


def test_the_page_is_current_but_for_the_counts_of_real_records():
    page = without_counts(registers_page(read_samples(INVENTED)))
    current = without_counts(PAGE.read_text(encoding="utf-8"))
    assert current == page, f"change the row by hand, or with real metadata run: {REGENERATE}"


def test_the_page_names_every_field_of_every_register():
    text = PAGE.read_text(encoding="utf-8")
    for name in register_ids():
        register = load_register(name)
        assert [field for field in register.fields if f"`{register.row_of(field)}`" not in text] == []


def test_the_page_holds_no_text_of_the_records(metadata):
    text = PAGE.read_text(encoding="utf-8")
    for records in read_samples(metadata).values():
        for record in records:
            assert not [
                value for value in record.values() if isinstance(value, str) and len(value) > 40 and value in text
            ]
