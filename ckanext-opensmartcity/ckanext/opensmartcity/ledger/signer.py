"""Signing key of this portal, its rotation, and the checkpoints that it signs (C2SP signed note, Ed25519).

Before a signature leaves, the log is compared with the last checkpoint of the database and with the high-water mark
beside the key, and the mark is moved to the new checkpoint.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from sqlalchemy.orm import Session

from .. import config
from ..ledger_format.subject_head import subject_root
from ..tlog import FormatError, tiles
from ..tlog.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint, sign_checkpoint
from ..tlog.merkle import EMPTY_ROOT
from ..tlog.signed_note import Signer, VerifierKey, generate_pem, load_signer
from .high_water_mark import HighWaterMark
from .model import log as ledger_log
from .model import subject_heads
from .model.log import StoredCheckpoint, StoredKey, StoredTiles
from .model.subject_heads import HeadsDamaged

log = logging.getLogger(__name__)


class LogError(Exception):
    """The log cannot be signed, extended or read; the text gives the reason and the remedy in one line."""


VERIFY = "Run: ckan opensmartcity ledger verify"


def origin(known: list[StoredKey]) -> str:
    """Return the origin of this log: the name of its first key, or one from `ckan.site_url` before there is a key."""
    if known:
        return known[0].key.name
    return f"{urlsplit(tk.config['ckan.site_url']).netloc.lower()}/opensmartcity"


@dataclass(frozen=True)
class _Key:
    """Key that signs, with the file of its newest checkpoint."""

    signer: Signer
    mark: HighWaterMark

    @classmethod
    def load(cls, path: Path, known: list[StoredKey]) -> _Key:
        """Load the current key of the log. Raises LogError."""
        return cls(read_signer(path, known), HighWaterMark(path))


def sign(session: Session, *, after_restore: bool = False) -> SignedCheckpoint | None:
    """Sign the log at its present size. Return None if it is already signed or no key is configured.

    Raises LogError if the log must not be signed. `after_restore`: go on beside the high-water mark, which is then kept
    in the file of abandoned checkpoints; the log must have more events than that.
    """
    path = config.signing_key()
    if path is None:
        return None
    ledger_log.wait_for_lock(session)
    known = ledger_log.keys(session)
    key = _Key.load(path, known)
    size, last = ledger_log.size(session), ledger_log.latest(session)
    with _locked([key]):
        _require_marks(StoredTiles(session), size, [key], after_restore)
        if last and last.size == size and subject_root(_parse(last).checkpoint):
            session.rollback()
            return None
        signed = _issue(session, size, last, origin(known), [key])
        if not known:
            ledger_log.add_key(session, key.signer.key, 0)
        _commit(session, signed)
    return signed


def rotate(session: Session, new_path: Path, lost: bool = False) -> SignedCheckpoint:
    """Rotate to a new key, which signs the log together with the old one unless that is lost."""
    ledger_log.wait_for_lock(session)
    known = ledger_log.keys(session)
    if not known:
        raise LogError("No key has signed yet: just set ckanext.opensmartcity.signing_key to the new key")
    name = origin(known)
    new = _Key(_load(new_path, name), HighWaterMark(new_path))
    if new.signer.key in [entry.key for entry in known]:
        raise LogError(f"{new_path} is a key of this log already: make a new one with ckan opensmartcity ledger key")
    old_path = config.signing_key()
    if not lost and old_path is None:
        raise LogError("ckanext.opensmartcity.signing_key must name the old key, or give --lost if it is lost")
    keys = [new] if lost or old_path is None else [_Key.load(old_path, known), new]
    size = ledger_log.size(session)
    with _locked(keys):
        _require_marks(StoredTiles(session), size, keys, after_restore=False)
        signed = _issue(session, size, ledger_log.latest(session), name, keys)
        ledger_log.add_key(session, new.signer.key, size)
        _commit(session, signed)
    return signed


@contextmanager
def _locked(keys: Sequence[_Key]) -> Iterator[None]:
    """Lock the marks of the keys; turn errors of their files into LogError."""
    with ExitStack() as stack:
        try:
            for key in keys:
                stack.enter_context(key.mark.locked())
            yield
        except OSError as error:
            path = error.filename or keys[0].mark.path
            raise LogError(
                f"The checkpoint cannot be kept in {path}: {error.strerror or error}. Not signed. "
                "The folder of the key must be writable for the user of CKAN"
            ) from error


def read_mark(mark: HighWaterMark, key: VerifierKey) -> SignedCheckpoint | None:
    """Return the high-water mark of a key, None if there is none yet; raise LogError if it cannot be read."""
    try:
        return mark.read(key)
    except OSError as error:
        raise LogError(f"{mark.path} cannot be read: {error.strerror or error}. Not signed") from error
    except FormatError as error:
        raise LogError(f"{mark.path} is not a checkpoint that the key signed: {error} Not signed") from error


def require_mark(session: Session) -> None:
    """Raise LogError if the log does not contain the log that the configured key signed last."""
    path = config.signing_key()
    if path is not None:
        key = _Key.load(path, ledger_log.keys(session))
        _require_marks(StoredTiles(session), ledger_log.size(session), [key], after_restore=False)


def _require_marks(store: StoredTiles, size: int, keys: Sequence[_Key], after_restore: bool) -> None:
    """Raise LogError if the log does not contain the log that one of the keys signed last."""
    for key in keys:
        signed = read_mark(key.mark, key.signer.key)
        if signed is None or contains(store, size, signed):
            continue
        if after_restore and size > signed.size:
            key.mark.abandon(signed)
            continue
        raise LogError(
            f"This is not the log that the key signed last: it has {size} events, and {key.mark.path} is for "
            f"{signed.size}. The database was restored from a backup, or it was altered: not signed. {VERIFY}. "
            "To go on openly after a restore: ckan opensmartcity ledger resume --after-restore"
        )


def contains(store: StoredTiles, size: int, signed: SignedCheckpoint) -> bool:
    """Return whether the log of this size begins with the log of a checkpoint."""
    try:
        return size >= signed.size and _root(store, signed.size) == signed.root
    except tiles.TileDamaged as error:
        raise LogError(f"The log cannot be signed: {error}. {VERIFY}") from error


def _issue(
    session: Session, size: int, last: StoredCheckpoint | None, name: str, keys: Sequence[_Key]
) -> SignedCheckpoint:
    """Sign, and move the marks, after checking that the log is consistent with the last checkpoint.

    Raises LogError if it is not.
    """
    store = StoredTiles(session)
    try:
        if last and not _goes_on(session, store, size, last):
            raise LogError(f"The log does not hold what was signed last, at {last.size} events: not signed. {VERIFY}")
        subjects = subject_heads.advance(session, size)
        checkpoint = Checkpoint(name, size, _root(store, size), (subjects.line,))
        signed = sign_checkpoint(checkpoint, [key.signer for key in keys])
    except (tiles.TileDamaged, HeadsDamaged) as error:
        raise LogError(f"The log cannot be signed: {error}. {VERIFY}") from error
    # Before the commit: should the process end in between, the next run signs a log that contains this one.
    for key in keys:
        key.mark.write(signed)
    return signed


def _goes_on(session: Session, store: StoredTiles, size: int, last: StoredCheckpoint) -> bool:
    signed = _parse(last)
    subjects = subject_root(signed.checkpoint)
    return (
        size >= last.size
        and _root(store, last.size) == signed.root
        and (subjects is None or subject_heads.root(session) == subjects)
    )


def _parse(last: StoredCheckpoint) -> SignedCheckpoint:
    try:
        return parse_checkpoint(last.note)
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


def make_key(path: Path, name: str) -> Signer:
    """Write a new key to a file with mode 0600; raise LogError if the file exists or cannot be written."""
    pem, mark = generate_pem(), HighWaterMark(path).path
    if mark.exists() and not path.exists():
        raise LogError(f"{mark} is the newest checkpoint of another key: name another file")
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
