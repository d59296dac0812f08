"""Verification of the portal's own ledger before it is signed; the result is public.

Every new event is checked when it is added to the log. The whole ledger is verified before each signature while that
takes seconds, and else once a day. A finding about the log stops signing until a verification finds nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from sqlalchemy.orm import Session

from .. import config
from ..cli.verify import Outcome
from ..ledger_format.verifier.findings import Finding
from .model import log as ledger_log
from .model import verifications
from .model.verifications import Verification
from .signer import VERIFY, LogError, read_signer, require_mark
from .verify import StoredLog

INTERVAL = timedelta(days=1)
# Seconds. A verification that takes less is run before each signature.
SHORT = 10
_SHOWN = 20


def require_intact(session: Session, *, after_restore: bool = False) -> None:
    """Verify the ledger if that is due.

    Raise LogError if the last verification found that the log was altered, or if the configured key cannot sign.

    `after_restore`: without the checkpoint beside the key, which is about to be abandoned.
    """
    path = config.signing_key()
    if path is None:
        return
    read_signer(path, ledger_log.keys(session))
    last = verifications.latest(session)
    if after_restore or is_due(last):
        last = run(session, StoredLog(session, [], [], with_mark=not after_restore))
    if last and last.stops_signing:
        # A database that was restored from a backup has a remedy of its own.
        if not after_restore:
            require_mark(session)
        raise LogError(f"The ledger does not verify: {last.first_findings[0]} Not signed. {VERIFY}")


def is_due(last: Verification | None) -> bool:
    """Return whether the whole ledger has to be verified again."""
    if last is None or last.at is None or last.stops_signing or last.seconds < SHORT:
        return True
    return datetime.now(timezone.utc) - last.at > INTERVAL


def run(
    session: Session,
    log: StoredLog,
    report: Callable[[Finding], None] = lambda found: None,
    outcome: Outcome | None = None,
    store: bool = True,
) -> Verification:
    """Verify the ledger, report each finding, store the result and return it."""
    begin, outcome = time.monotonic(), outcome or Outcome(keys_given=False)
    outcome.counts = log.counts
    first: list[Finding] = []
    stops = False
    for found in log.findings():
        report(found)
        outcome.add(found)
        if found.severity == "failed":
            counts = found.about_log
            # Those that stop signing come first.
            first = [found, *first] if counts and not stops else [*first, found][:_SHOWN]
            stops = stops or counts
    outcome.sizes = log.trust.sizes
    outcome.keys = [str(key) for key in log.trust.keys]
    session.rollback()
    result = Verification(
        seconds=round(time.monotonic() - begin, 3),
        verdict=outcome.verdict,
        size=outcome.checkpoint,
        events=outcome.counts.events,
        findings=outcome.failures,
        first_findings=[_words(found) for found in first],
        stops_signing=stops,
        redacted=outcome.counts.redacted,
    )
    if store:
        verifications.add(session, result)
        session.commit()
    return result


def _words(found: Finding) -> str:
    place = "" if found.index is None else f"index {found.index}: "
    return f"{found.code}: {place}{found.message.render()}"
