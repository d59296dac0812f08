"""How long the counts of the city take, from 1,000 to 100,000 datasets; beside paging through them and assessing each.

Empties and fills the database and the index that it is given: run it on the services of the test run only.

    .venv/bin/python benchmarks/city_counts.py test.ini 1000 10000 100000

Real datasets are made through CKAN once; the index is filled with copies of what CKAN wrote there, the database with
bare rows, because 100,000 datasets through the API would take hours and say nothing more about counting.
"""

from __future__ import annotations

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

from catalogue import make_catalogue
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.lib import search
from ckan.lib.search.common import make_connection
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.logic import facets, solr
from ckanext.opensmartcity.standard import assess
from conftest import _CURRENT
from sqlalchemy import insert

BATCH, RUNS, ORGANIZATIONS, KINDS = 2000, 30, 40, 60
ROWS = 1000


def main(ini: str, sizes: list[int]) -> None:
    """Fill, measure and print one line for each size and work."""
    app = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():
        model.repo.rebuild_db()
        search.clear_all()
        originals = make_originals()
        filled = len(originals)
        print("| datasets | work | median ms | p95 ms |\n|---|---|---|---|")
        for size in sizes:
            fill(originals, size - filled)
            filled = size
            measure(app, size)


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
    own = {"id": name, "index_id": name, "name": name, "organization": f"department-{chance.randrange(ORGANIZATIONS)}"}
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


def measure(app: Any, size: int) -> None:
    """Time each work on the catalogue as it is."""
    visitor = app._wsgi_app.test_client()
    works: dict[str, Callable[[], Any]] = {
        "governance_stats": lambda: call_action("governance_stats"),
        "governance_stats by organization": lambda: call_action("governance_stats", by="organization"),
        "governance_city_show": lambda: call_action("governance_city_show"),
        "page /transparency": lambda: visitor.get("/transparency"),
        "CKAN's page /dataset/": lambda: visitor.get("/dataset/"),
    }
    for name, work in works.items():
        report(size, name, RUNS, work)
    report(size, "paging package_search and assessing each", 1, page_and_assess)
    stats = call_action("governance_stats")
    assert stats["index_lag"] == {"records": 0, "stale": False, "outdated": 0, "message": None}, stats["index_lag"]
    assert stats["total"] >= size


def page_and_assess() -> None:
    """Count levels as an auditor would without our action."""
    start, standard, settings = 0, config.standard(), config.settings()
    while found := call_action("package_search", rows=ROWS, start=start, facet="false")["results"]:
        for record in found:
            assess(standard, record, settings)
        start += ROWS


def report(size: int, name: str, runs: int, work: Callable[[], Any]) -> None:
    """Time one work so many times, warm where it is more than once, and print the line."""
    times = []
    if runs > 1:
        work()
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - begin))
    times.sort()
    median, late = statistics.median(times), times[int(0.95 * (len(times) - 1))]
    print(f"| {size:,} | {name} | {median:.0f} | {late:.0f} |", flush=True)


if __name__ == "__main__":
    if "test" not in Path(sys.argv[1]).name:
        sys.exit("This empties the database and the index. Give the test.ini of this project.")
    main(sys.argv[1], [int(size) for size in sys.argv[2:]] or [1000, 10000])
