"""Canonical JSON: the fast encoders give the same bytes as the reference of RFC 8785; the reader rejects ambiguity."""

import json

import pytest
import rfc8785
from ckanext.opensmartcity.ledger_format.canonical_json import MAX_INTEGER, StrictJson, canonical_bytes
from ckanext.opensmartcity.tlog import FormatError
from hypothesis import given
from hypothesis import strategies as st

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = (
    st.none()
    | st.booleans()
    | texts
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)


@given(st.dictionaries(texts, values))
def test_the_bytes_are_those_of_the_reference(body):
    assert canonical_bytes(body) == rfc8785.dumps(body)


# The last two keys differ in their order by UTF-16 code units, which RFC 8785 wants, and by code points.
DIFFERENT = [
    {"controls": "".join(map(chr, range(0x20))) + '\x7f\u2028\u2029"\\/'},
    {"fractions": [1.0, 1e21, -0.0]},
    {"\ufb01": 1, "\U0001f600": 2},
]


@pytest.mark.parametrize("body", [*DIFFERENT, {"tuple": ("a", ("b",))}])
def test_values_on_which_encoders_differ_go_to_the_reference(body):
    assert canonical_bytes(body) == rfc8785.dumps(body)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800", {"\ud800": 1}])
def test_values_that_json_cannot_represent_are_rejected(value):
    with pytest.raises(ValueError, match=r"."):
        canonical_bytes({"value": value})


def rewritten(body, **options):
    """Return the canonical bytes of a body that the strict reader has read from JSON."""
    reader = StrictJson()
    return reader.canonical(reader.read(json.dumps(body, **options).encode()))


@given(st.dictionaries(texts, values), st.booleans())
def test_the_bytes_of_what_was_read_are_those_of_the_reference(body, ensure_ascii):
    assert rewritten(body, ensure_ascii=ensure_ascii) == rfc8785.dumps(body)


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("body", DIFFERENT)
def test_what_was_read_goes_to_the_reference_where_encoders_differ(body, ensure_ascii):
    assert rewritten(body, ensure_ascii=ensure_ascii) == rfc8785.dumps(body)


def test_a_reader_forgets_the_fractions_of_the_text_before():
    reader = StrictJson()
    for raw in (b'{"a":1.50}', b'{"b":[1,{"c":"d"}]}', b'{"a":-0}'):
        value = reader.read(raw)
        assert reader.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"a":1,"b":2,"a":1}', "The key “a” occurs twice in one object."),
        (b'{"a":1,"\\u0061":2}', "The key “a” occurs twice in one object."),
        (b'[{"b":{"c":[{"d":null,"d":null}]}}]', "The key “d” occurs twice in one object."),
        (b'{"a":9007199254740992}', "A number is too large to be exact: 9007199254740992."),
        (b'{"a":-9007199254740992}', "A number is too large to be exact: -9007199254740992."),
        (b"1" * 5000, f"A number is too large to be exact: {'1' * 30}."),
        (b'{"a":NaN}', "NaN is not a number in JSON."),
        (b"[-Infinity]", "-Infinity is not a number in JSON."),
        (b'{"a":1', "This is not JSON: column 7."),
        (b'{"a":1}{}', "This is not JSON: column 8."),
        (b'{"a":"\xff"}', "This is not UTF-8."),
        (b"[" * 100_000, "This JSON is nested too deeply."),
    ],
)
def test_the_reader_rejects_what_two_programs_may_read_differently(raw, message):
    with pytest.raises(FormatError) as caught:
        StrictJson().read(raw)
    assert str(caught.value) == message


@pytest.mark.parametrize("raw", [b'{"a":"\\ud800"}', b'{"\\ud800":1.5}', b"[1e999]"])
def test_what_has_no_canonical_form_is_rejected(raw):
    reader = StrictJson()
    value = reader.read(raw)
    with pytest.raises(FormatError, match="no canonical form"):
        reader.canonical(value)
