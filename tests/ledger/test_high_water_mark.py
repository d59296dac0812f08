"""High-water mark beside the key: no key ever signs two logs of one size, also not after a restored backup."""

import errno
import fcntl
import os
import signal

import pytest
from ckan import model
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.ledger import recovery, sequencer, signer
from ckanext.opensmartcity.ledger.high_water_mark import HighWaterMark
from ckanext.opensmartcity.ledger.model import log as ledger_log
from ckanext.opensmartcity.ledger.signer import LogError
from ckanext.opensmartcity.tlog.checkpoint import parse_checkpoint
from click.testing import CliRunner
from ledger.conftest import Snapshot, append, assert_consistent, rows
from support.processes import exit_code_of, fork

pytestmark = pytest.mark.usefixtures("empty_ledger")


@pytest.fixture
def mark(signing_key):
    return HighWaterMark(signing_key)


@pytest.fixture
def restored(mark):
    """A log that was signed at 3 and 6, restored to 3; return the notes that were signed."""
    append(3)
    notes = [str(sequencer.checkpoint().signed.note)]
    backup = Snapshot()
    append(3, tag="lost")
    notes.append(str(sequencer.checkpoint().signed.note))
    backup.restore(keep_mark=True)
    return notes


def assert_one_root_for_each_size(*notes):
    stored = [row.note for row in rows("SELECT note FROM opensmartcity_checkpoint")]
    signed = {(checkpoint.size, checkpoint.root) for checkpoint in map(parse_checkpoint, [*notes, *stored])}
    assert len({size for size, _root in signed}) == len(signed)


def test_the_mark_is_the_newest_checkpoint(mark):
    for count in (2, 3):
        append(count)
        assert str(sequencer.checkpoint().signed.note) == mark.path.read_text()
    assert not list(mark.path.parent.glob(".*"))


@pytest.mark.parametrize("more", [0, 1, 3, 5])
def test_a_restored_log_of_any_size_is_not_signed(restored, mark, more):
    append(more, tag="other")
    for _ in range(2):
        with pytest.raises(LogError, match=r"ledger resume --after-restore|does not verify") as error:
            sequencer.checkpoint()
        assert "\n" not in str(error.value)
    assert mark.path.read_text() == restored[1]
    assert_one_root_for_each_size(*restored)


@pytest.mark.parametrize("more", [0, 2, 3, 5])
def test_it_goes_on_openly(restored, mark, run, tmp_path, more):
    append(more, tag="other")
    note = run("resume", "--after-restore", "--reason", "The disk broke").stdout
    signed = parse_checkpoint(note)
    assert signed.size == max(7, 3 + more + 1)
    assert mark.path.read_text() == note
    assert mark.abandoned.read_text() == restored[1]
    (event,) = [
        event
        for event in call_action("governance_changes")["events"]
        if event["action"] == "resume" and event["public"]
    ]
    lost = parse_checkpoint(restored[1])
    assert event["changes"][0]["after"][0].startswith(f"{lost.size} ")
    assert event["changes"][1]["after"] == "The disk broke"
    append(2, tag="after")
    sequencer.checkpoint()
    assert_consistent()
    assert_one_root_for_each_size(*restored)
    run("verify")
    run("export", tmp_path / "history")
    key = rows("SELECT key FROM opensmartcity_key")[0].key
    result = CliRunner().invoke(main, ["verify", str(tmp_path / "history"), "--key", key])
    assert (result.exit_code, "Slipped" in result.output) == (0, False), result.output
    (tmp_path / "kept").write_text(restored[1])
    kept = ["--checkpoint", str(tmp_path / "kept")]
    assert CliRunner().invoke(main, ["verify", str(tmp_path / "history"), "--key", key, *kept]).exit_code == 1


def test_a_second_restore_is_noticed_too(restored, mark, run):
    backup = Snapshot()
    notes = [*restored, run("resume", "--after-restore").stdout]
    append(1, tag="after")
    notes.append(str(sequencer.checkpoint().signed.note))
    backup.restore(keep_mark=True)
    append(4, tag="again")
    with pytest.raises(LogError, match="resume"):
        sequencer.checkpoint()
    notes.append(run("resume", "--after-restore").stdout)
    assert_one_root_for_each_size(*notes)
    assert mark.abandoned.read_text() == notes[1] + notes[3]
    run("verify")


def test_the_ledger_names_every_checkpoint_that_no_longer_counts(restored, run):
    run("resume", "--after-restore")
    backup = Snapshot()
    append(1, tag="after")
    sequencer.checkpoint()
    backup.restore(keep_mark=True)
    run("resume", "--after-restore")
    first, second = [
        event["changes"][0]
        for event in reversed(call_action("governance_changes")["events"])
        if event["action"] == "resume" and event["public"]
    ]
    assert (first["before"], second["before"]) == (None, first["after"])
    assert [text.split()[0] for text in second["after"]] == ["6", "8"]
    run("verify")


def test_there_is_nothing_to_resume_where_nothing_is_lost(run):
    append(2)
    assert "just run ckan opensmartcity ledger checkpoint" in run("resume", "--after-restore", code=1).output
    run("checkpoint")
    append(1)
    assert "just run ckan opensmartcity ledger checkpoint" in run("resume", "--after-restore", code=1).output
    assert run("resume", code=2)


def _die(*_args, **_values):
    os.kill(os.getpid(), signal.SIGKILL)


STEPS = {
    "record": (recovery, "_record"),
    "abandon": (HighWaterMark, "abandon"),
    "write": (HighWaterMark, "write"),
    "sign": (signer, "sign_checkpoint"),
    "store": (ledger_log, "add"),
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_resume_can_be_run_again(restored, step, after):
    owner, name = STEPS[step]
    original = getattr(owner, name)

    def dying():
        setattr(owner, name, (lambda *args: (original(*args), _die())) if after else _die)
        recovery.resume_after_restore(None)

    assert exit_code_of(fork(dying)) == -signal.SIGKILL
    try:
        recovery.resume_after_restore(None)
    except LogError as error:
        # The mark was moved: the log holds everything.
        assert "just run" in str(error)  # noqa: PT017
        sequencer.checkpoint()
    assert_consistent()
    assert_one_root_for_each_size(*restored)
    public = rows("SELECT count(*) FROM opensmartcity_event WHERE action = 'resume' AND public")
    assert public[0][0] == 1


def test_a_killed_signer_leaves_a_mark_from_which_the_log_goes_on(mark):
    append(2)
    sequencer.checkpoint()
    append(2)

    def dying():
        ledger_log.add = _die
        sequencer.checkpoint()

    assert exit_code_of(fork(dying)) == -signal.SIGKILL
    ahead = mark.path.read_text()
    assert parse_checkpoint(ahead).size == 4
    append(1)
    sequencer.checkpoint()
    assert_one_root_for_each_size(ahead)
    assert_consistent()


@pytest.mark.parametrize("content", ["", "no checkpoint", "city.example/x\n5\nAAAA\n\n— a b\n"])
def test_a_damaged_mark_stops_signing_in_one_line(mark, content):
    append(1)
    sequencer.checkpoint()
    append(1)
    mark.path.write_text(content)
    with pytest.raises(LogError, match="is not a checkpoint that the key signed"):
        sequencer.checkpoint()


def test_a_mark_of_another_key_stops_signing(mark, tmp_path, ckan_config):
    append(1)
    sequencer.checkpoint()
    other = signer.make_key(tmp_path / "other", "test.ckan.net/opensmartcity")
    signed = parse_checkpoint(mark.path.read_text())
    mark.path.write_text(str(signer.sign_checkpoint(signed.checkpoint, [other]).note))
    append(1)
    with pytest.raises(LogError, match="a key that you did not give"):
        sequencer.checkpoint()


def test_a_mark_that_cannot_be_written_stops_signing(mark, monkeypatch):
    append(1)

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device", str(mark.path))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(LogError, match="No space left on device"):
            sequencer.checkpoint()
    assert rows("SELECT count(*) FROM opensmartcity_checkpoint")[0][0] == 0
    model.Session.rollback()
    sequencer.checkpoint()
    assert_consistent()


def test_one_process_at_a_time_reads_and_writes_the_mark(mark):
    with mark.locked(), mark._lock.open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with mark._lock.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_new_key_is_not_put_beside_the_mark_of_another_one(mark, tmp_path):
    (tmp_path / "gone.pem.checkpoint").write_text("of a key that was deleted")
    with pytest.raises(LogError, match="name another file"):
        signer.make_key(tmp_path / "gone.pem", "test.ckan.net/opensmartcity")


def test_a_rotation_moves_the_marks_of_both_keys(mark, tmp_path):
    append(2)
    sequencer.checkpoint()
    signer.make_key(tmp_path / "new.pem", "test.ckan.net/opensmartcity")
    append(1)
    list(sequencer.sequence(model.Session()))
    signed = signer.rotate(model.Session(), tmp_path / "new.pem")
    assert mark.path.read_text() == HighWaterMark(tmp_path / "new.pem").path.read_text() == str(signed.note)
