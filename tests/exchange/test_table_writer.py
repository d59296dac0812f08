"""Writers of audit exports: round trip of every row, and protection against CSV injection."""

import csv
import io
import json

import pytest
from ckanext.opensmartcity.exchange.table_writer import END, AuditRow, CsvWriter, JsonLinesWriter, escape_cell
from hypothesis import given
from hypothesis import strategies as st

ASSESSMENT = {
    "level": "started",
    "groups": {"privacy": "started", "fitness": "current"},
    "missing": ["privacy_class", "privacy_openness"],
    "unknown": ["fitness_limits"],
    "concerns": [{"rule": "OSC-012", "fields": ["privacy_openness"], "message": "Close it, or change it."}],
    "errors": [{"rule": "OSC-032", "fields": ["retention_period"], "message": "Write a period."}],
    "overdue": ["review"],
    "review_due": "2026-06-02",
    "retention_due": None,
}
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def row(title="Parks", cursor=None, assessment=ASSESSMENT, **record):
    named = {"id": "1", "name": "parks", "title": title, "organization": "city", "type": "dataset", "private": False}
    return AuditRow(named | record, assessment, cursor)


def table(rows, groups=("privacy", "fitness")):
    written = CsvWriter(groups)
    text = written.head() + written.write(rows)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@given(texts, texts)
def test_any_text_comes_back_from_a_line_of_json(title, name):
    rows = [row(title), row(name, cursor="c"), row(title, organization=None)]
    lines = JsonLinesWriter().write(rows).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [each.as_dict() for each in rows]


@given(texts)
def test_any_title_comes_back_from_the_table_and_never_as_a_formula(title):
    (shown,) = table([row(title, name=title, organization=title)])
    for column in ("title", "name", "organization"):
        assert shown[column] in (title, f"'{title}")
        assert not shown[column].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    "﹦1",
    "﹢1",
    "﹣1",
    "﹫A",
    "⁼1",
    "−1",
    '=HYPERLINK("x")',
)
# Blanks, marks and letters that show nothing, which a spreadsheet may skip or remove.
UNSEEN = (
    " \u00a0\u3000\ufeff\u200b\u200d\u2060\u00ad\u202e\u2066\u034f\ufe0f\u0301\u115f\u3164\uffa0\u2800"
    "\x00\x1f\U000e0001\ue000"
)


@pytest.mark.parametrize("before", ["", *UNSEEN, "\ufeff \u200b"], ids=ascii)
@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_begins_with_an_apostrophe(text, before):
    assert escape_cell(before + text) == f"'{before}{text}"


@pytest.mark.parametrize("text", ["\t", "\r", "\n", "\v", "\x85", "\u2028"], ids=ascii)
def test_a_text_that_begins_in_another_cell_begins_with_an_apostrophe(text):
    assert escape_cell(f"{text}Parks") == f"'{text}Parks"
    assert escape_cell(f" {text}=1") == f"' {text}=1"


@pytest.mark.parametrize(
    "text", ["", " ", "Parks = green", "2026-05-01", "a@b.example", "\u200b\u3164", "‘=’", "é=", 5, None]
)
def test_any_other_value_stays_as_it_is(text):
    assert escape_cell(text) is text


def test_a_csv_row_has_all_columns():
    (shown,) = table([row(cursor=END)])
    assert shown == {
        "id": "1",
        "name": "parks",
        "title": "Parks",
        "organization": "city",
        "type": "dataset",
        "private": "false",
        "level": "started",
        "level_privacy": "started",
        "level_fitness": "current",
        "missing": "privacy_class; privacy_openness",
        "unknown": "fitness_limits",
        "concerns": "OSC-012",
        "errors": "OSC-032",
        "overdue": "review",
        "review_due": "2026-06-02",
        "retention_due": "",
        "explanation": "OSC-032 (retention_period): Write a period. | "
        "OSC-012 (privacy_openness): Close it, or change it.",
        "cursor": END,
    }


def test_rows_with_different_assessments_do_not_share_them():
    written = JsonLinesWriter()
    for level in ("silent", "current", "silent"):
        assessment = {**ASSESSMENT, "level": level}
        assert json.loads(written.write([row(assessment=assessment)]))["level"] == level


def test_the_cache_is_bounded():
    written, assessment = JsonLinesWriter(), [{**ASSESSMENT, "level": str(number)} for number in range(5_100)]
    assert [
        json.loads(line)["level"] for line in written.write(row(assessment=each) for each in assessment).splitlines()
    ] == [each["level"] for each in assessment]
    assert len(written._assessments._cache) <= 5_000
