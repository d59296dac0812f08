"""Turns: the at most two days on which the assessment of a record changes by itself, and the phases around them.

A review falls due, or the retention period ends. A facet that depends on the date is indexed once for each phase of the
record: before the first turn, after it (`_late`), and after the second turn (`_later`). A query selects the phase that
applies today, so that filters and counts are right on every day without indexing records again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

TURNS = ("governance_first_turn_date", "governance_second_turn_date")
PHASES = ("", "_late", "_later")


def turned(turn: str, today: date) -> str:
    """Return the query for records that had a turn before today; `turn` is one of TURNS."""
    return f"{turn}:[* TO {solr_day(today)}}}"


def phase_queries(today: date) -> dict[str, str]:
    """Return the query for the records that are in each of the PHASES today."""
    first, second = (turned(turn, today) for turn in TURNS)
    return dict(zip(PHASES, (f"*:* NOT {first}", f"{first} NOT {second}", f"{first} AND {second}"), strict=True))


def in_phase(clause: Callable[[str], str], today: date) -> str:
    """Return a query that applies a clause to the fields of the phase that each record is in today.

    :param clause: returns the clause for one of the PHASES
    """
    first, second = (turned(turn, today) for turn in TURNS)
    before, late, later = map(clause, PHASES)
    return f"((+{before} -{first}) OR (+{late} +{first} -{second}) OR (+{later} +{second}))"


def solr_day(day: date) -> str:
    """Return a date in Solr's format, at midnight UTC."""
    return f"{day.isoformat()}T00:00:00Z"
