"""The fast path for exported lines gives the same result as the strict reader, or leaves the line to it."""

import json

from ckanext.opensmartcity.ledger_format.canonical_json import StrictJson, canonical_bytes
from ckanext.opensmartcity.ledger_format.event import leaf_hash
from ckanext.opensmartcity.ledger_format.history_file import LineReader, event_line, read_line
from ckanext.opensmartcity.tlog import FormatError
from hypothesis import example, given
from hypothesis import strategies as st
from ledger_format.logs import Log

LOG = Log()
LOG.grow(24)
LINES = [line for line in [*LOG.whole(), *LOG.part(1)] if '"event"' in line]
# Pieces for an attacker: duplicate keys, other spellings of numbers and escapes, spaces, early ends.
PIECES = [
    *('"', "\\", "\\u0061", " ", ",", "{", "}", "[", "]", "1.0", "1e0", "-0", "01", "null", "9007199254740993", "\t"),
    *('"format":1,', '"index":0,', ',"event":{}', '"id":"x",', '],"format":1,"id":"', '"\ud83d\ude00":1,', "\ud800"),
    *(',"leaf":"', '"changes":[],', '"before":null,', "\u2028", "\x7f", "é", "\n", "\r"),
]


def slow(raw):
    reader = LineReader()
    try:
        return reader.parts(reader._json.read(raw))
    except FormatError:
        return None


def both(text):
    raw = text.encode("utf-8", "surrogatepass")
    try:
        quick = LineReader().read(raw)
    except FormatError:
        quick = None
    return quick, slow(raw)


def test_every_line_of_an_export_takes_the_fast_path():
    assert [line for line in LINES if read_line(line + "\n", StrictJson()) is None] == []


@given(st.sampled_from(LINES), st.data())
def test_both_paths_agree_on_tampered_lines(line, data):
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(line)))
        end = data.draw(st.sampled_from([start, start + 1, start + 5]))
        line = line[:start] + data.draw(st.sampled_from(PIECES)) + line[end:]
    quick, slowly = both(line)
    assert quick == slowly


answers = st.recursive(
    st.none() | st.booleans() | st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.text(), answers, answers, st.booleans())
@example("x", 1.0, -0.0, False)
@example("x", {"\U0001f600": 1, "\uffff": 2}, 2**60, False)
@example("x", {"b": 1, "a": 2}, None, False)
def test_both_paths_hash_the_canonical_form(field, before, after, spaced):
    body = LOG.bodies[7] | {"changes": [{"field": field, "before": before, "after": after}]}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=None if spaced else (",", ":"))
    quick, slowly = both(event_line(text, bytes(32), 7))
    assert quick == slowly
    if quick:
        assert quick[0].leaf == leaf_hash(canonical_bytes(quick[0].event))


@given(st.lists(answers))
@example([1.5])
@example([{"\U0001f600": 1}])
def test_both_paths_agree_on_changes_of_any_shape(changes):
    text = canonical_bytes(LOG.bodies[7] | {"changes": "*"}).decode().replace('"*"', json.dumps(changes))
    quick, slowly = both(event_line(text, bytes(32), 7))
    assert quick == slowly
