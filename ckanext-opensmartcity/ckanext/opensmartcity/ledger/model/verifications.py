"""Results of the verifications that the portal runs on its own ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import verification


@dataclass(frozen=True)
class Verification:
    """Result of a verification: how many seconds it took, and up to which size of the log it went.

    `events` is the number of all events that were read in full, `redacted` of those that were redacted.

    `first_findings` are the first findings in English, `stops_signing` is whether one is about the log itself.
    """

    seconds: float
    verdict: str
    size: int | None
    events: int
    findings: int
    first_findings: Sequence[str]
    stops_signing: bool
    at: datetime | None = None
    redacted: int = 0


def add(session: Session, result: Verification) -> None:
    """Store a result, and delete those older than the last hundred."""
    values = {name: value for name, value in asdict(result).items() if name != "at"}
    session.execute(sa.insert(verification).values(values))
    keep = sa.select(verification.c.id).order_by(verification.c.id.desc()).limit(100)
    session.execute(sa.delete(verification).where(verification.c.id.not_in(keep)))


def latest(session: Session) -> Verification | None:
    """Return the newest result."""
    row = session.execute(sa.select(verification).order_by(verification.c.id.desc()).limit(1)).one_or_none()
    return Verification(**{name: value for name, value in row._mapping.items() if name != "id"}) if row else None
