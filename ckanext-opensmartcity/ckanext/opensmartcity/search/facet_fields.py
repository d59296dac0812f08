"""Index fields of the facets: plain codes under plain names, in fields that CKAN's full-text search does not read.

CKAN's Solr schema has one multi-valued string field for plugins, `vocab_*`, and copies it into the field `text` that
visitors search: "owner" would find every dataset that does not name its owner. Its other fields for plugins are strings
with one value, in which CKAN indexes extras. So the codes are indexed

- in a field with the name of the question: `privacy_class:personal`, `sovereignty_storage_countries:"DE NL"`;
- one by one, where a record has many of a list that the standard knows: `governance_gap.ownership_owner:missing`,
  `governance_level.privacy:current`. Extras cannot use such names with a dot.

All have the public name of the facet (`vocab_privacy_class`) in `package_search`; `facet_query` and `query_hooks`
translate it. The reasons and measurements are in docs/adr/0012-plain-codes-in-the-index.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as field_of_class
from datetime import date
from functools import lru_cache
from typing import Any

from .. import config
from ..standard import LEVELS, AnswerType, Field, Standard
from ..standard.countries import EUROPEAN_UNION, country_codes
from ..standard.model import Condition
from ..standard.predicates import FACTS, FIELD_PREDICATES, indexed_names
from . import fields
from .facet_counts import Facets, among, enumerated, terms
from .turns import PHASES, phase_queries

_TRUE = "true"
# Forms of names for which CKAN's schema has other types than strings with one value.
_OTHER_TYPE = re.compile(r"(extras|res_extras|vocab)_.*")
_DATE = "_date"


@dataclass(frozen=True)
class IndexedFacet:
    """Facet with one index field, which holds one value; several in the multi-valued `vocab_*`.

    `fields` are the names before the first turn of a record. Those in `turning` exist for each of the PHASES. `types`
    has the record type of the fields that only records of one type have. `number` is the place of the facet among all.
    """

    name: str
    fields: tuple[str, ...] = ()
    turning: frozenset[str] = frozenset()
    types: Mapping[str, str] = field_of_class(default_factory=dict)
    number: int = 0

    def entries(self, values: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Yield fields and their content for the values of a record."""
        if values:
            yield self.fields[0], list(values) if self.fields[0].startswith(fields.PREFIX) else values[0]

    def document(self, values: Sequence[str], phase: str = "") -> Iterator[tuple[str, Any]]:
        """Yield the fields of an index document for the values of a record in a phase, new ones only."""
        for field, content in self.entries(values):
            if not phase or field in self.turning:
                yield in_phase_of(field, phase), content

    def values_in(self, field: str, term: str) -> Sequence[str]:
        """Return the values of the facet in an indexed term."""
        return (term,)

    def request(self, field: str, phase: str, within: Facets | None) -> dict[str, Any]:
        """Return the JSON facet that counts the values in a field in a phase, broken down by `within`."""
        # Measured: `enum` is faster for all records, an array of the field for those in a phase.
        return (terms if field in self.turning else enumerated)(in_phase_of(field, phase), within)

    def buckets(self, field: str, response: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield value and bucket for the response to `request`; the same value can occur in several buckets."""
        for bucket in response.get("buckets", ()):
            for value in self.values_in(field, bucket["val"]):
                yield value, bucket


@dataclass(frozen=True)
class EnumeratedFacet(IndexedFacet):
    """Facet with several values of a record, out of those that the standard knows."""

    values: tuple[str, ...] = ()

    def clauses(self, values: Sequence[str]) -> Mapping[str, str]:
        """Return the clauses for records with at least one of the values: what follows `FIELD:`, by field."""
        raise NotImplementedError


class ListFacet(EnumeratedFacet):
    """Facet of a question with several codes: a field for each code to filter by, and one with all of them to count by.

    Few combinations of codes occur in a catalogue, and a question about countries has 250 codes.
    """

    def entries(self, values: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Yield fields and their content for the values of a record."""
        if values:
            yield self.fields[0], " ".join(values)
        for value in values:
            yield self.entry(value), _TRUE

    def entry(self, value: str) -> str:
        """Return the field of a code."""
        return field_name(self.fields[0].removesuffix("."), value)

    def clauses(self, values: Sequence[str]) -> Mapping[str, str]:
        """Return the clauses for records with at least one of the values."""
        return {self.entry(value): _TRUE for value in values}

    def values_in(self, field: str, term: str) -> Sequence[str]:
        """Return the values of the facet in an indexed term."""
        return term.split(" ")


@dataclass(frozen=True)
class KeyedFacet(EnumeratedFacet):
    """Facet with an index field for each of its values, in which `term` says that a record has it."""

    prefix: str = ""
    term: str = _TRUE

    def entry(self, value: str) -> tuple[str, str]:
        """Return field and term of a value."""
        return field_name(self.prefix, *value.split(":")), self.term

    def entries(self, values: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Yield fields and terms for the values of a record."""
        return map(self.entry, values)

    def clauses(self, values: Sequence[str]) -> Mapping[str, str]:
        """Return the clauses for records with at least one of the values."""
        chosen: dict[str, list[str]] = {}
        for field, term in self.entries(values):
            chosen.setdefault(field, []).append(term)
        return {field: each[0] if len(each) == 1 else f"({' OR '.join(each)})" for field, each in chosen.items()}

    def value_of(self, field: str) -> str:
        """Return the value of a field."""
        return field.removeprefix(f"{self.prefix}.").removesuffix(".").replace(".", ":")

    def request(self, field: str, phase: str, within: Facets | None) -> dict[str, Any]:
        """Return the JSON facet that counts the value of a field in a phase, broken down by `within`."""
        # Measured: the cached filter of each value is faster than an array of each field, and the parser `term` than
        # that of Lucene's syntax.
        return among(f"{{!term f={in_phase_of(field, phase)}}}{self.term}", within)

    def buckets(self, field: str, response: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the value of a field and its bucket for the response to `request`."""
        if response.get("count"):
            yield self.value_of(field), response


class GroupLevelFacet(KeyedFacet):
    """Facet of the levels of groups, with values such as `privacy:current` and a field for each group."""

    def entry(self, value: str) -> tuple[str, str]:
        """Return the field of the group, and the level."""
        group, _, level = value.partition(":")
        return field_name(self.prefix, group), level

    def values_in(self, field: str, term: str) -> Sequence[str]:
        """Return the value for a level of a group."""
        return (f"{self.value_of(field)}:{term}",)

    # All levels of a group are in one field.
    request, buckets = IndexedFacet.request, IndexedFacet.buckets


def field_name(*parts: str) -> str:
    """Return the name of a string field, such as `governance_gap.ownership_owner`."""
    name = ".".join(parts)
    # The schema has dates for such names: a code `birth_date` would break the index write of its record.
    return f"{name}." if name.endswith(_DATE) else name


def in_phase_of(field: str, phase: str) -> str:
    """Return the name of an index field in one of the PHASES, such as `governance_gap_late.ownership_owner`."""
    name, dot, key = field.partition(".")
    return f"{name}{phase}{dot}{key}"


def requests(facets: Iterable[IndexedFacet], today: date, within: Facets | None = None) -> dict[str, Any]:
    """Return the JSON facets that count all values of some facets as of today, each broken down by `within`."""
    by_type: dict[str, list[tuple[IndexedFacet, str, str]]] = {"": []}
    for facet in facets:
        for key, field in _keys(facet):
            by_type.setdefault(facet.types.get(field, ""), []).append((facet, key, field))
    counted = _requests(by_type.pop(""), today, within)
    standard = config.standard()
    # Solr leaves out what it would count among no records, such as the questions about algorithms.
    for record_type, entries in by_type.items():
        counted[f"type {record_type}"] = among(
            fields.type_query(standard, record_type), _requests(entries, today, within)
        )
    return counted


def _requests(
    entries: Iterable[tuple[IndexedFacet, str, str]], today: date, within: Facets | None
) -> dict[str, dict[str, Any]]:
    counted: dict[str, Any] = {}
    phases: dict[str, dict[str, Any]] = {phase: {} for phase in PHASES}
    for facet, key, field in entries:
        if field not in facet.turning:
            counted[key] = facet.request(field, "", within)
            continue
        for phase in PHASES:
            phases[phase][key] = facet.request(field, phase, within)
    queries = phase_queries(today)
    return counted | {f"phase{phase}": among(queries[phase], inner) for phase, inner in phases.items() if inner}


def buckets(facet: IndexedFacet, response: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield value and bucket for the response to `requests`; the same value can occur in several buckets."""
    for key, field in _keys(facet):
        record_type = facet.types.get(field)
        counted = response.get(f"type {record_type}", {}) if record_type else response
        turns = field in facet.turning
        for part in [counted.get(f"phase{phase}", {}) for phase in PHASES] if turns else [counted]:
            yield from facet.buckets(field, part.get(key, {}))


def _keys(facet: IndexedFacet) -> Iterator[tuple[str, str]]:
    """Yield key and index field of each JSON facet. The keys are short, because a count has some two hundred."""
    return ((f"{facet.number}.{number}", field) for number, field in enumerate(facet.fields))


def indexed_facets(standard: Standard) -> Mapping[str, IndexedFacet]:
    """Return all facets of the standard by public name."""
    return _indexed_facets(standard, tuple(indexed_names()))


@lru_cache(maxsize=4)
def _indexed_facets(standard: Standard, predicates: tuple[str, ...]) -> Mapping[str, IndexedFacet]:
    records = standard.records.values()
    questions = [field for record in records for field in record.fields.values()]
    names = _unique(field.name for field in questions)
    groups = _unique(group.id for record in records for group in record.groups)
    required = _unique(field.name for field in questions if field.obligation is not None)
    # Whether an answer is missing changes with time only if the condition of its obligation depends on the day.
    dated = [
        field.name
        for field in questions
        if isinstance(field.obligation, Condition) and field.obligation.expression.depends_on_day
    ]
    group_levels = tuple(f"{group}:{level}" for group in groups for level in LEVELS)
    level, gap, answer = fields.LEVEL_FIELD, "governance_gap", "governance_answer"
    facets = [
        IndexedFacet(fields.LEVEL, (level,), frozenset({level})),
        _with_fields(standard, GroupLevelFacet(fields.GROUP_LEVEL, values=group_levels, prefix=level), group_levels),
        _with_fields(standard, KeyedFacet(fields.MISSING, values=required, prefix=gap, term="missing"), dated),
        _with_fields(standard, KeyedFacet(fields.UNKNOWN, values=names, prefix=gap, term="unknown"), dated),
        # Ids of rules do not look like words, so that they can stay where CKAN searches them.
        IndexedFacet(fields.CONCERN, (fields.CONCERN,), frozenset({fields.CONCERN})),
        _with_fields(standard, KeyedFacet(fields.ANSWERED, values=names, prefix=answer, term="answered")),
        _with_fields(standard, KeyedFacet(fields.DECLARED, values=names, prefix=answer, term="declared")),
        _with_fields(standard, KeyedFacet(fields.FACT, values=_marks(standard, predicates), prefix="governance_fact")),
        *(_code_facet(standard, name, field) for name, field in fields.coded_fields(standard).items()),
    ]
    return {facet.name: replace(facet, number=number) for number, facet in enumerate(facets)}


def _with_fields(standard: Standard, facet: KeyedFacet, turning: Iterable[str] = ()) -> KeyedFacet:
    """Return a facet with the fields of all its values, and those that depend on the date."""
    types = _types(standard)
    named = {facet.entry(value)[0]: types.get(value.partition(":")[0], "") for value in facet.values}
    dated = frozenset(field for field, _ in facet.entries([*turning]))
    return replace(facet, fields=tuple(named), turning=dated, types=named)


def _types(standard: Standard) -> dict[str, str]:
    """Return the record type of each question and group that only one type has."""
    types: dict[str, set[str]] = {}
    for name, record in standard.records.items():
        for each in (*record.fields, *(group.id for group in record.groups)):
            types.setdefault(each, set()).add(name)
    return {name: min(kinds) for name, kinds in types.items() if len(kinds) == 1}


def _code_facet(standard: Standard, name: str, field: Field) -> IndexedFacet:
    index_field = field_name(*(("governance_code",) if _OTHER_TYPE.fullmatch(field.name) else ()), field.name)
    types = {index_field: _types(standard).get(field.name, "")}
    if not field.type.is_list:
        return IndexedFacet(name, (index_field,), types=types)
    codes = standard.vocabulary_of(field).codes if field.type.is_coded else sorted(country_codes())
    union = (EUROPEAN_UNION,) if field.type is AnswerType.JURISDICTIONS else ()
    return ListFacet(name, (index_field,), types=types, values=(*codes, *union))


def _marks(standard: Standard, predicates: Iterable[str]) -> tuple[str, ...]:
    """Return the marks of all indexed predicates, of fields that they can test."""
    tested = [field for record in standard.records.values() for field in record.fields.values()]
    of_fields = (
        FIELD_PREDICATES[name](field.name).mark
        for name in predicates
        if name in FIELD_PREDICATES
        for field in tested
        if field.type in FIELD_PREDICATES[name].accepts
    )
    return _unique([*(name for name in predicates if name in FACTS), *of_fields])


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
