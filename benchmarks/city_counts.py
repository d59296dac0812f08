"""How long the counts of the city take, from 1,000 to 100,000 datasets, beside CKAN's own list of datasets.

Empties and fills the database and the index that it is given, as `make bench` gives it some of its own. Real datasets
are made through CKAN once; the index is filled with copies of what CKAN wrote there, the database with bare rows,
because 100,000 datasets through the API would take hours and say nothing more about counting.
"""

from __future__ import annotations

import hashlib
import os
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import ckan.plugins.toolkit as tk
from catalogue import make_catalogue
from ckan import model
from ckan.lib import search
from ckan.lib.search.common import make_connection
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.logic import facets, solr
from conftest import _CURRENT
from ledger_tables import renew
from sqlalchemy import insert

from . import portal
from .results import Result

SIZES = tuple(int(size) for size in os.environ.get("OSC_BENCH_SIZES", "1000 100000").split())
ALLOWED, OWN = 300, "CKAN's page /dataset/"
BATCH, RUNS, ORGANIZATIONS, KINDS = 2000, 30, 40, 60


def measure() -> Iterator[Result]:
    """Fill the portal step by step, and measure each work on it as it then is."""
    with portal.request():
        empty()
        originals = make_originals()
        filled = len(originals)
        for size in SIZES:
            fill(originals, size - filled)
            filled = size
            yield from measured(size)
        empty()


def empty() -> None:
    """Leave nothing in the database and the index, before and after."""
    model.repo.rebuild_db()
    renew()
    search.clear_all()


def make_originals() -> list[dict[str, Any]]:
    """Make datasets of every kind through CKAN, and return what CKAN wrote of them into the index."""
    make_catalogue(_CURRENT, size=KINDS)
    for number in range(ORGANIZATIONS):
        factories.Organization(name=f"department-{number}", title=f"Department {number}")
    # The last two are indexed and not stored.
    fields = ",".join(["*", *(f"{name}:field({name})" for name in (facets.ROW, "title_string"))])
    found = make_connection(decode_dates=False).search("*:*", rows=1000, fq="capacity:public", fl=fields)
    return [dict(document) for document in found.docs]


def fill(originals: list[dict[str, Any]], missing: int) -> None:
    """Write so many copies into the index and the database."""
    connection, chance = make_connection(), random.Random(missing)  # noqa: S311  (no secret)
    for batch in batches(originals, missing, chance):
        connection.add(batch, commit=False)
        model.Session.execute(insert(model.Package.__table__), [row(document) for document in batch])
    connection.commit()
    model.Session.commit()


def batches(originals: list[dict[str, Any]], missing: int, chance: random.Random) -> Iterator[list[dict[str, Any]]]:
    """Yield so many copies, as many at a time as one request takes."""
    mark = solr.mark(config.standard(), config.settings())
    for start in range(0, missing, BATCH):
        yield [copy(chance.choice(originals), mark, chance) for _ in range(start, min(start + BATCH, missing))]


def copy(original: dict[str, Any], mark: str, chance: random.Random) -> dict[str, Any]:
    """Return a copy under an id of its own, with the fields that the index does not give back."""
    name = str(uuid.uuid4())
    left_out = ("_version_", "indexed_ts", "title_ngram")
    kept = {key: value for key, value in original.items() if key not in left_out}
    # As CKAN makes it: whoever edits a copy replaces its document.
    key = hashlib.md5(f"{name}{tk.config['ckan.site_id']}".encode()).hexdigest()  # noqa: S324
    own = {"id": name, "index_id": key, "name": name, "organization": f"department-{chance.randrange(ORGANIZATIONS)}"}
    return kept | own | {facets.MARK: mark, "permission_labels": ["public"]}


def row(document: dict[str, Any]) -> dict[str, Any]:
    """Return the row of the database that belongs to a document."""
    return {
        "id": document["id"],
        "name": document["name"],
        "type": document["dataset_type"],
        "state": "active",
        "private": False,
        "metadata_modified": datetime.fromisoformat(document["metadata_modified"].removesuffix("Z")),
    }


def measured(size: int) -> Iterator[Result]:
    """Time each work on the catalogue as it is, once warm, and then by turns."""
    visitor = portal.visitor()
    works: dict[str, Callable[[], Any]] = {
        OWN: lambda: visitor.get("/dataset/"),
        "page /transparency": lambda: visitor.get("/transparency"),
        "governance_city_show": lambda: call_action("governance_city_show"),
        "governance_stats": lambda: call_action("governance_stats"),
        "governance_stats by organization": lambda: call_action("governance_stats", by="organization"),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(RUNS + 1):
        for name, work in works.items():
            spent = timed(work)
            if number:
                times[name].append(spent)
    see_that_all_were_counted(size)
    own = statistics.median(times[OWN])
    for name, spent in times.items():
        yield result(size, name, spent, own)


def timed(work: Callable[[], Any]) -> float:
    """Return the milliseconds of one work."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def see_that_all_were_counted(size: int) -> None:
    """Stop if the index was not what the figures are said to be of."""
    stats = call_action("governance_stats")
    assert stats["index_lag"] == {"records": 0, "stale": False, "outdated": 0, "message": None}, stats["index_lag"]
    assert stats["total"] >= size


def result(size: int, name: str, spent: list[float], own: float) -> Result:
    """Return one row of the table."""
    median, late = statistics.median(spent), statistics.quantiles(spent, n=20)[-1]
    ratios = {} if name == OWN else {f"the time of {OWN}": median / own}
    if name == "page /transparency":
        ratios[f"the {ALLOWED} ms allowed"] = median / ALLOWED
    case = f"{size:,} datasets: {name}, median {median:.0f} ms, p95 {late:.0f} ms"
    return Result(case, len(spent), "times", sum(spent) / 1000, portal.megabytes(), ratios)
