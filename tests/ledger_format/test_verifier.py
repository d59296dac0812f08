"""`opensmartcity verify`: every kind of tampering with a history is detected and reported with its code."""

import copy
import json

import pytest
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.tlog.signed_note import generate_pem, load_signer
from click.testing import CliRunner
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from ledger_format.logs import ORIGIN, Log


def _entry_at(lines, index):
    return next(n for n, line in enumerate(lines) if json.loads(line).get("index") == index)


def _edited(lines, index, edit):
    number = _entry_at(lines, index)
    value = json.loads(lines[number])
    edit(value)
    return [*lines[:number], json.dumps(value, ensure_ascii=False), *lines[number + 1 :]]


class TestWhole:
    """Whole log: its roots are computed from the events."""

    def test_an_untouched_log_fits(self, verify, log):
        verdict = verify(log, log.whole(), kept=[str(log.checkpoints[0].note)])
        assert (verdict.exit_code, verdict.findings) == (0, [])
        assert verdict.summary == {
            "verdict": "verified",
            "checkpoint": 30,
            "events": 30,
            "hidden": 0,
            "redacted": 0,
            "waiting": 0,
            "histories": 0,
            "checkpoints": [10, 20, 30],
            "keys": [log.key],
            "keys_given": True,
        }

    def test_spaces_escapes_and_the_order_of_keys_do_not_matter(self, verify, log):
        lines = [json.dumps(dict(reversed(json.loads(line).items())), indent=None) for line in log.whole()]
        assert verify(log, lines).findings == []

    @pytest.mark.parametrize("hidden", [{0}, {3, 4, 5}, {29}, set(range(30))])
    def test_hidden_events_count_as_hashes_and_break_no_chain(self, verify, log, hidden):
        log.hidden = hidden
        verdict = verify(log, log.whole())
        assert (verdict.findings, verdict.summary["hidden"]) == ([], len(hidden))

    def test_an_altered_event_is_named(self, verify, log):
        def edit(line):
            line["event"]["changes"][0]["after"] = "changed later"

        verdict = verify(log, _edited(log.whole(), 13, edit))
        assert verdict.exit_code == 1
        (found,) = verdict.of("altered")
        assert (found["index"], found["event"]) == (13, log.bodies[13]["id"])
        assert verdict.of("root") == []

    def test_an_event_altered_together_with_its_hash_is_found_by_chain_and_checkpoint(self, verify, log):
        lines = log.whole()
        log.bodies[13]["changes"][0]["after"] = "changed later"
        lines[_entry_at(lines, 13)] = next(line for line in log.whole() if json.loads(line).get("index") == 13)
        verdict = verify(log, lines)
        assert [found["index"] for found in verdict.of("chain")] == [16]
        (found,) = verdict.of("root")
        assert "from index 10 to 19" in found["message"]

    @pytest.mark.parametrize("index", [0, 13, 28])
    def test_a_deleted_event_is_named(self, verify, log, index):
        lines = log.whole()
        del lines[_entry_at(lines, index)]
        verdict = verify(log, lines)
        (found,) = verdict.of("missing")
        assert f"from index {index} to {index}" in found["message"]

    def test_events_deleted_at_the_end_are_missed(self, verify, log):
        verdict = verify(log, log.whole()[:-2])
        (found,) = verdict.of("shorter")
        assert "28 events" in found["message"]
        assert "30" in found["message"]

    def test_an_inserted_event_is_found(self, verify, log):
        extra = copy.deepcopy(log.bodies[13])
        extra["id"], extra["previous"] = "00000000-0000-0000-0000-000000000000", None
        log.bodies.insert(14, extra)
        verdict = verify(log, log.whole())
        assert {"chain", "root"} <= verdict.codes
        assert [found["event"] for found in verdict.of("chain")] == [extra["id"], log.bodies[17]["id"]]

    def test_an_event_inserted_at_the_end_is_covered_by_no_checkpoint(self, verify, log):
        extra = copy.deepcopy(log.bodies[29])
        extra["id"] = "00000000-0000-0000-0000-000000000000"
        log.bodies.append(extra)
        verdict = verify(log, log.whole())
        (found,) = verdict.of("unproven")
        assert verdict.exit_code != 0
        assert "from index 30 on" in found["message"]

    def test_a_doubled_event_is_named(self, verify, log):
        lines = log.whole()
        lines.insert(_entry_at(lines, 14), lines[_entry_at(lines, 13)])
        verdict = verify(log, lines)
        assert [found["index"] for found in verdict.of("order")] == [13]
        assert [found["event"] for found in verdict.of("doubled")] == [log.bodies[13]["id"]]

    def test_swapped_lines_are_found(self, verify, log):
        lines = log.whole()
        one, other = _entry_at(lines, 13), _entry_at(lines, 14)
        lines[one], lines[other] = lines[other], lines[one]
        verdict = verify(log, lines)
        assert {"missing", "order"} <= verdict.codes

    def test_events_swapped_under_their_indexes_are_found(self, verify, log):
        lines = log.whole()
        log.bodies[13], log.bodies[14] = log.bodies[14], log.bodies[13]
        swapped = lines[:4] + log.whole()[4:]
        verdict = verify(log, swapped)
        (found,) = verdict.of("root")
        assert "from index 10 to 19" in found["message"]

    def test_a_renumbered_event_is_found(self, verify, log):
        verdict = verify(log, _edited(log.whole(), 13, lambda line: line.update(index=31)))
        assert "from index 13 to 30" in verdict.of("missing")[0]["message"]

    def test_an_answer_before_that_was_never_given_is_named(self, verify):
        log = Log(subjects=1)
        log.grow(5)
        log.bodies[4]["changes"][0]["before"] = "never said"
        log.chain()
        (found,) = verify(log, log.whole()).findings
        assert (found["code"], found["index"]) == ("before", 4)

    def test_entries_of_one_answer_are_followed_each_by_itself(self, verify):
        log, declared = Log(subjects=1), {"state": "unknown"}
        log.grow(4)
        sides = [(None, {"a": declared}), (None, {"b": declared}), ({"a": declared}, None), ({"a": declared}, None)]
        for body, (before, after) in zip(log.bodies, sides, strict=True):
            body["changes"] = [{"field": "governance_declared", "before": before, "after": after}]
        log.chain()
        (found,) = verify(log, log.whole()).findings
        assert (found["code"], found["index"]) == ("before", 3)
        assert "governance_declared.a" in found["message"]

    def test_a_time_before_the_last_event_is_remarked(self, verify):
        log = Log(subjects=1)
        log.grow(5)
        log.bodies[4]["at"] = "2020-01-01T00:00:00.000000Z"
        log.chain()
        verdict = verify(log, log.whole())
        (found,) = verdict.findings
        assert (found["code"], found["index"], found["remark"]) == ("time", 4, True)
        assert verdict.exit_code == 0

    def test_a_log_built_anew_is_found_by_a_kept_checkpoint(self, verify, log):
        kept = str(log.checkpoints[1].note)
        anew = Log(signer=log.signer)
        for _ in range(4):
            anew.grow(10)
        assert verify(log, anew.whole()).findings == []
        verdict = verify(log, anew.whole(), kept=[kept])
        assert verdict.codes == {"rebuilt"}
        assert "rebuilt" in verdict.of("rebuilt")[0]["message"]

    def test_a_log_built_anew_without_that_checkpoint_is_found(self, verify, log):
        kept = str(log.checkpoints[1].note)
        anew = Log(signer=log.signer)
        anew.grow(40)
        verdict = verify(log, anew.whole(), kept=[kept])
        assert verdict.codes == {"rebuilt"}

    def test_a_restored_backup_is_found_by_a_kept_checkpoint(self, verify, log):
        kept = str(log.checkpoints[2].note)
        del log.bodies[20:], log.checkpoints[2:]
        assert verify(log, log.whole()).findings == []
        (found,) = verify(log, log.whole(), kept=[kept]).findings
        assert found["code"] == "shorter"
        assert "older backup" in found["message"]

    def test_a_restored_backup_that_went_on_is_found(self, verify, log):
        kept = str(log.checkpoints[2].note)
        del log.bodies[20:], log.checkpoints[2:]
        other = Log(signer=log.signer)
        other.bodies, other.checkpoints = log.bodies, log.checkpoints
        other.subjects = 1
        for number in range(15):
            other.bodies.append(
                {
                    **copy.deepcopy(log.bodies[0]),
                    "id": f"new {number}",
                    "subject": {"type": "dataset", "id": f"new {number}"},
                }
            )
        other.sign()
        verdict = verify(log, other.whole(), kept=[kept])
        assert verdict.codes == {"rebuilt"}

    def test_the_heads_of_the_histories_must_be_those_of_the_events(self, verify, log):
        forged = Log(subjects=2, signer=log.signer)
        forged.grow(30)
        log.subject_tree = forged.subject_tree
        log.checkpoints.pop()
        log.sign()
        assert verify(log, log.whole()).codes == {"history"}
        # Of hidden events the subject is unknown.
        log.hidden = {4}
        assert verify(log, log.whole()).codes == set()


class TestPart:
    """History of one dataset: each event has an inclusion proof."""

    def test_an_untouched_part_fits(self, verify, log):
        verdict = verify(log, log.part(1))
        assert (verdict.exit_code, verdict.findings, verdict.summary["events"]) == (0, [], 10)
        assert (verdict.summary["histories"], verdict.summary["checkpoint"]) == (1, 30)

    @pytest.mark.parametrize("hidden", [{1}, {4, 7}, {28}])
    def test_hidden_events_of_it_are_proven_as_hashes(self, verify, log, hidden):
        log.hidden = hidden
        assert verify(log, log.part(1)).findings == []

    def test_an_altered_event_is_named(self, verify, log):
        def edit(line):
            line["event"]["by"]["role"] = "system"

        verdict = verify(log, _edited(log.part(1), 13, edit))
        assert [found["index"] for found in verdict.of("altered")] == [13]
        assert verdict.of("proof") == []

    def test_an_event_altered_together_with_its_hash_is_named(self, verify, log):
        lines = log.part(1)
        log.bodies[13]["by"]["role"] = "system"
        proof = json.loads(lines[_entry_at(lines, 13)])["proof"]
        forged = json.loads(next(line for line in log.part(1) if json.loads(line).get("index") == 13))
        lines[_entry_at(lines, 13)] = json.dumps({**forged, "proof": proof})
        verdict = verify(log, lines)
        assert [found["index"] for found in verdict.of("proof")] == [13]
        assert [found["index"] for found in verdict.of("chain")] == [16]
        assert verdict.exit_code == 1

    def test_a_deleted_event_is_missed_by_the_next(self, verify, log):
        lines = log.part(1)
        del lines[_entry_at(lines, 13)]
        verdict = verify(log, lines)
        assert [found["index"] for found in verdict.of("chain")] == [16]
        assert "has 10 events in the log of 30 events, and here are 9" in verdict.of("history")[0]["message"]

    @pytest.mark.parametrize("edit", [{"index": 14}, {"size": 20}, {"proof": []}, {"size": 29}])
    def test_a_proof_for_something_else_proves_nothing(self, verify, log, edit):
        verdict = verify(log, _edited(log.part(1), 13, lambda line: line.update(edit)))
        assert verdict.codes & {"proof", "unproven"}
        assert verdict.exit_code != 0

    def test_swapped_events_are_found(self, verify, log):
        lines = log.part(1)
        one, other = _entry_at(lines, 13), _entry_at(lines, 16)
        lines[one], lines[other] = lines[other], lines[one]
        assert {"order", "chain"} <= verify(log, lines).codes

    def test_a_kept_checkpoint_needs_a_proof(self, verify, log):
        kept = str(log.checkpoints[0].note)
        (found,) = verify(log, log.part(1), kept=[kept]).findings
        assert found["code"] == "unlinked"
        assert "from_size=10 and size=30" in found["message"]
        assert verify(log, [*log.part(1), log.consistency(10, 30)], kept=[kept]).findings == []

    def test_the_proof_may_come_as_an_answer_of_the_api_over_many_lines(self, verify, log):
        answer = json.dumps({"success": True, "result": json.loads(log.consistency(10, 30))}, indent=2)
        assert verify(log, log.part(1), kept=[str(log.checkpoints[0].note)], more=[[answer]]).findings == []

    def test_a_log_built_anew_has_no_proof_from_a_kept_checkpoint(self, verify, log):
        kept = str(log.checkpoints[0].note)
        anew = Log(signer=log.signer)
        anew.grow(30)
        verdict = verify(log, [*anew.part(1), anew.consistency(10, 30)], kept=[kept])
        assert verdict.codes == {"rebuilt"}

    def test_a_restored_backup_is_found(self, verify, log):
        kept = str(log.checkpoints[2].note)
        del log.bodies[20:], log.checkpoints[2:]
        verdict = verify(log, log.part(1), kept=[kept])
        assert (verdict.exit_code, verdict.codes) == (2, {"shorter"})


class TestCompleteness:
    """A history is complete, or it is not verifiable; it is never verified in part."""

    @pytest.mark.parametrize("hidden", [set(), {1, 4}, {25, 28}])
    @pytest.mark.parametrize("cut", [[9], [8, 9], list(range(10)), [0], [4], [4, 5], [0, 9]])
    def test_a_history_without_some_of_its_events_is_incomplete(self, verify, log, cut, hidden):
        log.hidden = hidden
        lines = log.part(1)
        first = len(lines) - 10
        verdict = verify(log, [line for number, line in enumerate(lines) if number - first not in cut])
        assert (verdict.exit_code, bool(verdict.of("history"))) == (1, True)
        (found,) = verdict.of("history")
        assert found["line"] == first

    @pytest.mark.parametrize("cut", [0, 1, 2])
    def test_a_history_without_its_head_cannot_be_told_to_be_complete(self, verify, log, cut):
        lines = [line for line in log.part(1) if '"history"' not in line]
        verdict = verify(log, lines[: len(lines) - cut])
        assert (verdict.exit_code, verdict.codes) == (2, {"history"})
        assert "cannot be told whether newer events exist" in verdict.findings[0]["message"]

    def test_a_history_of_an_earlier_version_is_read_and_not_verifiable(self, verify):
        log = Log(heads=False)
        log.grow(30)
        verdict = verify(log, log.part(1))
        assert (verdict.exit_code, verdict.codes, verdict.summary["checkpoint"]) == (2, {"history"}, 30)
        assert verify(log, log.whole()).exit_code == 0

    def test_single_events_are_verified_without_their_history(self, verify, log):
        event = [line for line in log.part(1) if '"index": 13' in line or '"index":13' in line]
        lines = [*log.evidence(), *event]
        assert verify(log, lines).codes == {"history", "chain"}
        verdict = verify(log, lines, options=["--inclusion"])
        assert (verdict.exit_code, verdict.findings, verdict.summary["histories"]) == (0, [], 0)

    def test_the_head_of_another_history_proves_nothing(self, verify, log):
        lines = log.part(1)
        lines[4] = log.history(2)
        assert verify(log, lines).exit_code == 1

    @pytest.mark.parametrize("edit", [{"events": 9}, {"digest": "0" * 64}, {"position": 0}, {"proof": []}])
    def test_an_altered_head_is_found(self, verify, log, edit):
        lines = log.part(1)
        line = json.loads(lines[4])
        lines[4] = json.dumps({"history": line["history"] | edit})
        verdict = verify(log, lines)
        assert verdict.exit_code == 1
        assert verdict.of("history")

    @pytest.mark.parametrize("edit", [{"size": 20}, {"size": 29}, {"subject": "another"}])
    def test_a_head_for_something_else_proves_nothing(self, verify, log, edit):
        lines = log.part(1)
        line = json.loads(lines[4])
        lines[4] = json.dumps({"history": line["history"] | edit})
        assert verify(log, lines).exit_code != 0

    def test_two_histories_in_one_file_are_told_apart(self, verify, log):
        log.hidden = {4, 5}
        lines = [*log.part(1), *log.part(2)[4:]]
        verdict = verify(log, lines)
        # The order of indexes begins anew.
        assert verdict.codes == {"order"}
        assert verify(log, log.part(1), more=[log.part(2)]).summary["histories"] == 2

    def test_events_of_another_history_are_no_part_of_it(self, verify, log):
        lines = log.part(1)
        extra = json.loads(next(line for line in log.part(2) if '"index":29' in line))
        verdict = verify(log, [*lines, json.dumps(extra)])
        assert verdict.exit_code != 0

    def test_a_later_checkpoint_does_not_extend_an_earlier_history(self, verify, log):
        lines = log.part(1)
        log.grow(10)
        verdict = verify(log, [*lines, log.consistency(30, 40)], kept=[str(log.checkpoints[-1].note)])
        assert (verdict.exit_code, verdict.summary["checkpoint"]) == (0, 30)


class TestNothing:
    """Verdicts of files in which nothing can be verified: never yes."""

    @pytest.mark.parametrize("kept", [True, False])
    @pytest.mark.parametrize("lines", [[""], ["", "  ", ""], "header", "keys", "checkpoint", "note"], ids=str)
    def test_a_file_without_events_is_not_verifiable(self, verify, log, lines, kept):
        content = {
            "header": log.evidence(),
            "keys": log.evidence()[:1],
            "checkpoint": log.evidence()[-1:],
            "note": [json.dumps({"checkpoint": str(log.checkpoints[-1].note), "result": None})],
        }
        lines = content.get(lines, lines) if isinstance(lines, str) else lines
        verdict = verify(log, lines, kept=[str(log.checkpoints[-1].note)] if kept else [])
        assert verdict.exit_code == 2
        assert "nothing" in verdict.codes or "unreadable" in verdict.codes

    def test_an_empty_file_beside_a_good_one_is_named(self, verify, log):
        verdict = verify(log, log.part(1), more=[[""]])
        assert (verdict.exit_code, verdict.codes) == (2, {"nothing"})
        assert verdict.findings[0]["file"].endswith("1.jsonl")

    def test_an_empty_log_has_nothing_to_verify(self, verify):
        log = Log()
        log.sign()
        assert verify(log, log.whole()).exit_code == 2

    def test_events_that_are_not_in_the_log_yet_are_not_verified(self, verify, log):
        waiting = json.dumps({"event": log.bodies[29] | {"id": "another", "previous": None}})
        verdict = verify(log, [*log.part(2), waiting])
        assert "waiting" in verdict.codes
        assert verdict.exit_code != 0

    @pytest.mark.parametrize("damaged", [True, False])
    def test_a_consistency_proof_that_was_not_used_is_named(self, verify, log, damaged):
        (proof,) = [json.loads(log.consistency(10, 30))]
        if damaged:
            proof["consistency"]["proof"][0] = "0" * 64
        lines = [log.evidence()[0], *log.evidence()[3:], *log.part(1)[4:], json.dumps(proof)]
        verdict = verify(log, lines)
        assert (verdict.exit_code, verdict.codes) == (2, {"unlinked"})
        assert "no signed checkpoint of 10 events" in verdict.findings[0]["message"]
        verdict = verify(log, lines, kept=[str(log.checkpoints[0].note)])
        assert verdict.exit_code == int(damaged)

    def test_every_damaged_consistency_proof_is_found_where_both_checkpoints_are_given(self, verify, log):
        proof = json.loads(log.consistency(10, 30))
        proof["consistency"]["proof"][-1] = "0" * 64
        assert verify(log, [*log.part(1), json.dumps(proof)]).codes == {"rebuilt"}


class TestKeys:
    """Given, published, unknown and rotated keys, and damaged signatures."""

    def test_the_key_of_the_file_is_used_with_a_warning(self, verify, log):
        verdict = verify(log, log.whole(), key=False)
        assert verdict.exit_code == 0
        (found,) = verdict.findings
        assert (found["code"], found["remark"]) == ("key_from_file", True)
        assert verdict.summary["keys_given"] is False

    def test_the_key_of_the_file_is_not_used_beside_a_given_one(self, verify, log):
        other = load_signer(ORIGIN, generate_pem())
        verdict = verify(log, log.whole(), key=str(other.key))
        assert verdict.exit_code == 2
        assert {"unknown_key", "no_checkpoint"} <= verdict.codes

    def test_a_damaged_signature_is_named(self, verify, log):
        note = str(log.checkpoints[2].note)
        lines = [line.replace(json.dumps("\n30\n")[1:-1], json.dumps("\n31\n")[1:-1]) for line in log.whole()]
        assert note not in "".join(lines)
        verdict = verify(log, lines)
        assert verdict.of("signature")[0]["line"] == 4

    def test_a_checkpoint_of_another_log_is_named(self, verify, log):
        other = Log(signer=load_signer("other.example/opensmartcity", generate_pem()))
        other.grow(10)
        verdict = verify(log, log.whole(), kept=[str(other.checkpoints[0].note)], key=str(other.signer.key))
        assert "origin" in verdict.codes

    def test_two_signed_logs_of_one_size_are_named(self, verify, log):
        anew = Log(signer=log.signer)
        anew.grow(30)
        verdict = verify(log, log.whole(), kept=[str(anew.checkpoints[0].note)])
        assert "rebuilt" in verdict.codes

    def test_a_rotated_key_is_followed_by_the_checkpoint_that_both_signed(self, verify, log, tmp_path):
        new = load_signer(ORIGIN, generate_pem())
        log.sign(log.signer, new)
        old_key, log.signer = log.key, new
        log.grow(10)
        keys = tmp_path / "keys.txt"
        keys.write_text(f"# the old one\n{old_key}\n{new.key}\n")
        assert verify(log, log.whole(), key=str(keys)).findings == []
        verdict = verify(log, log.whole(), key=str(new.key))
        assert verdict.codes == {"unknown_key"}
        assert verdict.exit_code == 2


class TestUnreadable:
    """Unreadable input is reported with its line and a message."""

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ('{"event": ', "not JSON"),
            ("[1]", "object"),
            ('{"event": 1}', "format"),
            ('{"event": {"format": 2}}', "format"),
            ('{"leaf": "00"}', "hex"),
            ('{"leaf": "' + "0" * 64 + '"}', "index"),
            ('{"index": -1, "leaf": "' + "0" * 64 + '"}', "0 or more"),
            ('{"index": 1.5, "leaf": "' + "0" * 64 + '"}', "0 or more"),
            ('{"index": 1, "index": 2, "leaf": "' + "0" * 64 + '"}', "twice"),
            ('{"index": 1e400, "leaf": "' + "0" * 64 + '"}', "0 or more"),
            ('{"index": ' + "9" * 5000 + ', "leaf": "' + "0" * 64 + '"}', "too large"),
            ('{"index": NaN, "leaf": "' + "0" * 64 + '"}', "not a number"),
            ("[" * 100_000 + '"leaf"', "nested"),
            ('{"checkpoint": "no"}', "not a signed note"),
            ('{"key": "no"}', "not a public key"),
            ('{"consistency": []}', "must be an object"),
            ('{"something": 1}', "does not know"),
            ('{"index": 1}', "holds no event"),
        ],
    )
    def test_a_bad_line_is_named(self, verify, log, line, words):
        verdict = verify(log, [*log.whole(), line])
        (found,) = verdict.of("unreadable")
        assert found["line"] == 35
        assert words in found["message"]
        assert verdict.exit_code == 1

    def test_bytes_that_are_not_utf8_are_named(self, log, tmp_path):
        path = tmp_path / "history"
        path.write_bytes("\n".join(log.whole()).encode() + b'\n{"leaf": "\xff"}\n')
        result = CliRunner().invoke(main, ["verify", str(path), "--key", log.key])
        assert "history:35: unreadable: This is not UTF-8." in result.stdout
        assert result.exit_code == 1

    def test_a_file_that_is_not_there_is_named(self, log, tmp_path):
        result = CliRunner().invoke(main, ["verify", str(tmp_path / "none"), "--key", log.key])
        assert result.exit_code == 2
        assert "none: unreadable: No such file" in result.stdout

    def test_a_file_without_anything_readable_gives_2(self, log, tmp_path):
        path = tmp_path / "page.html"
        path.write_text("<html>\nnot found\n")
        assert CliRunner().invoke(main, ["verify", str(path), "--key", log.key]).exit_code == 2

    def test_a_bad_key_is_refused(self, log, tmp_path):
        path = tmp_path / "empty"
        path.write_text("")
        for key in ["nonsense", "a+b+c", str(path), str(tmp_path)]:
            result = CliRunner().invoke(main, ["verify", str(path), "--key", key])
            assert result.exit_code == 2
            assert "Traceback" not in result.output

    def test_a_kept_checkpoint_with_other_ends_of_line_is_read(self, log, tmp_path):
        history, kept = tmp_path / "history", tmp_path / "kept"
        history.write_text("\n".join(log.whole()))
        kept.write_bytes(str(log.checkpoints[1].note).replace("\n", "\r\n").encode() + b"\r\n")
        result = CliRunner().invoke(main, ["verify", str(history), "--checkpoint", str(kept), "--key", log.key])
        words = "Verified: 30 events, up to the checkpoint of 30 events. Complete histories: 0.\n"
        assert (result.exit_code, result.stdout) == (0, words)


LOG = Log(subjects=4)
LOG.grow(17)
LOG.grow(16)
WHOLE, PART = LOG.whole(), LOG.part(2)


@given(st.sampled_from([WHOLE, PART]), st.data())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_character_of_an_entry_is_detected(verify, lines, data):
    number = data.draw(st.integers(3, len(lines) - 1))
    line = lines[number]
    at = data.draw(st.integers(0, len(line) - 1))
    letter = data.draw(st.sampled_from('0123456789abcdef{}[]",:x \\'))
    damaged = line[:at] + letter + line[at + 1 :]
    same = _value(damaged) == json.loads(line)
    note(f"line {number}: {damaged}")
    verdict = verify(LOG, [*lines[:number], damaged, *lines[number + 1 :]])
    assert (verdict.exit_code == 0) == same


def _value(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


@given(st.lists(st.integers(0, len(WHOLE) - 1)))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_selection_or_order_of_lines_is_detected(verify, order):
    lines = [WHOLE[number] for number in order]
    entries = [line for line in lines if '"event"' in line]
    verdict = verify(LOG, lines)
    whole = entries in (WHOLE[3:], WHOLE[3:20], [])
    assert whole or verdict.exit_code != 0


def test_translated_messages_keep_their_values(log, tmp_path):
    path = tmp_path / "history"
    path.write_text("\n".join(log.whole()[:-1]))
    result = CliRunner().invoke(main, ["verify", str(path), "--key", log.key, "--lang", "nl"])
    assert result.exit_code == 1
    assert "29" in result.stdout
