"""Event drafts of a change: complete, without duplicates, and no value from a private period in a public event."""

import pytest
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.diff import Snapshot, changes_between, draft_events
from hypothesis import given
from hypothesis import strategies as st

DECLARED = "governance_declared"
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
declarations = st.dictionaries(
    st.sampled_from(["privacy_class", "retention_type", "ownership_owner"]),
    st.fixed_dictionaries({"state": st.sampled_from(["unknown", "not_applicable"])}, optional={"reason": texts}),
    min_size=1,
)
VISIBILITY = {"private", "state"}


FLAGS = st.fixed_dictionaries({"private": st.booleans(), "state": st.sampled_from(["active", "draft", "deleted"])})
PUBLIC = st.just({"private": False, "state": "active"})
HIDDEN = FLAGS.filter(lambda flags: flags["private"] or flags["state"] != "active")


@st.composite
def answers(draw, visibility=FLAGS):
    """Answers of an existing dataset with its visibility flags."""
    stated = draw(
        st.dictionaries(
            st.sampled_from(
                ["privacy_class", "ownership_owner", "sovereignty_storage_countries", "license_id", "owner_org"]
            ),
            st.one_of(texts, st.lists(texts, min_size=1, max_size=3)),
        )
    )
    declared = draw(st.none() | declarations)
    return stated | ({DECLARED: declared} if declared else {}) | draw(visibility)


def snapshot(stated):
    known = not stated["private"] and stated["state"] != "draft"
    return Snapshot(stated, public=known and stated["state"] == "active", history_public=known)


def applied(before, entries):
    """Replay events and return the resulting answers."""
    now = dict(before)
    for entry in entries:
        for change in entry.changes:
            if change.field == DECLARED:
                merged = {**(now.get(DECLARED) or {})}
                for name in change.before or {}:
                    assert merged.pop(name) == change.before[name]
                merged |= change.after or {}
                now[DECLARED] = merged or None
            else:
                assert now.get(change.field) == change.before
                now[change.field] = change.after
    return {name: value for name, value in now.items() if value is not None}


@given(answers(), answers())
def test_replaying_the_events_gives_the_answers_after_the_change(before, after):
    assert applied(before, draft_events(snapshot(before), snapshot(after))) == after


@given(answers())
def test_no_change_is_no_event(stated):
    assert draft_events(snapshot(stated), snapshot(dict(stated))) == ()


@given(answers(), answers())
def test_a_public_event_holds_only_values_that_were_public_before_and_after(before, after):
    old, new = snapshot(before), snapshot(after)
    for entry in draft_events(old, new):
        content = {change.field for change in entry.changes} - VISIBILITY
        if entry.public and content:
            assert old.public
            assert new.public


@given(answers(), answers(), FLAGS, st.booleans(), st.booleans())
def test_the_same_holds_where_other_rules_than_the_flags_decide_who_may_read(before, after, flags, was, now):
    # Permission labels of another plugin can publish a record whose flags stay the same.
    for same in ({}, flags):
        old, new = Snapshot(before | same, public=was), Snapshot(after | same, public=now)
        for entry in draft_events(old, new):
            if entry.public and {change.field for change in entry.changes} - VISIBILITY:
                assert was
                assert now


@given(answers(), answers())
def test_each_change_is_in_exactly_one_event(before, after):
    changes = [change for entry in draft_events(snapshot(before), snapshot(after)) for change in entry.changes]
    assert sorted(change.field for change in changes) == [change.field for change in changes_between(before, after)]


@given(answers(PUBLIC), answers(HIDDEN), st.booleans())
def test_publishing_is_the_last_event_and_unpublishing_the_first(shown_state, hidden_state, leaving):
    before, after = (shown_state, hidden_state) if leaving else (hidden_state, shown_state)
    old, new = snapshot(before), snapshot(after)
    entries = draft_events(old, new)
    shown = entries[-1 if new.public else 0]
    assert shown.public
    assert {change.field for change in shown.changes} <= VISIBILITY
    assert shown.action in ("visibility", "delete", "restore")
    assert not any(entry.public for entry in entries if entry is not shown)


@given(answers())
def test_a_new_dataset_is_one_event_that_is_public_if_the_dataset_is(stated):
    (entry,) = draft_events(Snapshot(None), snapshot(stated))
    assert (entry.action, entry.public) == ("create", snapshot(stated).public)
    assert applied({}, (entry,)) == stated


@given(answers(), st.none() | texts)
def test_a_purge_is_one_event_without_values_that_is_public_if_the_history_was(stated, reason):
    (entry,) = draft_events(snapshot(stated), Snapshot(None), reason)
    assert (entry.action, entry.public) == ("purge", snapshot(stated).history_public)
    assert [vars(change) for change in entry.changes] == (
        [{"field": "reason", "before": None, "after": reason}] if reason else []
    )


@given(answers(), answers())
def test_changes_have_canonical_bytes(before, after):
    for change in changes_between(before, after):
        assert canonical_bytes({"before": change.before, "after": change.after})


@pytest.mark.parametrize(("old", "new"), [(1, True), (False, 0), ("1", 1), ("", None), (["a", "b"], ["b", "a"])])
def test_values_that_json_tells_apart_are_a_change_in_both_directions(old, new):
    for before, after in ((old, new), (new, old)):
        (change,) = changes_between({"license_id": before}, {"license_id": after})
        assert repr((change.before, change.after)) == repr((before, after))


def test_only_declared_entries_that_differ_are_in_the_change():
    before = {DECLARED: {"privacy_class": {"state": "unknown"}, "retention_type": {"state": "unknown"}}}
    after = {DECLARED: {"retention_type": {"state": "unknown"}}}
    (change,) = changes_between(before, after)
    assert (change.before, change.after) == ({"privacy_class": {"state": "unknown"}}, None)


def test_the_action_follows_from_the_changed_fields():
    active = {"private": True, "state": "active", "owner_org": "a", "privacy_class": "personal"}

    def action(**changed):
        (entry,) = draft_events(snapshot(active), snapshot(active | changed))
        return entry.action

    assert action(privacy_class="non_personal") == "update"
    assert action(owner_org="b") == "move"
    assert action(owner_org="b", privacy_class="non_personal") == "move"
    assert action(collaborators={"editor": 1}) == "access"
    assert action(state="deleted") == "delete"
    assert action(state="draft") == "visibility"
