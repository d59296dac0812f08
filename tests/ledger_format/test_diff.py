"""What changed, split into events: nothing lost, nothing told twice, nothing of private times in public."""

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
    """Answers of an existing dataset, with the visibility that its flags give it."""
    said = draw(
        st.dictionaries(
            st.sampled_from(
                ["privacy_class", "ownership_owner", "sovereignty_storage_countries", "license_id", "owner_org"]
            ),
            st.one_of(texts, st.lists(texts, min_size=1, max_size=3)),
        )
    )
    declared = draw(st.none() | declarations)
    return said | ({DECLARED: declared} if declared else {}) | draw(visibility)


def side(said):
    known = not said["private"] and said["state"] != "draft"
    return Snapshot(said, public=known and said["state"] == "active", history_public=known)


def applied(before, entries):
    """The answers after some events, replayed as a reader of the history would."""
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
def test_replaying_the_events_of_a_change_gives_what_is_said_after_it(before, after):
    assert applied(before, draft_events(side(before), side(after))) == after


@given(answers())
def test_no_change_is_no_event(said):
    assert draft_events(side(said), side(dict(said))) == ()


@given(answers(), answers())
def test_an_event_that_anyone_may_read_says_nothing_that_was_not_public_before_and_after(before, after):
    old, new = side(before), side(after)
    for entry in draft_events(old, new):
        said = {change.field for change in entry.changes} - VISIBILITY
        if entry.public and said:
            assert old.public
            assert new.public


@given(answers(), answers())
def test_each_change_is_told_once(before, after):
    told = [change for entry in draft_events(side(before), side(after)) for change in entry.changes]
    assert sorted(change.field for change in told) == [change.field for change in changes_between(before, after)]


@given(answers(PUBLIC), answers(HIDDEN), st.booleans())
def test_becoming_public_is_told_last_and_leaving_the_public_first(shown_state, hidden_state, leaving):
    before, after = (shown_state, hidden_state) if leaving else (hidden_state, shown_state)
    old, new = side(before), side(after)
    entries = draft_events(old, new)
    shown = entries[-1 if new.public else 0]
    assert shown.public
    assert {change.field for change in shown.changes} <= VISIBILITY
    assert shown.action in ("visibility", "delete", "restore")
    assert not any(entry.public for entry in entries if entry is not shown)


@given(answers())
def test_a_new_dataset_is_one_event_that_is_public_if_the_dataset_is(said):
    (entry,) = draft_events(Snapshot(None), side(said))
    assert (entry.action, entry.public) == ("create", side(said).public)
    assert applied({}, (entry,)) == said


@given(answers(), st.none() | texts)
def test_a_purge_ends_every_answer_and_tells_the_public_of_what_it_knew(said, reason):
    entries = draft_events(side(said), Snapshot(None), reason)
    ended = applied(said, entries)
    assert ended == ({"reason": reason} if reason else {})
    assert {entry.action for entry in entries} == {"purge"}
    assert any(entry.public for entry in entries) == side(said).history_public
    if not side(said).public:
        told = {change.field for entry in entries if entry.public for change in entry.changes}
        assert told <= {"state", "reason"}


@given(answers(), answers())
def test_what_changed_has_canonical_bytes(before, after):
    for change in changes_between(before, after):
        assert canonical_bytes({"before": change.before, "after": change.after})


def test_only_the_declared_questions_that_differ_are_told():
    before = {DECLARED: {"privacy_class": {"state": "unknown"}, "retention_type": {"state": "unknown"}}}
    after = {DECLARED: {"retention_type": {"state": "unknown"}}}
    (change,) = changes_between(before, after)
    assert (change.before, change.after) == ({"privacy_class": {"state": "unknown"}}, None)


def test_what_happened_is_named_by_what_changed():
    active = {"private": True, "state": "active", "owner_org": "a", "privacy_class": "personal"}

    def action(**changed):
        (entry,) = draft_events(side(active), side(active | changed))
        return entry.action

    assert action(privacy_class="non_personal") == "update"
    assert action(owner_org="b") == "move"
    assert action(owner_org="b", privacy_class="non_personal") == "move"
    assert action(collaborators={"editor": 1}) == "access"
    assert action(state="deleted") == "delete"
    assert action(state="draft") == "visibility"
