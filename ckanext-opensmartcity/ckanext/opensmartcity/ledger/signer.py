"""Signing key of this portal, its rotation, and the checkpoints that it signs (C2SP signed note, Ed25519)."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from sqlalchemy.orm import Session

from .. import config
from ..contributions import Diagnosis
from ..standard.i18n import N_, Message
from ..tlog import FormatError, tiles
from ..tlog.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint, sign_checkpoint
from ..tlog.merkle import EMPTY_ROOT
from ..tlog.signed_note import Signer, generate_pem, load_signer
from .model import log as ledger_log
from .model.log import StoredCheckpoint, StoredKey, StoredTiles

log = logging.getLogger(__name__)


class LogError(Exception):
    """The log cannot be signed, extended or read; the text gives the reason and the remedy in one line."""


VERIFY = "Run: ckan opensmartcity ledger verify"


def origin(known: list[StoredKey]) -> str:
    """Return the origin of this log: the name of its first key, or one from `ckan.site_url` before there is a key."""
    if known:
        return known[0].key.name
    return f"{urlsplit(tk.config['ckan.site_url']).netloc.lower()}/opensmartcity"


def sign(session: Session) -> SignedCheckpoint | None:
    """Sign the log at its present size. Return None if it is already signed or no key is configured."""
    path = config.signing_key()
    if path is None:
        return None
    ledger_log.wait_for_lock(session)
    known = ledger_log.keys(session)
    signer = read_signer(path, known)
    size, last = ledger_log.size(session), ledger_log.latest(session)
    if last and last.size == size:
        session.rollback()
        return None
    signed = _issue(session, size, last, origin(known), [signer])
    if not known:
        ledger_log.add_key(session, signer.key, 0)
    _commit(session, signed)
    return signed


def rotate(session: Session, new_path: Path, lost: bool = False) -> SignedCheckpoint:
    """Rotate to a new key, which signs the log together with the old one unless that is lost."""
    ledger_log.wait_for_lock(session)
    known = ledger_log.keys(session)
    if not known:
        raise LogError("No key has signed yet: just set ckanext.opensmartcity.signing_key to the new key")
    name = origin(known)
    new = _load(new_path, name)
    if new.key in [entry.key for entry in known]:
        raise LogError(f"{new_path} is a key of this log already: make a new one with ckan opensmartcity ledger key")
    old_path = config.signing_key()
    if not lost and old_path is None:
        raise LogError("ckanext.opensmartcity.signing_key must name the old key, or give --lost if it is lost")
    signers = [new] if lost or old_path is None else [read_signer(old_path, known), new]
    size = ledger_log.size(session)
    signed = _issue(session, size, ledger_log.latest(session), name, signers)
    ledger_log.add_key(session, new.key, size)
    _commit(session, signed)
    return signed


def _issue(
    session: Session, size: int, last: StoredCheckpoint | None, name: str, signers: list[Signer]
) -> SignedCheckpoint:
    """Sign after checking that the log is consistent with the last checkpoint; raise LogError if it is not."""
    store = StoredTiles(session)
    try:
        if last and (size < last.size or _root(store, last.size) != parse_checkpoint(last.note).root):
            raise LogError(f"The log does not hold what was signed last, at {last.size} events: not signed. {VERIFY}")
        return sign_checkpoint(Checkpoint(name, size, _root(store, size)), signers)
    except tiles.TileDamaged as error:
        raise LogError(f"The log cannot be signed: {error}. {VERIFY}") from error
    except FormatError as error:
        raise LogError(f"The last checkpoint cannot be read: {error} {VERIFY}") from error


def _root(store: StoredTiles, size: int) -> bytes:
    return tiles.root(store, size) if size else EMPTY_ROOT


def _commit(session: Session, signed: SignedCheckpoint) -> None:
    ledger_log.add(session, signed)
    session.commit()


def read_signer(path: Path, known: list[StoredKey]) -> Signer:
    """Load the key in a file; raise LogError unless it is the one that signs since the last rotation."""
    signer = _load(path, origin(known))
    if known and signer.key != known[-1].key:
        older = signer.key in [entry.key for entry in known]
        why = "was replaced by a newer one" if older else "is not the one that has signed so far"
        raise LogError(
            f"The key in {path} {why}, {known[-1].key.name}+{known[-1].key.id.hex()}: not signed. Put that key there, "
            "or rotate to a new one with ckan opensmartcity ledger rotate"
        )
    return signer


def warn_if_exposed(path: Path) -> None:
    """Log a warning if every user of the machine can read or replace the key in a file."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # reported where the key is used
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        text = "Every user of this machine can read or replace the signing key %s (mode %o). Run: chmod 600 %s"
        log.warning(text, path, stat.S_IMODE(mode), path)


def _load(path: Path, name: str) -> Signer:
    warn_if_exposed(path)
    try:
        return load_signer(name, path.read_bytes())
    except OSError as error:
        raise LogError(f"The signing key {path} cannot be read: {error.strerror or error}") from error
    except FormatError as error:
        raise LogError(f"{path}: {error}") from error


def check_key(session: Session) -> Diagnosis:
    """Check that the configured key can be read, is the one that signs, and is hidden from other users (doctor)."""
    path = config.signing_key()
    if path is None:
        return Diagnosis(
            "warning",
            Message(N_("No signing key is set: changes are recorded, but not signed.")),
            Message(N_("Make one with `ckan opensmartcity ledger key` and set ckanext.opensmartcity.signing_key.")),
        )
    try:
        read_signer(path, ledger_log.keys(session))
        mode = path.stat().st_mode & 0o777
    except (LogError, OSError) as error:
        return Diagnosis("error", Message(N_("The signing key cannot be used: {reason}"), {"reason": str(error)}))
    if mode & 0o077:
        return Diagnosis(
            "warning",
            Message(N_("Other users can read or write the signing key {file}."), {"file": str(path)}),
            Message(N_("Run: chmod 600 {file}"), {"file": str(path)}),
        )
    return Diagnosis("ok", Message(N_("The signing key can be read by this user only.")))


def make_key(path: Path, name: str) -> Signer:
    """Write a new key to a file with mode 0600; raise LogError if the file exists or cannot be written."""
    pem = generate_pem()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            # A full disk must not leave half a key behind.
            path.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise LogError(f"{path} exists already, and a key is never replaced: name another file") from error
    except OSError as error:
        raise LogError(f"The key cannot be written to {path}: {error.strerror or error}") from error
    return load_signer(name, pem)
