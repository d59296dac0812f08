"""Readers of JSON, JSON Lines and CSV: malformed input, positions of problems, and bounded memory."""

import io
import json

import pytest
from ckanext.opensmartcity.exchange import Problem, Row, csv_reader, field_names, json_reader, read_records
from ckanext.opensmartcity.exchange.problems import MAX_RECORD
from hypothesis import given
from hypothesis import strategies as st

KNOWN = {"name", "title", "privacy_class", "sovereignty_storage_countries"}


def from_csv(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return list(csv_reader.read_csv(io.BytesIO(raw), KNOWN))


def from_lines(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return list(json_reader.read_json_lines(io.BytesIO(raw)))


def from_json(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return list(json_reader.read_json(io.BytesIO(raw)))


def codes(items):
    return [(item.line, item.code) for item in items if isinstance(item, Problem)]


def places(items):
    return [(item.line, item.column, item.code) for item in items if isinstance(item, Problem)]


def records(items):
    return [item.record for item in items if isinstance(item, Row)]


def test_csv_rows_are_records_with_their_line():
    assert from_csv("name,title\na,One\nb,Two\n") == [
        Row(2, {"name": "a", "title": "One"}, 1),
        Row(3, {"name": "b", "title": "Two"}, 2),
    ]


def test_csv_cells_may_hold_line_breaks_quotes_and_a_bom():
    assert from_csv('\ufeffname,title\r\na,"One\r\n""two"""\r\n') == [Row(2, {"name": "a", "title": 'One\r\n"two"'}, 1)]


def test_csv_empty_cells_and_rows_are_no_answers():
    assert from_csv("name,title\na,\n\n,\n") == [Row(2, {"name": "a"}, 1)]


def test_csv_an_unknown_column_is_named_once_and_left_out():
    items = from_csv("name,colour\na,red\nb,blue\n")
    assert places(items) == [(1, 6, "INPUT-003")]
    assert items[0].field == "colour"
    assert records(items) == [{"name": "a"}, {"name": "b"}]


def test_csv_a_row_that_is_too_long_is_a_problem_with_its_column_and_the_rest_goes_on():
    items = from_csv("name,title\na,One,more\nb,Two\n")
    assert places(items) == [(2, 7, "INPUT-004")]
    assert records(items) == [{"name": "b", "title": "Two"}]


def test_csv_a_row_that_is_too_short_is_a_problem_at_its_end_and_is_checked_as_far_as_it_goes():
    items = from_csv("name,title\na\nb,Two\n")
    assert places(items) == [(2, 2, "INPUT-004")]
    assert records(items) == [{"name": "a"}, {"name": "b", "title": "Two"}]


def test_csv_the_place_in_a_row_of_several_lines_is_that_of_its_line():
    items = from_csv('name,title\na,"One\nand ""two""",more\nb,Two\n')
    assert places(items) == [(3, 14, "INPUT-004")]


def test_csv_of_two_columns_of_one_name_the_first_counts():
    items = from_csv("name,title,name\na,One,b\n")
    assert [(*place, item.field) for place, item in zip(places(items), items, strict=False)] == [
        (1, 12, "INPUT-008", "name")
    ]
    assert records(items) == [{"name": "a", "title": "One"}]


def test_csv_a_column_without_a_name_is_a_problem():
    items = from_csv("name,,title\na,x,One\n")
    assert places(items) == [(1, 6, "INPUT-003")]
    assert records(items) == [{"name": "a", "title": "One"}]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_without_a_known_column_names_each_column(separator):
    items = from_csv(f"Aim{separator}Basis{separator}Term\nParking{separator}Act{separator}5 years at most\n")
    assert [item.field for item in items if isinstance(item, Problem) and item.field] == ["Aim", "Basis", "Term"]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_csv_another_separator_is_a_problem_and_is_read_all_the_same(separator):
    items = from_csv(
        f'name,title\na,"One, {separator} two"\n'.replace(",", separator, 1).replace("a,", f"a{separator}")
    )
    assert places(items) == [(1, 5, "INPUT-010")]
    assert records(items) == [{"name": "a", "title": f"One, {separator} two"}]


def test_csv_text_behind_a_closing_quote_is_a_problem_at_that_place():
    items = from_csv('name,title\na,"One"x\nb,Two\n')
    assert places(items) == [(2, 8, "INPUT-002")]
    assert records(items) == [{"name": "b", "title": "Two"}]


def test_csv_a_cell_that_is_too_long_is_a_problem_and_the_rest_goes_on():
    items = from_csv(f"name,title\na,{'x' * 200_000}\nb,Two\n")
    assert codes(items) == [(2, "INPUT-006")]
    assert records(items) == [{"name": "b", "title": "Two"}]


def test_csv_a_header_in_another_encoding_is_a_problem_and_its_known_columns_are_read():
    items = from_csv("name,größe,title\na,1,One\n".encode("latin-1"))
    assert places(items) == [(1, 8, "INPUT-001"), (1, 6, "INPUT-003")]
    assert records(items) == [{"name": "a", "title": "One"}]


def test_csv_a_header_with_an_open_quote_is_read_as_far_as_it_goes():
    items = from_csv('name,"title\na,One\n')
    assert places(items) == [(1, 6, "INPUT-002")]
    assert records(items) == [{"name": "a", "title": "One"}]


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
    assert places(items) == [(3, 6, "INPUT-001")]
    assert [record["name"] for record in records(items)] == ["a", "c"]


def test_json_lines_go_on_after_a_broken_line():
    items = from_lines('{"name": "a"}\n{"name": \n\n{"name": "b"}\n[1]\nnull')
    assert records(items) == [{"name": "a"}, {"name": "b"}]
    assert codes(items) == [(2, "INPUT-005"), (5, "INPUT-005"), (6, "INPUT-005")]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ('{"name": NaN}', 10),
        ('{"name": "NaN", "x": -Infinity}', 22),
        ('{"name": "Infinity", "x": Infinity}', 27),
        (f'{{"name": {"9" * 5000}}}', 10),
        ('{"name": "a\0"}', 12),
        ("\0", 1),
        ('{"name": "a"} {"name": "b"}', 15),
    ],
)
def test_invalid_json_is_a_problem_with_its_column(line, column):
    items = from_lines(f'{line}\n{{"name": "b"}}')
    assert places(items) == [(1, column, "INPUT-005")]
    assert records(items) == [{"name": "b"}]
    if not line.endswith('{"name": "b"}'):
        assert places(from_json(f'[{{"name": "b"}},\n{line}]')) == [(2, column, "INPUT-005")]


@pytest.mark.parametrize("read", [from_lines, from_json])
def test_a_key_that_stands_twice_is_a_problem_and_the_last_one_counts_as_on_a_portal(read):
    items = read('{"name": "a", "name": "b", "extras": [{"k": 1, "k": 2}]}')
    assert [(item.code, item.field) for item in items[:2]] == [("INPUT-008", "k"), ("INPUT-008", "name")]
    assert records(items) == [{"name": "b", "extras": [{"k": 2}]}]


def test_json_a_record_that_is_not_utf_8_is_left_out_and_the_rest_goes_on():
    items = from_json(b'[{"name": "a"},\n{"name": "caf' + "é".encode("latin-1") + b'"},\n{"name": "c"}]')
    assert places(items) == [(2, 14, "INPUT-001")]
    assert records(items) == [{"name": "a"}, {"name": "c"}]


def test_json_records_know_their_line_and_their_place_in_the_list():
    items = from_json('[\n  {"name": "a"},\n  {\n"name": "b"}, 7, {"name": "c"}]')
    assert [(item.line, item.number) for item in items if isinstance(item, Row)] == [(2, 1), (3, 2), (4, 4)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"name": "a"} {"name": "b"}]', (1, 16)),
        ('[{"name": "a"}] x', (1, 17)),
        ('[{"name": "a"},\n]', (2, 1)),
        ('[{"name": "a"}\n', (2, 1)),
        ('[{"name": "a"}, {"name": tru', (1, 26)),
    ],
)
def test_json_after_a_broken_list_nothing_more_is_read(text, place):
    items = from_json(text)
    assert records(items) == [{"name": "a"}]
    assert places(items) == [(*place, "INPUT-005")]


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=40) | st.integers() | st.lists(st.floats(0, 1)))),
    st.integers(1, 40),
    st.sampled_from([None, 1]),
)
def test_json_is_read_the_same_in_chunks_of_any_size(values, chunk, indent):
    class Slow(io.BytesIO):
        def read(self, size=-1, /):
            return super().read(min(size, chunk))

    text = json.dumps(values, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    items = list(json_reader.read_json(Slow(text)))
    assert records(items) == values


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
    assert places(items) == [(1, 26, "INPUT-005")]


class Endless(io.RawIOBase):
    """Virtual file of any size; `taken` counts the bytes that were read."""

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
    items = list(json_reader.read_json(file))
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
        items = list(json_reader.read_json_lines(file))
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
def test_the_file_name_determines_the_format(tmp_path, standard, name, text):
    (tmp_path / name).write_text(text)
    items = list(read_records(tmp_path / name, field_names(standard)))
    assert records(items) == [{"name": "x", "privacy_class": "personal"}]


def test_mistyped_fields_are_recognized_by_their_prefix(standard):
    names = field_names(standard)
    assert names.unrecognized({"privacy_clas": 1, "privacy_class": 1, "colour": 1, "title": 1}) == ["privacy_clas"]
