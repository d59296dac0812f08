"""Link checker over 10,000 and 100,000 links without network: time per link, and constant memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from unittest import mock

import sqlalchemy as sa
from ckan import model
from ckanext.opensmartcity.http_client.link_checker import REACHED, Link, LinkChecker, Result
from ckanext.opensmartcity.links import check_job, report
from ckanext.opensmartcity.links.model import link
from ckanext.opensmartcity.standard import language

from . import portal
from .results import Result as Measured

SIZES, ON_EACH_HOST = (10_000, 100_000), 20
FILL = (
    """
    INSERT INTO package (id, name, title, type, state, private)
    SELECT 'bench-' || n, 'bench-' || n, 'Bench', 'dataset', 'active', false FROM generate_series(1, :links / 4) n
    """,
    """
    INSERT INTO resource (id, package_id, url, state, url_type)
    SELECT 'bench-' || n, 'bench-' || (n / 4 + 1), 'https://host' || n / :each || '.invalid/file/' || n || '.csv',
      'active', NULL FROM generate_series(0, :links - 1) n WHERE n / 4 < :links / 4
    """,
    "ANALYZE package",
    "ANALYZE resource",
)
EMPTY = ("DELETE FROM resource WHERE id LIKE 'bench-%'", "DELETE FROM package WHERE id LIKE 'bench-%'")


def measure() -> Iterator[Measured]:
    """Measure a run over each number of links, then the count on the city page and a page of the list."""
    with portal.request(), mock.patch.object(LinkChecker, "check", _answer_at_once):
        first = 0.0
        for size in SIZES:
            _execute(FILL, size)
            try:
                seconds = _timed(lambda: _run(size))  # noqa: B023  (called at once)
                first = first or seconds / size
                ratios = {f"the time of a link in {SIZES[0]:,}": seconds / size / first}
                yield Measured(f"a run over {size:,} links", size, "links", seconds, portal.megabytes(), ratios)
                if size == SIZES[-1]:
                    yield from _pages(seconds / size)
            finally:
                model.Session.rollback()
                model.Session.execute(link.delete())
                _execute(EMPTY, size)


def _pages(seconds_per_link: float) -> Iterator[Measured]:
    model.Session.execute(sa.text("ANALYZE opensmartcity_link"))
    for name, work in (
        ("the count on the city page", report.counts),
        ("a page of the list", lambda: report.page(REACHED, None, 50, language("en"))),
    ):
        seconds = min(_timed(work) for _ in range(5))
        ratios = {"the time of a link in a run": seconds / seconds_per_link}
        yield Measured(f"{name}, of {SIZES[-1]:,} links", 1, "times", seconds, portal.megabytes(), ratios)


def _answer_at_once(_: LinkChecker, link: Link) -> Result:
    return Result(REACHED, None, 200, f'"{len(link.url)}"')


def _run(size: int) -> None:
    if sum(1 for _ in check_job.check()) < size:
        raise SystemExit("the run left links out")


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _execute(statements: tuple[str, ...], links: int) -> None:
    for statement in statements:
        parameters = {"links": links, "each": ON_EACH_HOST}
        values = {name: value for name, value in parameters.items() if f":{name}" in statement}
        model.Session.execute(sa.text(statement), values)
    model.Session.commit()
