"""Signed cursors: a sealed cursorMark is returned, and everything else is rejected."""

import pytest
from ckanext.opensmartcity.audit.query import LIFETIME, CursorError, Cursors
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

texts = st.text(st.characters(exclude_categories=["Cs"]))


def refusal(cursors, cursor):
    with pytest.raises(CursorError) as refused:
        cursors.open(cursor)
    return refused.value.reason


@given(texts, texts)
def test_a_mark_comes_back(walk, mark):
    assert Cursors("secret", walk).open(Cursors("secret", walk).seal(mark)) == mark


@given(texts)
def test_any_text_that_is_no_cursor_is_refused(text):
    assert refusal(Cursors("secret", "walk"), text) == "altered"


@given(st.data())
def test_a_cursor_with_one_other_character_is_refused(data):
    cursors = Cursors("secret", "walk")
    cursor = cursors.seal("AoE/BWluZGV4")
    # The last base64 character has unused bits.
    place = data.draw(st.integers(0, len(cursor) - 2))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda each: each != cursor[place]))
    altered = cursor[:place] + other + cursor[place + 1 :]
    assert refusal(cursors, altered) == "altered"


@given(texts, texts)
def test_a_cursor_of_another_walk_or_portal_is_refused(walk, other):
    cursor = Cursors("secret", walk).seal("mark")
    assert refusal(Cursors("other secret", walk), cursor) == "altered"
    if walk != other:
        assert refusal(Cursors("secret", other), cursor) == "foreign"


def test_a_cursor_lasts_a_day():
    with freeze_time("2026-06-01 12:00:00") as clock:
        cursors = Cursors("secret", "walk")
        cursor = cursors.seal("mark")
        clock.tick(LIFETIME)
        assert cursors.open(cursor) == "mark"
        clock.tick(1)
        assert refusal(cursors, cursor) == "expired"


def test_a_cursor_is_short_enough_for_an_address():
    cursors = Cursors("secret", "walk")
    assert len(cursors.seal("A" * 120)) < 300
    assert refusal(cursors, "A" * 100_000) == "altered"
