"""Facets of the standard: index fields, titles, and labels of their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from ..standard import LEVELS, AnswerType, Field, Language, Standard, display_answer
from ..standard.condition_text import mark_in_words
from ..standard.display import LEVEL_LABELS
from ..standard.i18n import N_

PREFIX = "vocab_"
LEVEL = "vocab_governance_level"
GROUP_LEVEL = "vocab_governance_group_level"
MISSING = "vocab_governance_missing"
UNKNOWN = "vocab_governance_unknown"
CONCERN = "vocab_governance_concern"
ANSWERED = "vocab_governance_answered"
FACT = "vocab_governance_fact"
DECLARED = "vocab_governance_declared"
MARK = "governance_mark"
ROW = "governance_row"
FORMER_NAMES = "vocab_algorithm_former_names"
LEVEL_FIELD = "governance_level"
REVIEW_DATE = "governance_review_date"
RETENTION_DATE = "retention_due_date"

CODED = frozenset(
    {AnswerType.CODE, AnswerType.CODES, AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS}
)
_TITLES = {
    LEVEL: N_("Governance level"),
    GROUP_LEVEL: N_("Level of a group of questions"),
    MISSING: N_("Missing answer"),
    UNKNOWN: N_("Answer not known yet"),
    CONCERN: N_("Concern"),
    ANSWERED: N_("Answered question"),
    FACT: N_("Other known facts"),
    DECLARED: N_("Question declared not known or not applicable"),
}


@lru_cache(maxsize=4)
def coded_fields(standard: Standard) -> Mapping[str, Field]:
    """Return the fields that are facets by facet name. For a name in two record types the first type counts."""
    fields = [field for record in standard.records.values() for field in record.fields.values()]
    return {PREFIX + field.name: field for field in reversed(fields) if field.type in CODED}


def list_facets(standard: Standard, record_type: str) -> list[str]:
    """Return the facets that the standard sets for the list of a record type, none for other types."""
    record = standard.types.get(record_type)
    return [PREFIX + field.name for field in record.facets] if record else []


def type_query(standard: Standard, kind: str) -> str:
    """Return the query for the records of a record type: of one dataset type, or of several."""
    types = " OR ".join(standard.types_of(kind))
    return f"dataset_type:({types})" if " " in types else f"dataset_type:{types}"


def algorithm_fields(standard: Standard) -> list[str]:
    """Return the index fields that hold names of algorithm records."""
    every = (field for record in standard.records.values() for field in record.fields.values())
    return list(dict.fromkeys(PREFIX + field.name for field in every if field.type is AnswerType.ALGORITHMS))


def facet_names(standard: Standard) -> list[str]:
    """Return the names of all facets of the standard."""
    return [*_TITLES, *coded_fields(standard)]


def is_facet(standard: Standard, name: str) -> bool:
    """Tell whether a facet belongs to the standard."""
    return name in _TITLES or name in coded_fields(standard)


def facet_title(standard: Standard, name: str, reader: Language) -> str:
    """Return the translated title of a facet; KeyError if it is not a facet of the standard."""
    field = coded_fields(standard).get(name)
    return reader.translate(field.label if field else _TITLES[name])


def facet_label(standard: Standard, name: str, value: str, reader: Language) -> str:
    """Return the label of a facet value, or the value itself if the standard no longer has it."""
    try:
        if name in _LABELS:
            return _LABELS[name](standard, value, reader)
        return str(display_answer(standard, coded_fields(standard)[name], value, reader))
    except KeyError:
        return value


def _level_label(_: Standard, value: str, reader: Language) -> str:
    return reader.translate({level: LEVEL_LABELS[level] for level in LEVELS}[value])  # type: ignore[index]


def _group_level_label(standard: Standard, value: str, reader: Language) -> str:
    group, _, level = value.partition(":")
    labels = {each.id: each.label for record in standard.records.values() for each in record.groups}
    return f"{reader.translate(labels[group])} – {_level_label(standard, level, reader)}"


def _question_label(standard: Standard, value: str, reader: Language) -> str:
    fields = {name: field for record in standard.records.values() for name, field in record.fields.items()}
    return reader.translate(fields[value].label)


_LABELS: Mapping[str, Callable[[Standard, str, Language], str]] = {
    LEVEL: _level_label,
    GROUP_LEVEL: _group_level_label,
    MISSING: _question_label,
    UNKNOWN: _question_label,
    CONCERN: lambda standard, rule, reader: f"{reader.translate(standard.rules[rule].title)} ({rule})",
    ANSWERED: _question_label,
    FACT: mark_in_words,
    DECLARED: _question_label,
}
