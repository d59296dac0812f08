"""Canonical JSON: the fast encoder gives the same bytes as the reference implementation of RFC 8785."""

import pytest
import rfc8785
from ckanext.opensmartcity.ledger_format.canonical_json import MAX_INTEGER, canonical_bytes
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


@pytest.mark.parametrize(
    "body",
    [
        {"controls": "".join(map(chr, range(0x20))) + '\x7f\u2028\u2029"\\/'},
        {"\ufb01": 1, "\U0001f600": 2},
        {"fractions": [1.0, 1e21, -0.0]},
        {"tuple": ("a", ("b",))},
    ],
)
def test_values_on_which_encoders_differ_go_to_the_reference(body):
    assert canonical_bytes(body) == rfc8785.dumps(body)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800", {"\ud800": 1}])
def test_values_that_json_cannot_represent_are_rejected(value):
    with pytest.raises(ValueError, match=r"."):
        canonical_bytes({"value": value})
