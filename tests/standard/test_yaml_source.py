"""YAML parser that records the line of each key."""

import pytest
from ckanext.opensmartcity.standard import SourceError
from ckanext.opensmartcity.standard.yaml_source import Section, read

GOOD = 'name: City\nabout: >-\n  Two\n  lines.\nparts:\n  - id: a\n  - id: b\nday: 2026-05-31\nwords: [x, "y"]\n'


@pytest.fixture
def file(tmp_path):
    """Write a text to a file and return its path."""

    def file(text):
        path = tmp_path / "file.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return file


@pytest.fixture
def section(file):
    return read(file(GOOD))


def test_a_mapping_is_read_with_the_line_of_every_key(section):
    assert section.lines == {"name": 1, "about": 2, "parts": 5, "day": 8, "words": 9}


def test_a_nested_mapping_knows_file_and_line(section):
    inner = section.sections("parts")[1]
    assert isinstance(inner, Section)
    assert (inner.file, inner.line, inner["id"]) == ("file.yaml", 7, "b")


def test_a_date_is_read_as_text(section):
    assert section.text("day") == "2026-05-31"


def test_a_list_of_texts_is_read(section):
    assert section.texts("words") == ["x", "y"]


def test_an_optional_text_may_be_absent(section):
    assert section.optional_text("missing") is None


def test_an_error_reads_as_file_line_reason(section):
    assert str(section.error("is wrong", "parts")) == "file.yaml:5: is wrong"


def test_an_error_without_a_key_points_at_the_mapping(section):
    assert section.sections("parts")[1].error("is wrong", "label").line == 7


@pytest.mark.parametrize("value", ["", "''", "' '", "5", "true", "1.0", "[a]", "{a: b}"])
def test_a_text_is_neither_empty_nor_of_another_kind(file, value):
    with pytest.raises(SourceError, match=r"file.yaml:2: 'b' must be a text that is not empty"):
        read(file(f"a: x\nb: {value}\n")).text("b")


@pytest.mark.parametrize("value", ["", "[]", "text", "[1]", "[a, [b]]", "{a: b}"])
def test_a_list_of_texts_is_neither_empty_nor_of_another_kind(file, value):
    with pytest.raises(SourceError, match="list of texts"):
        read(file(f"b: {value}\n")).texts("b")


@pytest.mark.parametrize("value", ["", "[]", "text", "[a]", "{a: b}"])
def test_a_list_of_mappings_is_neither_empty_nor_of_another_kind(file, value):
    with pytest.raises(SourceError, match="list of mappings"):
        read(file(f"b: {value}\n")).sections("b")


def test_an_unknown_key_is_named_with_those_allowed(section):
    with pytest.raises(SourceError, match=r"file.yaml:8: unknown key 'day' \(allowed: about, name, parts\)"):
        section.allow(("name", "about", "parts"))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param("a: 1\nb: 2\na: 3\n", 3, "'a' is defined twice", id="duplicate key"),
        pytest.param("a:\n  - b: 1\n    b: 2\n", 3, "'b' is defined twice", id="duplicate key in a list"),
        pytest.param("a: 1\nb: [1\n", 3, "not valid YAML", id="unclosed list"),
        pytest.param("a: 1\n\tb: 2\n", 2, "not valid YAML", id="tab"),
        pytest.param("a: &x {b: *x}\n", 1, "not valid YAML", id="alias to itself"),
        pytest.param("a: !!python/object:os.system {}\n", 1, "not valid YAML", id="object tag"),
        pytest.param("a: 1\n<<: {b: 1}\n", 2, "merge", id="merge key"),
        pytest.param("a: !!int x\n", 1, "cannot be read", id="not a number"),
        pytest.param("a: !!bool x\n", 1, "cannot be read", id="not a truth value"),
        pytest.param("a: " + "9" * 5000, 1, "cannot be read", id="endless number"),
        pytest.param("[" * 1000, 1, "cannot be read", id="endless nesting"),
        pytest.param("a: \x07\n", 1, "cannot be read", id="control character"),
        pytest.param(b"a: \xff\n", 1, "cannot be read", id="not UTF-8"),
        pytest.param("", 1, "must hold a mapping", id="empty"),
        pytest.param("- a\n", 1, "must hold a mapping", id="a list"),
        pytest.param("text", 1, "must hold a mapping", id="a text"),
        pytest.param("a: 1\n---\nb: 1\n", 2, "not valid YAML", id="two documents"),
    ],
)
def test_a_file_that_is_no_yaml_mapping_stops_with_its_line(file, text, line, reason):
    with pytest.raises(SourceError) as stopped:
        read(file(text)).allow(("a", "b"))
    assert (stopped.value.file, stopped.value.line) == ("file.yaml", line)
    assert reason in stopped.value.reason


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"absent.yaml:1: the file cannot be read"):
        read(tmp_path / "absent.yaml")
