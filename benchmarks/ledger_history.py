"""`governance_history` of a dataset with 10,000 events: newest and oldest page by keyset pagination."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from . import portal
from .ledger_cost import new_dataset, new_user
from .results import Result

EVENTS, PAGE, ROUNDS = 10_000, 20, 60
# Half of the rows are of one dataset, interleaved with those of a thousand others, as on a portal.
FILL = sa.text("""
INSERT INTO opensmartcity_event (event_id, subject_id, subject_type, action, at, request, public, body)
SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN e.subject_id ELSE 'other-' || n % 2000 END, e.subject_type,
  'update', e.at + n * interval '1 second', gen_random_uuid(), true, e.body
FROM opensmartcity_event e, generate_series(1, 2 * :events - 2) AS n
WHERE e.seq = (SELECT max(seq) FROM opensmartcity_event WHERE subject_id = :id) ORDER BY n
""")


def measure() -> Iterator[Result]:
    """Measure the newest and the oldest page in turns; roll the events back afterwards."""
    with portal.request():
        dataset = new_dataset(new_user("editor"))
        session = model.Session()
        session.execute(FILL, {"id": dataset, "events": EVENTS})
        session.execute(sa.text("ANALYZE opensmartcity_event"))
        oldest = _cursor(session, dataset)
        times: dict[str, list[float]] = {"newest page": [], "oldest page": []}
        for _ in range(ROUNDS):
            for name, cursor in (("newest page", {}), ("oldest page", {"cursor": oldest})):
                times[name].append(_read(dataset, cursor))
        session.rollback()
    first = statistics.median(times["newest page"])
    for name, spent in times.items():
        seconds = statistics.median(spent)
        ratios = {"the time of the newest page": seconds / first}
        case = f"{name} of {EVENTS:,} events"
        yield Result(case, ROUNDS, "pages", seconds * ROUNDS, portal.megabytes(), ratios)


def _cursor(session: Any, dataset: str) -> str:
    """Return the cursor of the oldest page; fail if the history does not have the expected length."""
    numbers = session.scalars(
        sa.text("SELECT seq FROM opensmartcity_event WHERE subject_id = :id ORDER BY seq"), {"id": dataset}
    ).all()
    if len(numbers) != EVENTS:
        raise SystemExit(f"the dataset has {len(numbers)} events")
    return str(numbers[PAGE])


def _read(dataset: str, cursor: dict[str, str]) -> float:
    begin = time.perf_counter()
    history = tk.get_action("governance_history")({"user": ""}, {"id": dataset, "limit": PAGE, **cursor})
    seconds = time.perf_counter() - begin
    if len(history["events"]) != PAGE or bool(history["next_cursor"]) == bool(cursor):
        raise SystemExit("the page of the history is not the one that was asked for")
    return seconds
