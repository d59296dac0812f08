"""The sentences of the page are easy to read, and the documentation says how easy."""

from pathlib import Path

from support.readability import measures, page

PAGE = Path(__file__).parents[2] / "docs" / "reading.md"


def test_the_table_is_current(standard):
    assert PAGE.read_text(encoding="utf-8") == page(standard), (
        "run: python tests/support/readability.py > docs/reading.md"
    )


def test_no_group_is_hard_to_read(standard):
    for name, (_, longest, average, lix, ari) in measures(standard).items():
        assert longest <= 20, name
        assert average <= 13, name
        assert lix < 40, name
        assert ari < 9, name
