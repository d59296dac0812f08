"""Sequencer and signer: each committed event becomes one leaf, in order, and the log is signed."""

import os
import signal

import pytest
from ckan import model
from ckanext.opensmartcity.ledger import sequencer, signer
from ckanext.opensmartcity.ledger.high_water_mark import HighWaterMark
from ckanext.opensmartcity.ledger.model import log as ledger_log
from ckanext.opensmartcity.ledger.signer import LogError
from ckanext.opensmartcity.tlog import tiles
from ckanext.opensmartcity.tlog.signed_note import verify_note
from ledger.conftest import append, append_one, assert_consistent, rows, tamper
from sqlalchemy.orm import Session
from support.processes import exit_code_of, fork

pytestmark = pytest.mark.usefixtures("empty_ledger")


def test_an_empty_log_is_signed_once():
    assert sequencer.checkpoint().signed.size == 0
    assert sequencer.checkpoint().signed is None


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_batches_of_any_size_give_the_same_log(batch):
    append(20)
    assert list(sequencer.sequence(model.Session(), batch)) == [min(batch, 20)] * (20 // min(batch, 20)) + (
        [20 % batch] if batch == 7 else []
    )
    sequencer.checkpoint()
    assert_consistent()


def test_what_comes_later_is_added():
    for count in (3, 300, 1, 260):
        append(count)
        assert sequencer.checkpoint().added == count
        assert_consistent()


def test_without_a_key_events_are_logged_and_nothing_is_signed(ckan_config):
    ckan_config["ckanext.opensmartcity.signing_key"] = ""
    append(3)
    outcome = sequencer.checkpoint()
    assert (outcome.added, outcome.signed) == (3, None)
    assert rows("SELECT count(*) FROM opensmartcity_checkpoint")[0][0] == 0


def test_an_event_that_is_committed_late_is_added_after_those_with_higher_numbers():
    append(1, tag="early")
    with Session(model.meta.engine) as late:
        append_one(late, "late", "Committed late")
        append(2, tag="later")
        assert sequencer.checkpoint().added == 3
        late.commit()
    assert sequencer.checkpoint().added == 1
    assert [row[0] for row in rows('SELECT event_seq FROM opensmartcity_leaf ORDER BY "index"')] == [1, 3, 4, 2]


def test_two_sequencers_at_once_make_one_log():
    append(60)
    children = [fork(lambda: [list(sequencer.sequence(model.Session(), 3)) for _ in range(20)]) for _ in range(4)]
    append(60, tag="meanwhile")
    assert [exit_code_of(child) for child in children] == [0, 0, 0, 0]
    sequencer.checkpoint()
    assert_consistent()


def test_two_sequencers_without_the_lock_make_no_fork(monkeypatch):
    append(40)
    monkeypatch.setattr(ledger_log, "try_lock", lambda session: True)
    children = [fork(lambda: list(sequencer.sequence(model.Session(), 2))) for _ in range(4)]
    for child in children:
        exit_code_of(child)
    sequencer.checkpoint()
    assert_consistent()


def test_several_that_sign_at_once_sign_each_size_once():
    append(30)
    children = [fork(lambda: [sequencer.checkpoint() for _ in range(5)]) for _ in range(4)]
    append(30, tag="meanwhile")
    assert [exit_code_of(child) for child in children] == [0, 0, 0, 0]
    sequencer.checkpoint()
    assert_consistent()
    sizes = [row.size for row in rows("SELECT size FROM opensmartcity_checkpoint ORDER BY id")]
    assert sizes == sorted(set(sizes))


def _die(*_args, **_values):
    os.kill(os.getpid(), signal.SIGKILL)


def _dying(name, after):
    """Return a function that crashes right before or after a step of a checkpoint, in its second batch."""

    def work():
        owner, attribute = STEPS[name]
        original, calls = getattr(owner, attribute), []

        def step(*args, **values):
            calls.append(1)
            if len(calls) < 2 and name in ("leaves", "tiles", "commit"):
                return original(*args, **values)
            if not after:
                _die()
            original(*args, **values)
            return _die()

        setattr(owner, attribute, step)
        sequence = sequencer.sequence
        sequencer.sequence = lambda session: sequence(session, 10)
        sequencer.checkpoint()

    return work


STEPS = {
    "lock": (ledger_log, "try_lock"),
    "leaves": (ledger_log, "append"),
    "tiles": (tiles, "append"),
    "commit": (model.meta.Session.session_factory.class_, "commit"),
    "sign": (signer, "sign_checkpoint"),
    "move the mark": (HighWaterMark, "write"),
    "publish the key": (ledger_log, "add_key"),
    "store the checkpoint": (ledger_log, "add"),
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", STEPS)
def test_whoever_dies_at_any_step_leaves_nothing_lost_doubled_or_forked(step, after):
    append(35)
    assert exit_code_of(fork(_dying(step, after))) == -signal.SIGKILL
    sequencer.checkpoint()
    assert_consistent()
    assert rows("SELECT count(*) FROM opensmartcity_event")[0][0] == 35


class TestKeys:
    """A lost, unreadable or wrong key gives a one-line error, and nothing is signed."""

    @pytest.fixture(autouse=True)
    def signed_once(self, empty_ledger, signing_key):
        append(2)
        sequencer.checkpoint()
        append(1)

    def refused(self, ckan_config, path, words):
        ckan_config["ckanext.opensmartcity.signing_key"] = str(path)
        with pytest.raises(LogError, match=words) as error:
            sequencer.checkpoint()
        assert "\n" not in str(error.value)
        assert rows("SELECT count(*) FROM opensmartcity_checkpoint")[0][0] == 1
        # Events are sequenced all the same, and signed when the key is back.
        assert rows("SELECT count(*) FROM opensmartcity_leaf")[0][0] == 3

    def test_a_lost_key(self, ckan_config, tmp_path):
        self.refused(ckan_config, tmp_path / "none.pem", "cannot be read: No such file")

    def test_a_folder_instead_of_a_key(self, ckan_config, tmp_path):
        self.refused(ckan_config, tmp_path, "cannot be read: Is a directory")

    def test_a_damaged_key(self, ckan_config, tmp_path, signing_key):
        (tmp_path / "key").write_bytes(signing_key.read_bytes()[:-40])
        self.refused(ckan_config, tmp_path / "key", "not a private key in PEM form")

    def test_another_key(self, ckan_config, tmp_path):
        signer.make_key(tmp_path / "other", "any")
        self.refused(ckan_config, tmp_path / "other", "not the one that has signed so far")

    def test_a_key_is_never_replaced(self, signing_key):
        before = signing_key.read_bytes()
        with pytest.raises(LogError, match="never replaced"):
            signer.make_key(signing_key, "any")
        assert signing_key.read_bytes() == before

    def test_only_its_owner_reads_a_key(self, signing_key):
        assert signing_key.stat().st_mode & 0o777 == 0o600


class TestRotation:
    """Rotation: both keys sign the log."""

    @pytest.fixture
    def new_key(self, tmp_path):
        signer.make_key(tmp_path / "new.pem", "test.ckan.net/opensmartcity")
        return tmp_path / "new.pem"

    def test_both_sign_then_only_the_new_one_may(self, new_key, ckan_config):
        append(3)
        sequencer.checkpoint()
        signed = signer.rotate(model.Session(), new_key)
        known = [entry.key for entry in ledger_log.keys(model.Session())]
        assert verify_note(signed.note, known) == tuple(known)
        append(1)
        with pytest.raises(LogError, match="was replaced by a newer one"):
            sequencer.checkpoint()
        ckan_config["ckanext.opensmartcity.signing_key"] = str(new_key)
        assert verify_note(sequencer.checkpoint().signed.note, known) == (known[1],)
        assert_consistent()

    def test_where_the_old_one_is_lost_the_new_one_signs_alone(self, new_key, ckan_config, tmp_path):
        append(3)
        sequencer.checkpoint()
        ckan_config["ckanext.opensmartcity.signing_key"] = str(tmp_path / "lost.pem")
        with pytest.raises(LogError, match="cannot be read"):
            signer.rotate(model.Session(), new_key)
        signed = signer.rotate(model.Session(), new_key, lost=True)
        assert verify_note(signed.note, [ledger_log.keys(model.Session())[1].key])

    def test_there_is_nothing_to_hand_over_before_the_first_signature(self, new_key):
        with pytest.raises(LogError, match="No key has signed yet"):
            signer.rotate(model.Session(), new_key)

    def test_no_key_comes_back(self, signing_key):
        append(1)
        sequencer.checkpoint()
        with pytest.raises(LogError, match="a key of this log already"):
            signer.rotate(model.Session(), signing_key)

    def test_the_name_of_the_log_stays_when_the_address_of_the_site_changes(self, ckan_config):
        append(1)
        sequencer.checkpoint()
        ckan_config["ckan.site_url"] = "https://elsewhere.example"
        append(1)
        assert sequencer.checkpoint().signed.checkpoint.origin == "test.ckan.net/opensmartcity"


class TestDoctored:
    """A log that is inconsistent with its last checkpoint is not signed."""

    @pytest.fixture(autouse=True)
    def signed(self, empty_ledger, signing_key):
        append(300)
        sequencer.checkpoint()
        append(1)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE opensmartcity_tile SET hashes = set_byte(hashes, 4, 255 - get_byte(hashes, 4)) WHERE level = 1",
            "DELETE FROM opensmartcity_tile WHERE level = 1",
            "UPDATE opensmartcity_tile SET hashes = substr(hashes, 33) WHERE level = 0",
            'DELETE FROM opensmartcity_leaf WHERE "index" = 299',
        ],
    )
    def test_it_is_not_signed(self, statement):
        tamper(statement)
        with pytest.raises(LogError, match="ledger verify"):
            sequencer.checkpoint()
        assert rows("SELECT max(size) FROM opensmartcity_checkpoint")[0][0] == 300


@pytest.mark.parametrize("table", ["leaf", "checkpoint", "key"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_what_was_logged(table, statement):
    append(1)
    sequencer.checkpoint()
    column = {"leaf": "hash", "checkpoint": "note", "key": "key"}[table]
    with pytest.raises(Exception, match="only grows"), model.meta.engine.begin() as connection:
        connection.exec_driver_sql(statement.format(f"opensmartcity_{table}", column, column))
