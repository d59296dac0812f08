"""Files of records: every format, every dirt, and memory that does not grow with the file."""

import io
import json

import pytest
from ckanext.opensmartcity.exchange import Problem, Row, csv_records, json_records, names_of, read_records
from ckanext.opensmartcity.exchange.problems import MAX_RECORD

KNOWN = {"name", "title", "privacy_class", "sovereignty_storage_countries"}


def from_csv(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return list(csv_records.read_csv(io.BytesIO(raw), KNOWN))


def from_lines(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return list(json_records.read_json_lines(io.BytesIO(raw)))


def from_json(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return list(json_records.read_json(io.BytesIO(raw)))


def codes(items):
    return [(item.line, item.code) for item in items if isinstance(item, Problem)]


def records(items):
    return [item.record for item in items if isinstance(item, Row)]


def test_csv_rows_are_records_with_their_line():
    assert from_csv("name,title\na,One\nb,Two\n") == [
        Row(2, {"name": "a", "title": "One"}),
        Row(3, {"name": "b", "title": "Two"}),
    ]


def test_csv_cells_may_hold_line_breaks_quotes_and_a_bom():
    assert from_csv('\ufeffname,title\r\na,"One\r\n""two"""\r\n') == [Row(2, {"name": "a", "title": 'One\r\n"two"'})]


def test_csv_empty_cells_and_rows_are_no_answers():
    assert from_csv("name,title\na,\n\n,\n") == [Row(2, {"name": "a"})]


def test_csv_an_unknown_column_is_named_once_and_left_out():
    items = from_csv("name,colour\na,red\nb,blue\n")
    assert [(item.line, item.column) for item in items if isinstance(item, Problem)] == [(1, "colour")]
    assert records(items) == [{"name": "a"}, {"name": "b"}]


def test_csv_a_row_that_is_too_long_is_a_problem_with_its_column_and_the_rest_goes_on():
    items = from_csv("name,title\na,One,more\nb,Two\n")
    assert [(item.line, item.column, item.code) for item in items[:1]] == [(2, 3, "INPUT-004")]
    assert records(items) == [{"name": "b", "title": "Two"}]


def test_csv_a_quote_that_is_never_closed_does_not_swallow_the_rest():
    items = from_csv('name,title\na,"One\nb,Two\nc,Three\n')
    assert codes(items) == [(2, "INPUT-002")]
    assert records(items) == [{"name": "b", "title": "Two"}, {"name": "c", "title": "Three"}]


def test_csv_many_broken_quotes_cost_one_problem_each():
    rows = [f'r{n},"open' if n % 2 else f"r{n},shut" for n in range(7)]
    items = from_csv("name,title\n" + "\n".join(rows) + "\n")
    assert {item.code for item in items if isinstance(item, Problem)} == {"INPUT-002"}


def test_another_encoding_is_a_problem_with_line_and_column():
    items = from_csv(b"name,title\na,ok\nb,caf" + "é".encode("latin-1") + b"\nc,ok\n")
    assert [(item.line, item.column, item.code) for item in items if isinstance(item, Problem)] == [(3, 6, "INPUT-001")]
    assert [record["name"] for record in records(items)] == ["a", "c"]


def test_json_lines_go_on_after_a_broken_line():
    items = from_lines('{"name": "a"}\n{"name": \n\n{"name": "b"}\n[1]\nnull')
    assert records(items) == [{"name": "a"}, {"name": "b"}]
    assert codes(items) == [(2, "INPUT-005"), (5, "INPUT-005"), (6, "INPUT-005")]


def test_json_deep_nesting_is_a_problem_not_a_crash():
    assert codes(from_lines("[" * 100_000)) == [(1, "INPUT-005")]
    assert codes(from_json("[" * 100_000)) == [(1, "INPUT-005")]
    assert codes(from_json('{"a":' * 100_000)) == [(1, "INPUT-005")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"name": "a", "n": 1.5}', [{"name": "a", "n": 1.5}]),
        ('[{"name": "a"}, {"name": "b"}]', [{"name": "a"}, {"name": "b"}]),
        ("\ufeff [ ]", []),
        ('  \n[{"name": "a"}]', [{"name": "a"}]),
    ],
)
def test_json_is_one_object_or_a_list(text, expected):
    assert records(from_json(text)) == expected


def test_json_that_breaks_off_keeps_what_came_before():
    items = from_json('[{"name": "a"}, {"name": ')
    assert records(items) == [{"name": "a"}]
    assert codes(items) == [(2, "INPUT-005")]


class Endless(io.RawIOBase):
    """A file of any size that was never written; tells how much of it was read."""

    def __init__(self, head, body, size):
        self.head, self.body, self.left, self.taken = head, body, size, 0

    def read(self, size=-1):
        if self.head:
            chunk, self.head = self.head, b""
        else:
            chunk = self.body[: min(size if size > 0 else len(self.body), self.left)]
            self.left -= len(chunk)
        self.taken += len(chunk)
        return chunk


def test_an_endless_list_in_a_record_is_refused_after_its_limit():
    file = Endless(b'[{"tags": ["x"', b', "x"' * 10_000, 10**9)
    items = list(json_records.read_json(file))
    assert codes(items) == [(1, "INPUT-006")]
    assert file.taken < 2 * MAX_RECORD


def test_an_endless_line_is_refused_and_the_next_is_read(tmp_path):
    path = tmp_path / "big.jsonl"
    with path.open("wb") as file:
        file.write(b'{"name": "a"}\n{"x": "')
        for _ in range(3 * MAX_RECORD // 65536):
            file.write(b"y" * 65536)
        file.write(b'"}\n{"name": "b"}\n')
    with path.open("rb") as file:
        items = list(json_records.read_json_lines(file))
    assert codes(items) == [(2, "INPUT-006")]
    assert records(items) == [{"name": "a"}, {"name": "b"}]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "name,privacy_class\nx,personal\n"),
        ("a.jsonl", '{"name": "x", "privacy_class": "personal"}'),
        ("a.ndjson", '{"name": "x", "privacy_class": "personal"}'),
        ("a.json", json.dumps([{"name": "x", "privacy_class": "personal"}])),
    ],
)
def test_the_name_of_a_file_tells_its_format(tmp_path, standard, name, text):
    (tmp_path / name).write_text(text)
    items = list(read_records(tmp_path / name, names_of(standard)))
    assert records(items) == [{"name": "x", "privacy_class": "personal"}]


def test_mistyped_fields_are_known_by_their_prefix(standard):
    names = names_of(standard)
    assert names.strange({"privacy_clas": 1, "privacy_class": 1, "colour": 1, "title": 1}) == ["privacy_clas"]
