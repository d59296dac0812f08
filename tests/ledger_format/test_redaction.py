"""Redacted events: what is left of them, the event that records it, and their verification without a portal."""

import json

import pytest
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.event import leaf_hash
from ckanext.opensmartcity.ledger_format.redaction import digest_of, redact_event, redacted_fields, redactions_in
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from ledger_format.logs import Log

VALUES = st.one_of(st.none(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=2))
FIELDS = ("fitness_limits", "fitness_purpose", "governance_declared")
EVENTS = st.fixed_dictionaries(
    {
        "action": st.just("update"),
        "nonce": st.just("0" * 32),
        "changes": st.lists(
            st.fixed_dictionaries({"field": st.sampled_from(FIELDS), "before": VALUES, "after": VALUES}),
            unique_by=lambda change: change["field"],
        ),
    }
)
SELECTIONS = st.dictionaries(st.sampled_from(FIELDS), st.sets(st.sampled_from(["before", "after"]), min_size=1))


@given(EVENTS, SELECTIONS, SELECTIONS)
def test_the_chosen_values_and_the_nonce_are_gone_and_the_rest_stays(event, first, second):
    left = redact_event(redact_event(event, first, "1" * 32), second, "2" * 32)
    assert left["nonce"] == "2" * 32
    assert left["action"] == event["action"]
    for change, before in zip(left["changes"], event["changes"], strict=True):
        erased = first.get(change["field"], set()) | second.get(change["field"], set())
        assert set(change.get("redacted", [])) == erased
        for side in ("before", "after"):
            assert change[side] == (None if side in erased else before[side])
    chosen = {name for selection in (first, second) for name in selection}
    assert redacted_fields(left).keys() == chosen & {change["field"] for change in event["changes"]}


def test_the_digest_is_the_sha256_of_the_canonical_json():
    """Computed with `printf '{"a":1,"b":"ü"}' | sha256sum`."""
    assert digest_of({"b": "ü", "a": 1}) == "1a59e522e02ce50ad2c27c11a6d30f8667489c199580627fe9e3e33e2b0e91d5"


@pytest.fixture
def redacted():
    """Twelve events of three subjects; the value of event 3, which is also before that of event 6, is redacted."""
    log = Log()
    log.grow(12)
    log.old = log.whole()
    log.redact(3, **{field_of(log, 3): ["after"]})
    log.redact(6, **{field_of(log, 3): ["before"]})
    return log


def field_of(log, index):
    return log.bodies[index]["changes"][0]["field"]


def entry(lines, index):
    """Return the number of the line with this index, and its content."""
    for number, line in enumerate(lines):
        content = json.loads(line)
        content = content.get("result", content)
        if content.get("index") == index:
            return number, content
    raise LookupError(index)


def replaced(lines, index, **content):
    number, old = entry(lines, index)
    new = {name: value for name, value in (old | content).items() if value is not None}
    return [*lines[:number], json.dumps({"result": new}), *lines[number + 1 :]]


@pytest.mark.parametrize("form", [Log.whole, lambda log: log.part(0)], ids=["whole", "part"])
class TestVerification:
    """In the whole log and in the history of one dataset."""

    def test_redacted_events_are_verified_and_counted(self, verify, redacted, form):
        verdict = verify(
            redacted, form(redacted), kept=[str(redacted.checkpoints[0].note)] if form is Log.whole else []
        )
        assert (verdict.exit_code, verdict.findings) == (0, [])
        assert verdict.summary["redacted"] == 2
        lines = [line for line in form(redacted) if '"redacted":{"action"' in line]
        assert len(lines) == 2

    def test_another_field_of_a_redacted_event_may_be_redacted_later(self, verify, redacted, form):
        redacted.redact(3, **{field_of(redacted, 3): ["before", "after"]})
        verdict = verify(redacted, form(redacted))
        assert (verdict.exit_code, verdict.summary["redacted"]) == (0, 2)

    def test_a_value_that_was_removed_without_a_redaction_is_found(self, verify, redacted, form):
        body = redacted.bodies[9]
        left = redact_event(body, {field_of(redacted, 9): ["after"]}, "0" * 32)
        verdict = verify(redacted, replaced(form(redacted), 9, event=None, redacted=left))
        assert [found["event"] for found in verdict.of("redaction")] == [body["id"]]
        assert verdict.exit_code == 1

    @pytest.mark.parametrize("key", ["nonce", "at", "public", "action", "by", "changes", "previous"])
    def test_an_alteration_of_what_is_left_is_found(self, verify, redacted, form, key):
        left = dict(redacted.left[3])
        left[key] = {
            "nonce": "f" * 32,
            "at": "2026-05-01T00:00:04.000000Z",
            "public": False,
            "action": "create",
            "by": left["by"] | {"role": "admin"},
            "changes": [*left["changes"], {"field": "fitness_limits", "before": None, "after": "Slipped in"}],
            "previous": "0" * 64,
        }[key]
        verdict = verify(redacted, replaced(form(redacted), 3, redacted=left))
        assert (verdict.exit_code, [found["index"] for found in verdict.of("redaction")]) == (1, [3])

    def test_values_that_were_put_back_are_found(self, verify, redacted, form):
        body = redacted.bodies[3]
        verdict = verify(redacted, replaced(form(redacted), 3, redacted=None, event=body))
        assert (verdict.exit_code, verdict.codes) == (1, {"redaction"})
        assert "put back" in verdict.of("redaction")[0]["message"]

    def test_values_that_were_put_back_altered_are_found(self, verify, redacted, form):
        body = redacted.bodies[3]
        body = body | {"changes": [body["changes"][0] | {"after": "Never said"}]}
        verdict = verify(redacted, replaced(form(redacted), 3, redacted=None, event=body))
        assert verdict.exit_code == 1
        assert {"altered", "redaction"} <= verdict.codes

    def test_a_record_of_redaction_that_was_removed_is_missed(self, verify, redacted, form):
        lines = form(redacted)
        number, _ = entry(lines, 12)
        verdict = verify(redacted, [*lines[:number], *lines[number + 1 :]])
        assert verdict.exit_code == 1
        assert [found["index"] for found in verdict.of("redaction")] == [3]

    def test_a_record_of_redaction_that_is_hidden_is_missed(self, verify, redacted, form):
        verdict = verify(redacted, replaced(form(redacted), 12, event=None))
        assert (verdict.exit_code, [found["index"] for found in verdict.of("redaction")]) == (1, [3])

    def test_the_redaction_of_another_event_is_none_of_this_one(self, verify, redacted, form):
        """Event 6 takes the place of event 3 in what its redaction recorded."""
        verdict = verify(redacted, replaced(form(redacted), 3, redacted=redacted.left[6]))
        assert verdict.exit_code == 1
        assert "redaction" in verdict.codes

    def test_the_redaction_of_an_event_that_is_hidden_is_no_finding(self, verify, redacted, form):
        redacted.hidden.add(3)
        verdict = verify(redacted, form(redacted))
        assert (verdict.exit_code, verdict.summary["redacted"], verdict.summary["hidden"]) == (0, 1, 1)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ([], "has missing or unknown keys|of a format that"),
            ({"format": 2}, "of a format"),
            ({}, "does not say which"),
            ({"changes": [{"field": "x", "before": None, "after": "y", "redacted": ["after"]}]}, "does not say which"),
            ({"changes": [{"field": "x", "before": None, "after": None, "redacted": ["both"]}]}, "does not say which"),
            ({"changes": [{"field": "x", "before": None, "after": None, "redacted": []}]}, "does not say which"),
            ({"changes": [{"field": "x", "before": None, "after": None, "redacted": "after"}]}, "does not say which"),
        ],
    )
    def test_a_malformed_redacted_event_is_unreadable(self, verify, redacted, form, content, words):
        plain = redacted.bodies[3]
        body = plain | content if isinstance(content, dict) else content
        verdict = verify(redacted, replaced(form(redacted), 3, redacted=body))
        (found,) = verdict.of("unreadable")
        assert any(text in found["message"] for text in words.split("|"))


def test_a_redaction_in_the_history_of_another_record_does_not_count(verify):
    log = Log()
    log.grow(12)
    log.redact(3, record_in=1, **{field_of(log, 3): ["after"]})
    verdict = verify(log, log.whole())
    assert (verdict.exit_code, [found["index"] for found in verdict.of("redaction")]) == (1, [3])


def test_the_events_after_a_redaction_go_on(verify, redacted):
    redacted.grow(6)
    for lines in (redacted.whole(), redacted.part(0)):
        verdict = verify(redacted, lines)
        assert (verdict.exit_code, verdict.summary["redacted"]) == (0, 2)


def test_a_history_from_before_the_redaction_stays_verified(verify, redacted):
    verdict = verify(redacted, redacted.old)
    assert (verdict.exit_code, verdict.summary["redacted"]) == (0, 0)


def test_a_redaction_that_waits_for_its_checkpoint_is_not_verifiable(verify):
    log = Log()
    log.grow(12)
    log.redact(3, **{field_of(log, 3): ["after"]})
    *lines, last = [line for line in log.whole() if "\\n13\\n" not in line]
    waiting = {name: value for name, value in json.loads(last).items() if name != "index"}
    verdict = verify(log, [*lines, json.dumps(waiting)])
    assert (verdict.exit_code, verdict.summary["redacted"]) == (2, 1)
    assert [(found["code"], found["index"]) for found in verdict.findings] == [("redaction", 3), ("waiting", None)]


def test_a_single_redacted_event_is_in_the_log_but_its_redaction_is_not_proven(verify, redacted):
    lines = [line for line in redacted.part(0) if '"index":3,' in line or "checkpoint" in line]
    verdict = verify(redacted, lines, options=["--inclusion"])
    assert (verdict.exit_code, [found["code"] for found in verdict.not_checked]) == (2, ["redaction"])


def test_the_text_says_how_many_events_are_redacted(verify, redacted, tmp_path):
    (tmp_path / "history").write_text("\n".join(redacted.whole()))
    result = CliRunner().invoke(main, ["verify", str(tmp_path / "history"), "--key", redacted.key])
    assert (result.exit_code, "each recorded as redacted: 2." in result.stdout) == (0, True), result.output


def test_what_a_redaction_records_repeats_no_value(redacted):
    for body in redacted.bodies[12:]:
        ((event_id, redaction),) = redactions_in(body)
        event = next(each for each in redacted.bodies if each["id"] == event_id)
        assert redaction.leaf == leaf_hash(canonical_bytes(event)).hex()
        change = event["changes"][0]
        for side in redaction.fields[change["field"]]:
            assert json.dumps(change[side]) not in json.dumps(body)
        assert event["nonce"] not in json.dumps(body)
