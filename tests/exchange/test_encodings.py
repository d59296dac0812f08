"""Encoding detection: UTF-16, UTF-32, byte order marks, pipes and standard input."""

import io
import os
import subprocess
import sys
import threading

import pytest
from ckanext.opensmartcity.exchange import Problem, Row, field_names, read_records
from ckanext.opensmartcity.exchange.records import read_stream

CSV = "name,title\na,Één\nb,Twee\n"
LINES = '{"name": "a", "title": "Één"}\n{"name": "b", "title": "Twee"}\n'
LIST = '[{"name": "a", "title": "Één"},\n {"name": "b", "title": "Twee"}]'
RECORDS = [{"name": "a", "title": "Één"}, {"name": "b", "title": "Twee"}]
FORMS = pytest.mark.parametrize(("form", "text"), [("csv", CSV), ("jsonl", LINES), ("json", LIST)])


@pytest.fixture(scope="module")
def names(standard):
    return field_names(standard)


def split(items):
    items = list(items)
    problems = [(item.line, item.column, item.code) for item in items if isinstance(item, Problem)]
    return problems, [item.record for item in items if isinstance(item, Row)]


def stream(raw):
    return io.BufferedReader(io.BytesIO(raw))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_tells_the_byte_order(names, encoding):
    problems, records = split(read_stream(stream(("\ufeff" + CSV).encode(encoding)), names, None))
    assert (problems, records) == ([(1, 1, "INPUT-001")], RECORDS)


@FORMS
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("explicit", [True, False])
def test_other_unicode_encodings_are_reported_once_and_read(names, form, text, encoding, explicit):
    problems, records = split(read_stream(stream(text.encode(encoding)), names, form if explicit else None))
    assert problems == [(1, 1, "INPUT-001")]
    assert records == RECORDS


@FORMS
def test_utf_8_with_and_without_a_byte_order_mark_is_right(names, form, text):
    for encoding in ("utf-8", "utf-8-sig"):
        assert split(read_stream(stream(text.encode(encoding)), names)) == ([], RECORDS)


@FORMS
def test_other_encodings_cost_the_records_that_they_spoil_and_no_more(names, form, text):
    problems, records = split(read_stream(stream(text.encode("latin-1")), names, form))
    assert [code for _, column, code in problems if column] == ["INPUT-001"]
    assert records == RECORDS[1:]


@FORMS
def test_a_file_truncated_within_a_character_is_reported(names, form, text):
    raw = text.encode("utf-16")
    problems, _ = split(read_stream(stream(raw[:-5]), names, form))
    assert problems[0] == (1, 1, "INPUT-001")


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"  ", b"[]", b"\xef\xbb\xbf", b"name,title\n"])
def test_a_file_without_a_record_is_a_problem(names, raw):
    assert split(read_stream(stream(raw), names)) == ([(1, None, "INPUT-009")], [])


def test_a_named_pipe_is_read_like_a_file(names, tmp_path):
    pipe = tmp_path / "records.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(CSV, encoding="utf-8"))
    writer.start()
    assert split(read_records(pipe, names)) == ([], RECORDS)
    writer.join()


@FORMS
def test_standard_input_is_read_with_a_given_or_guessed_format(form, text):
    command = [sys.executable, "-c", "from ckanext.opensmartcity.cli.main import main; main()", "check", "-"]
    for more in ([], ["--input", form]):
        done = subprocess.run([*command, *more], input=text.encode(), capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
        assert b"2 records" in done.stderr
        assert b"-:2: OSC-001 gap ownership_owner (a)" in done.stdout or form != "csv"
