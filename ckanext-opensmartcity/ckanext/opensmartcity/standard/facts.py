"""Facts and dates of a record that rules can test beside its answers: open licence, public link, overdue review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .durations import add_duration
from .expressions import RecordSchema, Schema, SearchIndex
from .i18n import N_
from .model import Answer, RecordType, Standard
from .patterns import any_case
from .predicates import FACTS, Fact, register
from .roles import FieldRole, Trait

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


def read_dates(standard: Standard, record_type: RecordType, answers: Mapping[str, Answer], today: date) -> Dates:
    """Return the review and retention dates of valid answers, which are found by the roles of their fields."""

    def answer(role: FieldRole) -> Answer | None:
        field = record_type.roles.get(role)
        return answers.get(field.name) if field else None

    def day(role: FieldRole) -> date | None:
        value = answer(role)
        return date.fromisoformat(value) if isinstance(value, str) else None

    def retention_due() -> date | None:
        rule, code = record_type.roles.get(FieldRole.RETENTION_RULE), answer(FieldRole.RETENTION_RULE)
        if rule is None or code is None:
            return None
        if standard.has_trait(rule, code, Trait.UNTIL_A_DAY):
            return day(FieldRole.RETENTION_UNTIL)
        start, period = day(FieldRole.RETENTION_START), answer(FieldRole.RETENTION_PERIOD)
        if start and isinstance(period, str) and standard.has_trait(rule, code, Trait.FOR_A_PERIOD):
            return add_duration(start, period)
        return None

    reviewed_on = day(FieldRole.REVIEWED_ON)
    # Nobody has reviewed the answers on a day that has not come yet, whatever an earlier version accepted.
    if reviewed_on and reviewed_on > today:
        reviewed_on = None
    return Dates(reviewed_on, day(FieldRole.REVIEW_DUE), retention_due(), today)


def _resource_values(record: Mapping[str, Any], key: str) -> list[str]:
    resources = record.get("resources")
    if not isinstance(resources, list):
        return []
    values = (resource.get(key) for resource in resources if isinstance(resource, dict))
    return [value for value in values if isinstance(value, str)]


def _resource_schema(key: str, pattern: str) -> Schema:
    entry = {"type": "object", "required": [key], "properties": {key: {"type": "string", "pattern": pattern}}}
    return {"required": ["resources"], "properties": {"resources": {"type": "array", "contains": entry}}}


@register
class LicenceOpen(Fact):
    """The licence conforms to the Open Definition."""

    name = "licence_open"
    example = "`licence_open: true`"
    meaning = "the licence of the dataset is open"
    words = N_("the licence is open")
    negated_words = N_("the licence is not open")
    indexed = True

    @staticmethod
    def measure(record: Mapping[str, Any], dates: Dates) -> bool:
        is_open = record.get("isopen")
        return is_open if isinstance(is_open, bool) else str(record.get("license_id") or "").lower() in OPEN_LICENCES

    def json_schema(self, record: RecordSchema) -> Schema:
        stated = {"required": ["isopen"], "properties": {"isopen": {"type": "boolean"}}}
        open_id = {"type": "string", "pattern": f"^({any_case(*sorted(OPEN_LICENCES))})$"}
        open_by_id = {"required": ["license_id"], "properties": {"license_id": open_id}}
        return {"if": stated, "then": {"properties": {"isopen": {"const": True}}}, "else": open_by_id}


@register
class PublicLink(Fact):
    """The dataset is not private, and a resource has a web address."""

    name = "public_link"
    example = "`public_link: true`"
    meaning = "the dataset is not private and a resource of it has a web address"
    words = N_("a resource has a public link")
    negated_words = N_("no resource has a public link")
    indexed = True

    @staticmethod
    def measure(record: Mapping[str, Any], dates: Dates) -> bool:
        private = str(record.get("private", False)).lower() in ("true", "1", "yes")
        urls = _resource_values(record, "url")
        return not private and any(url.strip().lower().startswith(("http://", "https://", "ftp://")) for url in urls)

    def json_schema(self, record: RecordSchema) -> Schema:
        spelled = {"type": "string", "pattern": f"^(1|{any_case('true', 'yes')})$"}
        private = {"required": ["private"], "properties": {"private": {"anyOf": [{"enum": [True, 1]}, spelled]}}}
        linked = _resource_schema("url", rf"^\s*({any_case('http', 'https', 'ftp')})://")
        return {"allOf": [{"not": private}, linked]}


@register
class OpenFormat(Fact):
    """A resource has a machine-readable, non-proprietary format."""

    name = "open_format"
    example = "`open_format: true`"
    meaning = "a resource has an open format that a program can read, such as CSV"
    words = N_("a resource has an open format")
    negated_words = N_("no resource has an open format")
    indexed = True

    @staticmethod
    def measure(record: Mapping[str, Any], dates: Dates) -> bool:
        formats = (name.strip().lower().removeprefix(".") for name in _resource_values(record, "format"))
        return not OPEN_FORMATS.isdisjoint(formats)

    def json_schema(self, record: RecordSchema) -> Schema:
        return _resource_schema("format", rf"^\s*[.]?({any_case(*sorted(OPEN_FORMATS))})\s*$")


@register
class ReviewOverdue(Fact):
    """The next review was due before today."""

    name = "review_overdue"
    example = "`review_overdue: true`"
    meaning = "the next review should have been before today"
    words = N_("the review is overdue")
    negated_words = N_("the review is not overdue")

    @staticmethod
    def measure(record: Mapping[str, Any], dates: Dates) -> bool:
        return dates.review_overdue

    def solr_query(self, index: SearchIndex) -> str:
        return index.overdue("review")


@register
class DisposalOverdue(Fact):
    """The end of the retention period was before today."""

    name = "disposal_overdue"
    example = "`disposal_overdue: true`"
    meaning = "the time for keeping ended before today"
    words = N_("the disposal is overdue")
    negated_words = N_("the disposal is not overdue")

    @staticmethod
    def measure(record: Mapping[str, Any], dates: Dates) -> bool:
        return dates.disposal_overdue

    def solr_query(self, index: SearchIndex) -> str:
        return index.overdue("disposal")


def read_facts(record: Mapping[str, Any], dates: Dates) -> dict[str, bool]:
    """Evaluate every fact for one record."""
    return {name: fact.measure(record, dates) for name, fact in FACTS.items()}
