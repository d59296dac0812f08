"""Index documents: codes as facets; levels, gaps and concerns for each phase; dates for range queries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from .. import config
from ..exchange.registers import SOURCE_KEY
from ..governance.governance import ALGORITHM_TYPE
from ..governance.model.packages import former_names_of
from ..standard import DECLARED_FIELD, AnswerType, Reading, RecordType, assess_reading, read_record, with_today
from ..standard.assessment import due_fields
from ..standard.model import as_list
from ..standard.predicates import marks
from . import fields, solr_codes
from .assessment_codec import build_verdicts, serialize_verdicts

# CKAN's limit for dataset names: a longer text cannot name an algorithm of this portal.
_MAX_NAME = 100


def index_answers(pkg_dict: dict[str, Any]) -> dict[str, Any]:
    """Replace each answer in a Solr document by its facet. The text of answers stays searchable as `extras_*`."""
    record_type = config.standard().records.get(pkg_dict.get("dataset_type", ""))
    if record_type is None:
        return pkg_dict
    record = json.loads(pkg_dict["validated_data_dict"])
    _remove_answers(pkg_dict, record_type)
    reading = read_record(config.standard(), record, config.settings())
    pkg_dict.update(_facets(reading))
    for name, day in (
        (fields.REVIEW_DATE, reading.dates.review_due),
        (fields.RETENTION_DATE, reading.dates.retention_due),
    ):
        if day:
            pkg_dict[name] = solr_codes.solr_day(day)
    pkg_dict.update(_assessment_fields(record, reading))
    reasons = [entry.reason for entry in reading.declarations.values() if entry.reason]
    if reasons:
        pkg_dict[f"extras_{DECLARED_FIELD}"] = "\n".join(reasons)
    if record_type.type == ALGORITHM_TYPE:
        pkg_dict[fields.FORMER_NAMES] = former_names_of(pkg_dict["id"])
    return pkg_dict


def _remove_answers(pkg_dict: dict[str, Any], record_type: RecordType) -> None:
    """Remove raw answers, which may exceed Solr's limit for string fields, and codes from the full-text fields."""
    for name, field in record_type.fields.items():
        pkg_dict.pop(name, None)
        if field.type in fields.CODED:
            pkg_dict.pop(f"extras_{name}", None)
    for name in (DECLARED_FIELD, SOURCE_KEY, f"extras_{DECLARED_FIELD}"):
        pkg_dict.pop(name, None)


def _facets(reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield the facets that do not depend on the date: codes, answered and declared questions, facts, fingerprint."""
    for name, field in reading.record_type.fields.items():
        values: list[str] = []
        if field.type in fields.CODED:
            values = [solr_codes.encode(code) for code in as_list(reading.answers.get(name))]
        elif field.type is AnswerType.ALGORITHMS:
            values = [entry for entry in as_list(reading.answers.get(name)) if len(entry) <= _MAX_NAME]
        if values:
            yield fields.PREFIX + name, values
    yield fields.ANSWERED, [solr_codes.encode(name) for name in reading.answers]
    yield fields.DECLARED, [solr_codes.encode(name) for name in reading.declared]
    yield fields.FACT, [solr_codes.encode(mark) for mark in marks(reading.record_type.fields.values(), reading)]
    yield fields.MARK, solr_codes.mark(config.standard(), config.settings())


def _assessment_fields(record: Mapping[str, Any], reading: Reading) -> Iterator[tuple[str, Any]]:
    """Yield the turns of the assessment, and its facets before and after each of them."""
    days = _turns(reading)
    yield from zip(solr_codes.TURNS, map(solr_codes.solr_day, days), strict=False)
    # Each phase is assessed on its first day, the one that today belongs to on today.
    first_days = [date.min, *(day + timedelta(days=1) for day in days)]
    last_days = [*days, date.max]
    phases = [min(max(first, reading.today), last) for first, last in zip(first_days, last_days, strict=True)]
    assessments = [assess_reading(config.standard(), with_today(reading, record, day)) for day in phases]
    for suffix, assessment in zip(("", solr_codes.LATE, solr_codes.LATER), assessments, strict=False):
        group_levels = [solr_codes.encode(f"{group.group.id}:{group.level}") for group in assessment.groups]
        yield fields.LEVEL + suffix, [solr_codes.encode(assessment.level)]
        yield fields.GROUP_LEVEL + suffix, group_levels
        yield fields.MISSING + suffix, [solr_codes.encode(name) for name in assessment.missing]
        yield fields.CONCERN + suffix, sorted({finding.rule for finding in assessment.concerns})
    yield fields.UNKNOWN, [solr_codes.encode(name) for name in assessments[0].unknown]
    yield fields.ROW, serialize_verdicts(build_verdicts(days, assessments))


def _turns(reading: Reading) -> list[date]:
    """Return the last day of each phase but the last: of the review, of keeping, and before a day that a rule awaits.

    Solr has fields for two. Of more, the next two are kept, and a later one needs the record to be indexed again.
    """
    dates = reading.dates
    answers = (reading.answers.get(name) for name in due_fields(config.standard(), reading.record_type))
    awaited = [date.fromisoformat(answer) for answer in answers if isinstance(answer, str)]
    days = {day for day in (dates.review_due, dates.retention_due) if day and day < date.max}
    days |= {day - timedelta(days=1) for day in awaited if day > reading.today}
    if len(days) > len(solr_codes.TURNS):
        days = {day for day in days if day >= reading.today}
    return sorted(days)[: len(solr_codes.TURNS)]


# Limits of Solr's fields. CKAN indexes each extra twice: as text for full-text search (`extras_KEY`), and whole in a
# string field (`KEY`) for exact filters. Lucene rejects a document with a term of more than 32,766 bytes, and with it
# the save of the record, see https://github.com/ckan/ckan/issues/6911. A boundary in GeoJSON or a long lineage is a
# valid extra that nobody filters by: it is stored and found by its words, and left out of the string field.

# IndexWriter.MAX_TERM_LENGTH of Lucene, in bytes of UTF-8.
MAX_TERM_BYTES = 32_766

# Fields of CKAN's schema that are divided into words or not indexed, and prefixes of such fields.
_WITHOUT_LIMIT = frozenset(
    "title title_ngram name_ngram notes author author_email maintainer maintainer_email res_name res_description text "
    "urls depends_on dependency_of derives_from has_derivation links_to linked_from child_of parent_of data_dict "
    "validated_data_dict".split()
)
_TEXT_PREFIXES = ("extras_", "res_extras_")
_SORT_FIELD = "title_string"
# Fields of CKAN's schema that an extra of the same name would fill with something else than a number.
_NUMBERS = ("views_total", "views_recent", "resources_accessed_total", "resources_accessed_recent")
# Solr's optimistic concurrency: a number here demands that the document has this version.
_VERSION = "_version_"


def enforce_limits(document: dict[str, Any]) -> None:
    """Remove the values from an index document that Solr would reject it for, and shorten the field for sorting."""
    document.pop(_VERSION, None)
    for name in _NUMBERS:
        if name in document and not str(document[name]).isdecimal():
            del document[name]
    for name in [name for name in document if name not in _WITHOUT_LIMIT and not name.startswith(_TEXT_PREFIXES)]:
        value = document[name]
        if isinstance(value, list):
            document[name] = [entry for entry in value if not is_too_long(entry)]
        elif is_too_long(value):
            if name == _SORT_FIELD:
                # A quarter of the bytes as characters: UTF-8 has at most four bytes for each.
                document[name] = value[: MAX_TERM_BYTES // 4]
            else:
                del document[name]


def is_too_long(value: Any) -> bool:
    """Tell whether a text exceeds the limit of one term."""
    if not isinstance(value, str) or len(value) * 4 <= MAX_TERM_BYTES:
        return False
    return len(value.encode("utf-8", "surrogatepass")) > MAX_TERM_BYTES
