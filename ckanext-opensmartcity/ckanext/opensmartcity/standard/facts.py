"""Facts and dates of a record that rules can test beside its answers: open licence, public link, overdue review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .durations import add_duration
from .model import Answer

# Ids of CKAN's licence register that conform to the Open Definition. The `isopen` of a record takes precedence.
OPEN_LICENCES = frozenset(
    """
    cc-by cc-by-4.0 cc-by-sa cc-by-sa-4.0 cc-zero cc0-1.0 dl-de-by-2.0 dl-de-zero-2.0 etalab-2.0 fr-lo gfdl odc-by
    odc-odbl odc-pddl ogl-toronto ogl-uk-3.0 other-at other-open other-pd uk-ogl
    """.split()
)

# Machine-readable, non-proprietary formats, as CKAN spells them, in lower case.
OPEN_FORMATS = frozenset(
    """
    arrow atom avro csv fgb geojson geopackage geoparquet geotiff gml gpkg gpx gtfs gtfs-rt ics json json-ld jsonl kml
    kmz n-triples n3 ndjson netcdf nt ods ogc-api parquet rdf rdf/xml rss siri sparql sql sqlite tab tsv ttl turtle
    txt wfs wms wmts xml yaml
    """.split()
)


@dataclass(frozen=True)
class Dates:
    """Dates of a record, from its answers, and the day on which they are judged."""

    reviewed_on: date | None
    review_due: date | None
    retention_due: date | None
    today: date

    @property
    def review_overdue(self) -> bool:
        """Whether the next review was due before today."""
        return self.review_due is not None and self.review_due < self.today

    @property
    def disposal_overdue(self) -> bool:
        """Whether the end of the retention period was before today."""
        return self.retention_due is not None and self.retention_due < self.today


def read_dates(answers: Mapping[str, Answer], today: date) -> Dates:
    """Return the review and retention dates of valid answers."""
    return Dates(
        _date(answers, "governance_reviewed_on"),
        _date(answers, "governance_review_due"),
        _retention_due(answers),
        today,
    )


def _retention_due(answers: Mapping[str, Answer]) -> date | None:
    kind, period = answers.get("retention_type"), answers.get("retention_period")
    start = _date(answers, "retention_starts_on")
    if kind == "until_date":
        return _date(answers, "retention_until")
    if kind == "fixed_period" and start and isinstance(period, str):
        return add_duration(start, period)
    return None


def _date(answers: Mapping[str, Answer], name: str) -> date | None:
    value = answers.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _licence_open(record: Mapping[str, Any], _: Dates) -> bool:
    is_open = record.get("isopen")
    return is_open if isinstance(is_open, bool) else str(record.get("license_id") or "").lower() in OPEN_LICENCES


def _public_link(record: Mapping[str, Any], _: Dates) -> bool:
    private = str(record.get("private", False)).lower() in ("true", "1", "yes")
    urls = _resource_values(record, "url")
    return not private and any(url.strip().lower().startswith(("http://", "https://", "ftp://")) for url in urls)


def _resource_values(record: Mapping[str, Any], key: str) -> list[str]:
    resources = record.get("resources")
    if not isinstance(resources, list):
        return []
    values = (resource.get(key) for resource in resources if isinstance(resource, dict))
    return [value for value in values if isinstance(value, str)]


FACTS: Mapping[str, Callable[[Mapping[str, Any], Dates], bool]] = {
    "licence_open": _licence_open,
    "public_link": _public_link,
    "open_format": lambda record, _: any(
        name.strip().lower().removeprefix(".") in OPEN_FORMATS for name in _resource_values(record, "format")
    ),
    "review_overdue": lambda _, dates: dates.review_overdue,
    "disposal_overdue": lambda _, dates: dates.disposal_overdue,
}


def read_facts(record: Mapping[str, Any], dates: Dates) -> dict[str, bool]:
    """Evaluate every fact for one record."""
    return {name: fact(record, dates) for name, fact in FACTS.items()}
