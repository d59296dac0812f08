"""Doctor checks of the ledger: signing key, high-water mark, age of what waits for a signature, self-verification."""

from __future__ import annotations

import os
import time
from datetime import datetime, timezone

from ckan import model

from .. import config
from ..contributions import Diagnosis, DoctorCheck, run_nightly, run_once
from ..standard.i18n import N_, Message
from .high_water_mark import HighWaterMark
from .model import log as ledger_log
from .model import verifications
from .signer import LogError, read_mark, read_signer, require_mark

_HOUR, _DAY = 3_600, 86_400
# A verification is due once a day; one that is missed once is not a finding yet.
_VERIFIED_WITHIN = 2 * _DAY
_NO_KEY = Message(N_("No signing key is set: changes are recorded, but not signed."))
_VERIFY = run_once("ckan opensmartcity ledger verify")


def check_key_file() -> Diagnosis:
    """Check that the file of the configured key is there, and that other users cannot read or write it."""
    path = config.signing_key()
    if path is None:
        make = N_("Make one with `ckan opensmartcity ledger key` and set ckanext.opensmartcity.signing_key.")
        return Diagnosis("warning", _NO_KEY, Message(make))
    try:
        mode = path.stat().st_mode & 0o777
        with path.open("rb"):
            pass
    except OSError as error:
        reason = f"{path}: {error.strerror or error}"
        return _unusable(reason)
    if mode & 0o077:
        return Diagnosis(
            "warning",
            Message(N_("Other users can read or write the signing key {file}."), {"file": str(path)}),
            run_once(f"chmod 600 {path}"),
        )
    return Diagnosis("ok", Message(N_("The signing key can be read by this user only.")))


def check_key() -> Diagnosis:
    """Check that the configured key can be read, is the one that signs, and is hidden from other users."""
    found, path = check_key_file(), config.signing_key()
    if path is None or found.status == "error":
        return found
    try:
        read_signer(path, ledger_log.keys(model.Session()))
    except LogError as error:
        return _unusable(str(error))
    return found


def _unusable(reason: str) -> Diagnosis:
    remedy = N_(
        "Put the current key where ckanext.opensmartcity.signing_key points, for the user of CKAN to read. If it is "
        "lost, make a new one with `ckan opensmartcity ledger key` and run `ckan opensmartcity ledger rotate --lost`."
    )
    text = Message(N_("The signing key cannot be used: {reason}"), {"reason": reason})
    return Diagnosis("error", text, Message(remedy))


def check_mark() -> Diagnosis:
    """Check that the high-water mark beside the key is there, can be moved, and fits the log."""
    path, session = config.signing_key(), model.Session()
    if path is None:
        return Diagnosis("ok", _NO_KEY)
    mark = HighWaterMark(path)
    values = {"file": str(mark.path), "folder": str(mark.path.parent)}
    if not os.access(mark.path.parent, os.W_OK):
        text = N_("The folder {folder} cannot be written, so that no checkpoint can be kept beside the key.")
        remedy = N_("Make it writable for the user of CKAN: chown, or move the key to a folder that is.")
        return Diagnosis("error", Message(text, values), Message(remedy))
    try:
        known = ledger_log.keys(session)
        signed = read_mark(mark, read_signer(path, known).key)
        require_mark(session)
    except LogError as error:
        # An unusable key is reported by its own check.
        if check_key().status == "error":
            return Diagnosis("warning", Message(N_("Not checked: the signing key cannot be used.")), _VERIFY)
        remedy = N_(
            "Run: ckan opensmartcity ledger verify. If the database was restored from a backup: "
            "ckan opensmartcity ledger resume --after-restore"
        )
        return Diagnosis(
            "error", Message(N_("The log does not fit: {reason}"), {"reason": str(error)}), Message(remedy)
        )
    if signed is None and known:
        text = N_("{file} is missing: a database that was restored from a backup would not be noticed.")
        remedy = N_(
            "Put it back, or compare with a checkpoint that is kept elsewhere: ckan opensmartcity ledger verify "
            "--checkpoint FILE. The next signature writes it again."
        )
        return Diagnosis("warning", Message(text, values), Message(remedy))
    return Diagnosis("ok", Message(N_("The log contains what the key signed last.")))


def check_checkpoint() -> Diagnosis:
    """Check that recorded changes are signed in time."""
    session, now = model.Session(), datetime.now(timezone.utc)
    last, waiting = ledger_log.latest(session), ledger_log.unsigned(session)
    age = max(0.0, (now - waiting.oldest).total_seconds()) if waiting.oldest else 0.0
    gauges = {"events_unsigned": float(waiting.count), "event_unsigned_oldest_age_seconds": age}
    if last:
        gauges |= {"events_signed": float(last.size), "checkpoint_timestamp_seconds": last.at.timestamp()}
    if config.signing_key() is None:
        return Diagnosis("ok", _NO_KEY, gauges=gauges)
    # Twice the promise: a job may have to wait for the one before.
    if age > max(_HOUR, 2 * 60 * config.checkpoint_minutes()):
        values = {"count": str(waiting.count), "hours": f"{age / _HOUR:.0f}"}
        return Diagnosis(
            "warning",
            Message(N_("Changes that wait for a signature: {count}, the oldest for {hours} hours."), values),
            Message(N_("Run `ckan jobs worker` as a service, or by cron: ckan opensmartcity ledger checkpoint")),
            gauges,
        )
    return Diagnosis("ok", Message(N_("Changes are signed in time.")), gauges=gauges)


def check_verification() -> Diagnosis:
    """Check that the ledger verifies itself, and what the last verification has found."""
    session = model.Session()
    last = verifications.latest(session)
    if last is None or last.at is None:
        if config.signing_key() is None or ledger_log.latest(session) is None:
            return Diagnosis("ok", Message(N_("There is no signed log to verify yet.")))
        return Diagnosis("warning", Message(N_("The ledger was never verified.")), _VERIFY)
    gauges = {"verification_timestamp_seconds": last.at.timestamp(), "verification_findings": float(last.findings)}
    if last.findings:
        values = {"n": str(last.findings), "first": str(last.first_findings[0]) if last.first_findings else "…"}
        text = Message(N_("The last verification of the ledger has findings: {n}. The first: {first}"), values)
        return Diagnosis("error" if last.stops_signing else "warning", text, _VERIFY, gauges)
    age = time.time() - last.at.timestamp()
    if age > _VERIFIED_WITHIN and config.signing_key():
        text = Message(N_("The ledger was last verified {days} days ago."), {"days": f"{age / _DAY:.0f}"})
        return Diagnosis("warning", text, run_nightly("ckan opensmartcity ledger verify"), gauges)
    return Diagnosis("ok", Message(N_("The ledger verifies.")), gauges=gauges)


CHECKS = (
    DoctorCheck("signing-key", check_key, needs="database", start=check_key_file),
    DoctorCheck("high-water-mark", check_mark, needs="database"),
    DoctorCheck(
        "checkpoint",
        check_checkpoint,
        needs="database",
        gauges={
            "events_signed": "Events of the ledger in the newest checkpoint",
            "events_unsigned": "Events that no checkpoint contains yet",
            "event_unsigned_oldest_age_seconds": "Age of the oldest event that no checkpoint contains yet",
            "checkpoint_timestamp_seconds": "Time of the newest checkpoint, in Unix time",
        },
    ),
    DoctorCheck(
        "verification",
        check_verification,
        needs="database",
        gauges={
            "verification_timestamp_seconds": "Time of the last verification of the ledger, in Unix time",
            "verification_findings": "Findings of the last verification of the ledger",
        },
    ),
)
