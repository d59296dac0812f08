"""Display texts of answers and levels in the reader's language: labels of codes, country names, dates, durations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from .assessment import Level
from .countries import territory_name
from .durations import duration_in_words
from .i18n import N_, Language
from .model import Answer, AnswerType, Field, Standard


def display_answer(standard: Standard, field: Field, answer: Answer, language: Language) -> str | list[str]:
    """Return the display text of a valid answer, for a list that of each entry."""
    if isinstance(answer, str):
        return _display(standard, field, answer, language)
    return [_display(standard, field, entry, language) for entry in answer]


def _display(standard: Standard, field: Field, text: str, language: Language) -> str:
    if field.type.is_coded:
        return language.translate(standard.vocabulary_of(field).codes[text].label)
    if field.type in (AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS):
        return territory_name(text, language.locale)
    if field.type is AnswerType.DURATION:
        return duration_in_words(text, language.locale)
    if field.type is AnswerType.DATE:
        return date_in_words(date.fromisoformat(text), language)
    return text


def date_in_words(day: date, language: Language) -> str:
    """Return a date in the long format of CLDR, such as "3 May 2026"."""
    return str(format_date(day, "long", locale=language.locale))


# Each label names its noun: a level is about the answers, not about the data or the system.
LEVEL_LABELS: Mapping[Level, str] = {
    "silent": N_("Answers: none"),
    "started": N_("Answers: begun"),
    "answered": N_("Answers: complete"),
    "current": N_("Answers: complete and checked"),
}
LEVEL_MEANINGS: Mapping[Level, str] = {
    "silent": N_("The city has not answered yet."),
    "started": N_("The city has answered some questions. Required answers are missing or not known."),
    "answered": N_("Every required question is answered. Some answers still need attention or a check."),
    "current": N_("Every required question is answered, and the answers were checked on time."),
}
