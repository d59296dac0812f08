"""Fuzz tests of the checker: no input raises an exception, and every finding has a place in the file."""

import io
import json

import pytest
from ckanext.opensmartcity.cli.check import Checker
from ckanext.opensmartcity.cli.report import REPORTS
from ckanext.opensmartcity.exchange import FORMATS
from ckanext.opensmartcity.exchange.records import read_stream
from ckanext.opensmartcity.standard import language
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from standard.inputs import SETTINGS, STANDARD, records

WORDS = ["name", "title", "type", "privacy_class", "personal", "governance_declared", "dataset", "algorithm", "\ufeff"]
PIECES = st.sampled_from(
    [*WORDS, *'{}[]",:;\\', "\n", "\r\n", "\r", "\0", '""', "\t", " ", "NaN", "-Infinity", "1e999", "9" * 5000]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=30).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp037"])
SCRAPS = st.builds(lambda text, encoding: text.encode(encoding, "replace"), TEXTS, ENCODINGS) | st.binary(max_size=60)
SOUND = st.lists(records, max_size=3).map(lambda rows: "\n".join(map(json.dumps, rows)).encode())
FILES = st.lists(SCRAPS | SOUND, min_size=1, max_size=4).map(b"".join)


def findings(raw, form):
    checker = Checker(STANDARD, SETTINGS, "dataset")
    return list(checker.check_items("x", read_stream(io.BufferedReader(io.BytesIO(raw)), checker.names, form)))


@pytest.mark.parametrize("form", [None, *FORMATS])
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@example(b'{"type": ["dataset"]}')
@example(b'{"name": "\\ud800", "privacy_\\ud800": 1}')
@example(b"\xff\xfe")
@example(b"[" * 5000)
@given(raw=FILES)
def test_the_checker_never_raises(form, raw):
    last_line = raw.count(b"\n") + 1
    for line in findings(raw, form):
        text = line.message.render(language("nl").translate)
        assert text
        assert text.isprintable()
        assert 1 <= line.line <= last_line
        assert line.column is None or line.column >= 1
        assert line.severity in ("error", "gap", "concern")
        json.dumps(line._asdict() | {"message": text}, ensure_ascii=False).encode()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(records, min_size=1, max_size=4))
def test_a_record_is_found_the_same_in_json_lines_and_in_a_list(rows):
    forms = {"jsonl": "\n".join(map(json.dumps, rows)), "json": json.dumps(rows)}
    seen = [
        [(line.number, line.rule, line.fields) for line in findings(text.encode(), form)]
        for form, text in forms.items()
    ]
    assert seen[0] == seen[1]


@pytest.mark.parametrize("form", REPORTS)
def test_every_report_says_the_same_number_of_findings(form, capsys):
    report = REPORTS[form](STANDARD, language("en"), SETTINGS)
    report.begin()
    for line in findings(b'{"name": "a"}\n{"privacy_class": "x"}', "jsonl"):
        report.add(line)
    report.end(2)
    assert capsys.readouterr().out.count("OSC-001") == report.rules["OSC-001"] + (form == "json")
