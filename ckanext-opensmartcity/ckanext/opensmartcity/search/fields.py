"""The facets of the standard: their names in the search index, and titles and labels for readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from ..standard import LEVELS, AnswerType, Field, Language, Standard, display_answer
from ..standard.condition_text import fact_in_words
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
MARK = "governance_mark"
ROW = "governance_row"
SYSTEMS = "vocab_algorithm_systems"
FORMER_NAMES = "vocab_algorithm_former_names"
REGISTER = ("vocab_algorithm_status", "vocab_algorithm_decision", "vocab_algorithm_risk")
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
    FACT: N_("Known beside the answers"),
}


@lru_cache(maxsize=4)
def coded_fields(standard: Standard) -> Mapping[str, Field]:
    """Return the fields that are facets, by the name of their facet; a name of two record types is the first one's."""
    fields = [field for record in standard.records.values() for field in record.fields.values()]
    return {PREFIX + field.name: field for field in reversed(fields) if field.type in CODED}


def facet_names(standard: Standard) -> list[str]:
    """Return the names of all facets of the standard."""
    return [*_TITLES, *coded_fields(standard)]


def is_facet(standard: Standard, name: str) -> bool:
    """Tell whether a facet of the search is one of the standard."""
    return name in _TITLES or name in coded_fields(standard)


def facet_title(standard: Standard, name: str, reader: Language) -> str:
    """Say what a facet is about."""
    field = coded_fields(standard).get(name)
    return reader.translate(field.label if field else _TITLES[name])


def facet_label(standard: Standard, name: str, value: str, reader: Language) -> str:
    """Say a value of a facet in words; a value that the standard no longer knows as it stands."""
    try:
        return _label(standard, name)(value, reader)
    except KeyError:
        return value


def _label(standard: Standard, name: str) -> Callable[[str, Language], str]:
    if name in _LABELS:
        return lambda value, reader: _LABELS[name](standard, value, reader)
    field = coded_fields(standard)[name]
    return lambda value, reader: str(display_answer(standard, field, value, reader))


def _level(_: Standard, value: str, reader: Language) -> str:
    return reader.translate({level: LEVEL_LABELS[level] for level in LEVELS}[value])  # type: ignore[index]


def _group_level(standard: Standard, value: str, reader: Language) -> str:
    group, _, level = value.partition(":")
    labels = {each.id: each.label for record in standard.records.values() for each in record.groups}
    return f"{reader.translate(labels[group])}: {_level(standard, level, reader)}"


def _question(standard: Standard, value: str, reader: Language) -> str:
    fields = {name: field for record in standard.records.values() for name, field in record.fields.items()}
    return reader.translate(fields[value].label)


def _fact(_: Standard, value: str, reader: Language) -> str:
    return fact_in_words(value, reader)


def _rule(standard: Standard, value: str, reader: Language) -> str:
    return f"{reader.translate(standard.rules[value].title)} ({value})"


_LABELS: Mapping[str, Callable[[Standard, str, Language], str]] = {
    LEVEL: _level,
    GROUP_LEVEL: _group_level,
    MISSING: _question,
    UNKNOWN: _question,
    CONCERN: _rule,
    ANSWERED: _question,
    FACT: _fact,
}
