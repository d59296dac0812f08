"""A checkpoint: waiting events are sequenced, and what there is then is signed."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from ckan import model
from sqlalchemy.exc import SQLAlchemyError

from ...ledger.checkpoint import SignedCheckpoint
from .errors import LogError
from .sequencing import sequence
from .signing import sign

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How many events got an index, and the checkpoint, None where there was nothing to sign or no key."""

    added: int
    signed: SignedCheckpoint | None


def checkpoint() -> Outcome:
    """Sequence and sign; LogError where the log cannot grow or must not be signed."""
    session = model.Session()
    try:
        return Outcome(sum(sequence(session)), sign(session))
    except SQLAlchemyError as error:
        raise LogError(f"The database refused: {reason(error)}") from error
    finally:
        session.rollback()


def reason(error: SQLAlchemyError) -> str:
    """Return what a database says in its first line, without the statement and what was in it."""
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def job() -> None:
    """Sequence and sign as a background job: what is wrong goes to the log of the worker."""
    try:
        outcome = checkpoint()
    except LogError as error:
        log.error("ckanext-opensmartcity: %s", error)
        return
    log.info("ckanext-opensmartcity: %s events logged, signed: %s", outcome.added, bool(outcome.signed))
