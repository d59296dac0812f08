"""Round trip of assessments through the codec of the search index, on every day."""

from datetime import date, timedelta

from ckanext.opensmartcity.search.assessment_codec import (
    RuleMatch,
    Verdict,
    Verdicts,
    parse_verdicts,
    serialize_verdicts,
)
from hypothesis import given
from hypothesis import strategies as st

names = st.text("abcXYZ019_-", min_size=1, max_size=8)
days = st.dates(date(1900, 1, 1), date(2900, 1, 1))
dated = days.map(date.isoformat)
some = st.lists(names, max_size=3).map(tuple)
rule_matches = st.lists(
    st.builds(RuleMatch, names, st.lists(names, min_size=1, max_size=3).map(tuple)), max_size=3
).map(tuple)
levels = st.lists(st.tuples(names, names), min_size=1, max_size=4).map(tuple)
verdict = st.builds(Verdict, levels, some, rule_matches, rule_matches)


@st.composite
def verdicts(draw):
    turns = sorted(draw(st.sets(dated, max_size=2)))
    phases = draw(st.lists(verdict, min_size=len(turns) + 1, max_size=len(turns) + 1))
    dates = draw(st.one_of(st.just(""), dated)), draw(st.one_of(st.just(""), dated))
    return Verdicts(tuple(turns), tuple(phases), draw(some), *dates)


@given(verdicts())
def test_verdicts_come_back(original):
    assert parse_verdicts(serialize_verdicts(original)) == original


@given(verdicts())
def test_what_no_turn_changes_is_written_once(original):
    again = original._replace(phases=(original.phases[0],) * len(original.phases))
    alone = original._replace(phases=original.phases[:1])
    assert len(serialize_verdicts(again)) == len(serialize_verdicts(alone)) + len(original.turns)
    assert parse_verdicts(serialize_verdicts(again)) == again


@given(verdicts())
def test_a_turn_counts_from_the_day_after(original):
    for number, turn in enumerate(original.turns):
        after = (date.fromisoformat(turn) + timedelta(days=1)).isoformat()
        assert original.on(turn) == original.phases[number]
        assert original.on(after) == original.phases[number + 1]
