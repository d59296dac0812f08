"""Go on after the database was restored from a backup, openly: an event of the ledger names the abandoned checkpoint.

The subject of these events is the ledger itself. Its only answer is the list of its abandoned checkpoints, so that
programs that know no such subject can read and verify them.
"""

from __future__ import annotations

from ckan import model
from sqlalchemy.orm import Session

from .. import config
from ..governance import permission_labels
from ..ledger_format.diff import EventDraft
from ..ledger_format.event import Change
from ..tlog.checkpoint import SignedCheckpoint
from ..tlog.signed_note import to_base64
from . import recorder, self_verification, sequencer
from .actor import SYSTEM
from .high_water_mark import HighWaterMark
from .model import log as ledger_log
from .model import subject_state
from .model.events import SubjectInfo
from .model.log import StoredTiles
from .recorder import Author, Subject
from .signer import LogError, contains, origin, read_mark, read_signer, sign

ABANDONED = "abandoned_checkpoints"


def resume_after_restore(reason: str | None) -> SignedCheckpoint:
    """Record that the log goes on without events that were signed, and sign it; return the new checkpoint.

    No size is signed twice: empty private events fill the log up to the size of the abandoned checkpoint. May be run
    again after a crash. Raises LogError if nothing that was signed is missing.
    """
    path = config.signing_key()
    if path is None:
        raise LogError(f"{config.SIGNING_KEY} is not set: nothing was signed")
    session = model.Session()
    list(sequencer.sequence(session))
    known = ledger_log.keys(session)
    mark = read_mark(HighWaterMark(path), read_signer(path, known).key)
    size = ledger_log.size(session)
    if mark is None or contains(StoredTiles(session), size, mark):
        raise LogError("The log holds everything that its key signed: just run ckan opensmartcity ledger checkpoint")
    _record(session, origin(known), size, mark, reason)
    list(sequencer.sequence(session))
    self_verification.require_intact(session, after_restore=True)
    signed = sign(session, after_restore=True)
    if signed is None:
        raise LogError("Another process has signed meanwhile: run ckan opensmartcity ledger verify")
    return signed


def _record(session: Session, name: str, size: int, mark: SignedCheckpoint, reason: str | None) -> None:
    """Append the event, unless an interrupted run did, and the empty events up to the size of the mark."""
    state = subject_state.lock(session, name)
    before: list[str] = list(state.answers.get(ABANDONED, [])) if state else []
    abandoned = f"{mark.size} {to_base64(mark.root)}"
    drafts = []
    if abandoned not in before:
        reasons = (Change("reason", None, reason),) if reason else ()
        drafts.append(EventDraft("resume", public=True, changes=(_change(before, abandoned), *reasons)))
    missing = mark.size + 1 - size - len(drafts)
    drafts += [EventDraft("resume", public=False, changes=())] * max(missing, 0)
    answers = {ABANDONED: sorted({*before, abandoned})}
    info = SubjectInfo(permission_labels.user_labels(None), [], name, name)
    subject = Subject(name, "ledger", answers, info, state.last_hash if state else None)
    recorder.append(session, Author(SYSTEM, "system"), subject, drafts)
    session.commit()


def _change(before: list[str], abandoned: str) -> Change:
    return Change(ABANDONED, before or None, sorted({*before, abandoned}))
