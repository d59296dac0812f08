"""The table of tampering: who alters the ledger in which way, and what an administrator and an outsider find.

No verdict is `verified` where something was changed. The outsiders kept a checkpoint and the key.
"""

import json
from dataclasses import dataclass

import pytest
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.ledger import redaction, sequencer, signer
from ckanext.opensmartcity.ledger.high_water_mark import HighWaterMark
from ckanext.opensmartcity.ledger.signer import LogError
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.event import leaf_hash
from ckanext.opensmartcity.ledger_format.redaction import redact_event
from click.testing import CliRunner
from ledger.conftest import rows, swap_bodies, tamper
from support.ledger_events import act

FAILED, MISSING, VERIFIED = "failed", "not_verifiable", "verified"
LOG_TABLES = ("leaf", "tile", "checkpoint", "head", "head_tile")


@dataclass
class Case:
    """City whose ledger is altered, with the path of its key and the checkpoint that outsiders kept."""

    city: object
    key_file: object
    config: object
    kept: str
    key: str

    @property
    def dataset(self):
        return self.city.datasets[0]["id"]

    def events(self):
        """Return the events of the first dataset, oldest first."""
        return rows(
            'SELECT e.seq, e.body, l."index" FROM opensmartcity_event e '
            "LEFT JOIN opensmartcity_leaf l ON l.event_seq = e.seq WHERE subject_id = :id ORDER BY e.seq",
            id=self.dataset,
        )


def edit(case):
    replace_body(case.events()[1], purpose="Never said")


def edit_with_its_hashes(case):
    event = case.events()[1]
    body = replace_body(event, purpose="Never said")
    tamper(
        'UPDATE opensmartcity_leaf SET hash = :hash WHERE "index" = :index',
        "UPDATE opensmartcity_tile SET hashes = overlay(hashes PLACING :hash FROM CAST(:index * 32 + 1 AS int))",
        hash=leaf_hash(body.encode()),
        index=event.index,
    )


def replace_body(event, purpose):
    body = json.loads(event.body)
    next(change for change in body["changes"] if change["field"] == "fitness_purpose")["after"] = purpose
    text = canonical_bytes(body).decode()
    tamper("UPDATE opensmartcity_event SET body = :body WHERE seq = :seq", body=text, seq=event.seq)
    return text


def delete_the_newest(case):
    *_, before, newest = case.events()
    purpose = next(
        change["before"] for change in json.loads(newest.body)["changes"] if change["field"] == "fitness_purpose"
    )
    delete(newest)
    values = {"id": case.dataset, "seq": before.seq, "hash": leaf_hash(before.body.encode()), "purpose": purpose}
    tamper(
        "UPDATE opensmartcity_state SET last_seq = :seq, last_hash = :hash, "
        "answers = answers || jsonb_build_object('fitness_purpose', CAST(:purpose AS text)) WHERE subject_id = :id",
        **values,
    )


def delete_one_in_the_middle(case):
    delete(case.events()[1])


def delete(event):
    tamper(
        "DELETE FROM opensmartcity_leaf WHERE event_seq = :seq",
        "DELETE FROM opensmartcity_actor WHERE event_seq = :seq",
        "DELETE FROM opensmartcity_event WHERE seq = :seq",
        seq=event.seq,
    )


def insert_with_a_fitting_state(case):
    newest = case.events()[-1]
    body = json.loads(newest.body)
    change = {"field": "fitness_limits", "before": None, "after": "Slipped in"}
    body |= {"id": "00000000-0000-4000-8000-000000000001", "previous": leaf_hash(newest.body.encode()).hex()}
    text = canonical_bytes(body | {"changes": [change]}).decode()
    values = {"id": body["id"], "body": text, "seq": newest.seq, "hash": leaf_hash(text.encode())}
    tamper(
        "INSERT INTO opensmartcity_event (event_id, subject_id, subject_type, action, at, request, public, body) "
        "SELECT CAST(:id AS uuid), subject_id, subject_type, action, at, request, public, :body "
        "FROM opensmartcity_event WHERE seq = :seq",
        "UPDATE opensmartcity_state s SET last_hash = :hash, last_seq = e.seq, "
        "answers = answers || jsonb_build_object('fitness_limits', 'Slipped in') FROM opensmartcity_event e "
        "WHERE e.event_id = CAST(:id AS uuid) AND s.subject_id = e.subject_id",
        **values,
    )


def swap(case):
    swap_bodies(*case.events()[1:3])


def rewrite(case):
    """Rewrite the whole history with another purpose, and sign it as if nothing had been signed before."""
    tamper(*(f"TRUNCATE opensmartcity_{table} CASCADE" for table in LOG_TABLES))
    last = {}
    for row in rows("SELECT seq, subject_id, body FROM opensmartcity_event ORDER BY seq"):
        body = {**json.loads(row.body), "previous": last.get(row.subject_id), "nonce": "f" * 32}
        text = canonical_bytes(body).decode()
        last[row.subject_id] = leaf_hash(text.encode()).hex()
        tamper(
            "UPDATE opensmartcity_event SET body = :body WHERE seq = :seq",
            "UPDATE opensmartcity_state SET last_hash = :hash WHERE subject_id = :id",
            body=text,
            seq=row.seq,
            hash=leaf_hash(text.encode()),
            id=row.subject_id,
        )
    refused_by_the_mark()
    HighWaterMark(case.key_file).path.unlink()
    sequencer.checkpoint()


def rewrite_with_a_new_key(case):
    new = case.key_file.with_name("forged.pem")
    new.unlink(missing_ok=True)
    signer.make_key(new, "test.ckan.net/opensmartcity")
    tamper("TRUNCATE opensmartcity_key")
    HighWaterMark(new).path.unlink(missing_ok=True)
    case.config["ckanext.opensmartcity.signing_key"] = str(new)
    case.key_file = new
    tamper(*(f"TRUNCATE opensmartcity_{table} CASCADE" for table in LOG_TABLES))
    sequencer.checkpoint()


def restore_and_go_on(case):
    for limits in ("One", "Two", ""):
        act("package_patch", id=case.dataset, fitness_limits=limits)
    case.kept = str(sequencer.checkpoint().signed.note)
    case.city.snapshot.restore(keep_mark=True)
    act("package_patch", id=case.dataset, fitness_limits="Lost")
    refused_by_the_mark()
    HighWaterMark(case.key_file).path.unlink()
    sequencer.checkpoint()
    act("package_patch", id=case.dataset, fitness_limits="")


def refused_by_the_mark():
    with pytest.raises(LogError, match=r"restored from a backup|does not verify"):
        sequencer.checkpoint()


def redact_purpose(case):
    """Redact the first purpose, as a data protection officer may; return the events as they were."""
    events, session = case.events(), model.Session()
    plan = redaction.prepare(session, json.loads(events[1].body)["id"], ["fitness_purpose"])
    redaction.redact(session, plan, "Art. 17 GDPR", "data_protection_officer")
    sequencer.checkpoint()
    return events


def remove_a_value(case):
    """Remove the newest purpose as a redaction would, but without one."""
    newest = [event for event in case.events() if json.loads(event.body)["action"] == "update"][-1]
    left = redact_event(json.loads(newest.body), {"fitness_purpose": ["before", "after"]}, "0" * 32)
    body = canonical_bytes(left).decode()
    tamper("UPDATE opensmartcity_event SET body = :body WHERE seq = :seq", body=body, seq=newest.seq)


def remove_a_value_and_claim_the_redaction_of_another_event(case):
    redact_purpose(case)
    remove_a_value(case)


def put_a_redacted_value_back_altered(case):
    _created, first, *_ = redact_purpose(case)
    replace_body(first, purpose="Never said")


def alter_what_is_left_of_a_redacted_event(case):
    redact_purpose(case)
    first = case.events()[1]
    body = json.loads(first.body)
    tamper(
        "UPDATE opensmartcity_event SET body = :body WHERE seq = :seq",
        body=canonical_bytes(body | {"by": body["by"] | {"role": "editor"}}).decode(),
        seq=first.seq,
    )


def remove_the_record_of_a_redaction(case):
    redact_purpose(case)
    delete(case.events()[-1])


# What the administrator, an outsider with the whole log, and one with the history of the dataset find.
TABLE = {
    edit: (FAILED, FAILED, FAILED),
    edit_with_its_hashes: (FAILED, FAILED, FAILED),
    delete_the_newest: (FAILED, FAILED, FAILED),
    delete_one_in_the_middle: (FAILED, FAILED, FAILED),
    # The whole log holds signed events only: the inserted one is not in it.
    insert_with_a_fitting_state: (FAILED, VERIFIED, MISSING),
    swap: (FAILED, FAILED, FAILED),
    rewrite: (FAILED, FAILED, FAILED),
    rewrite_with_a_new_key: (MISSING, MISSING, MISSING),
    restore_and_go_on: (FAILED, FAILED, MISSING),
    redact_purpose: (VERIFIED, VERIFIED, VERIFIED),
    remove_a_value: (FAILED, FAILED, FAILED),
    remove_a_value_and_claim_the_redaction_of_another_event: (FAILED, FAILED, FAILED),
    put_a_redacted_value_back_altered: (FAILED, FAILED, FAILED),
    alter_what_is_left_of_a_redacted_event: (FAILED, FAILED, FAILED),
    remove_the_record_of_a_redaction: (FAILED, FAILED, FAILED),
}
# In these cases the forger has signed already: only who kept a checkpoint finds it.
SIGNED_BY_THE_FORGER = {rewrite, rewrite_with_a_new_key, restore_and_go_on}
NOTHING_ALTERED = {None, redact_purpose}


@pytest.mark.parametrize("alter", [None, *TABLE], ids=lambda alter: alter.__name__ if alter else "nothing")
def test_nothing_altered_is_verified(fresh_city, key_file, ckan_config, cli, tmp_path, alter):
    key = rows("SELECT key FROM opensmartcity_key")[0].key
    case = Case(fresh_city, key_file, ckan_config, fresh_city.second, key)
    if alter:
        alter(case)
    (tmp_path / "kept").write_text(case.kept)
    kept = ["--checkpoint", str(tmp_path / "kept"), "--key", key]
    whole, part = str(tmp_path / "whole"), str(tmp_path / "part")
    size = case.kept.splitlines()[1]
    administrator = invoke(cli, "ledger", "verify", "--format", "json", *kept)
    invoke(cli, "ledger", "export", whole)
    invoke(cli, "ledger", "export", part, "--dataset", case.dataset, "--since", size)
    answers = [
        administrator,
        *(CliRunner().invoke(main, ["verify", name, "--format", "json", *kept]) for name in (whole, part)),
    ]
    verdicts = [json.loads(answer.stdout)["verdict"] for answer in answers]
    expected = TABLE[alter] if alter else (VERIFIED,) * 3
    assert tuple(verdicts) == expected, [answer.stdout for answer in answers]
    for verdict, answer in zip(verdicts, answers, strict=True):
        found = json.loads(answer.stdout)
        assert (verdict == VERIFIED) == (
            not found["not_checked"] and all(entry["remark"] for entry in found["findings"])
        )
    assert "Slipped in" not in (tmp_path / "whole").read_text()
    if alter not in SIGNED_BY_THE_FORGER | NOTHING_ALTERED:
        checkpoints = rows("SELECT count(*) FROM opensmartcity_checkpoint")
        with pytest.raises(LogError):
            sequencer.checkpoint()
        assert rows("SELECT count(*) FROM opensmartcity_checkpoint") == checkpoints


def invoke(cli, *arguments):
    model.Session.remove()
    result = cli.invoke(ckan_command, ["opensmartcity", *arguments])
    assert "Traceback" not in result.output
    return result
