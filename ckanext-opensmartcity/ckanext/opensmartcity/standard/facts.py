"""What rules may know of a record beside its governed answers: licence, links, overdue dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .answers import Answer
from .durations import add_duration

# Ids of CKAN's own licence register that conform to the Open Definition; a record's `isopen` counts before this list.
OPEN_LICENCES = frozenset(
    """
    cc-by cc-by-4.0 cc-by-sa cc-by-sa-4.0 cc-zero cc0-1.0 dl-de-by-2.0 dl-de-zero-2.0 etalab-2.0 fr-lo gfdl odc-by
    odc-odbl odc-pddl ogl-toronto ogl-uk-3.0 other-at other-open other-pd uk-ogl
    """.split()
)

# Formats that a program can read and nobody owns, as CKAN writes them.
OPEN_FORMATS = frozenset(
    """
    arrow atom avro csv fgb geojson geopackage geoparquet geotiff gml gpkg gpx gtfs gtfs-rt ics json json-ld jsonl kml
    kmz n-triples n3 ndjson netcdf nt ods ogc-api parquet rdf rdf/xml rss siri sparql sql sqlite tab tsv ttl turtle
    txt wfs wms wmts xml yaml
    """.split()
)


@dataclass(frozen=True)
class Dates:
    """The dates that follow from a record's answers, seen on one day."""

    reviewed_on: date | None
    review_due: date | None
    retention_due: date | None
    today: date

    @property
    def review_overdue(self) -> bool:
        """Tell whether the next review should have been before today."""
        return self.review_due is not None and self.review_due < self.today

    @property
    def disposal_overdue(self) -> bool:
        """Tell whether the data should have been disposed of before today."""
        return self.retention_due is not None and self.retention_due < self.today


def read_dates(answers: Mapping[str, Answer], today: date) -> Dates:
    """Work out review and retention dates from valid answers."""
    return Dates(
        _date(answers, "governance_reviewed_on"),
        _date(answers, "governance_review_due"),
        _retention_due(answers),
        today,
    )


def _retention_due(answers: Mapping[str, Answer]) -> date | None:
    kind, start, period = (
        answers.get("retention_type"),
        _date(answers, "retention_starts_on"),
        answers.get("retention_period"),
    )
    if kind == "until_date":
        return _date(answers, "retention_until")
    if kind == "fixed_period" and start and isinstance(period, str):
        return add_duration(start, period)
    return None


def _date(answers: Mapping[str, Answer], name: str) -> date | None:
    value = answers.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _licence_open(record: Mapping[str, Any], _: Dates) -> bool:
    stated = record.get("isopen")
    return stated if isinstance(stated, bool) else str(record.get("license_id") or "").lower() in OPEN_LICENCES


def _public_link(record: Mapping[str, Any], _: Dates) -> bool:
    private = str(record.get("private", False)).lower() in ("true", "1", "yes")
    return not private and any(_is_link(resource) for resource in _resources(record))


def _resources(record: Mapping[str, Any]) -> list[Any]:
    resources = record.get("resources")
    return resources if isinstance(resources, list) else []


def _is_link(resource: Any) -> bool:
    url = resource.get("url") if isinstance(resource, dict) else None
    return isinstance(url, str) and url.strip().lower().startswith(("http://", "https://", "ftp://"))


def _open_format(record: Mapping[str, Any], _: Dates) -> bool:
    return any(_format(resource) in OPEN_FORMATS for resource in _resources(record))


def _format(resource: Any) -> str:
    stated = resource.get("format") if isinstance(resource, dict) else None
    return stated.strip().lower().removeprefix(".") if isinstance(stated, str) else ""


FACTS: Mapping[str, Callable[[Mapping[str, Any], Dates], bool]] = {
    "licence_open": _licence_open,
    "public_link": _public_link,
    "open_format": _open_format,
    "review_overdue": lambda _, dates: dates.review_overdue,
    "disposal_overdue": lambda _, dates: dates.disposal_overdue,
}


def read_facts(record: Mapping[str, Any], dates: Dates) -> dict[str, bool]:
    """Evaluate every fact for one record."""
    return {name: fact(record, dates) for name, fact in FACTS.items()}
