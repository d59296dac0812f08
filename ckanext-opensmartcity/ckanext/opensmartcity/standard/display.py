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


LEVEL_LABELS: Mapping[Level, str] = {
    "silent": N_("Silent"),
    "started": N_("Started"),
    "answered": N_("Answered"),
    "current": N_("Current"),
}
LEVEL_MEANINGS: Mapping[Level, str] = {
    "silent": N_("The city has not answered yet."),
    "started": N_("The city has answered some questions. Required answers are missing or not known."),
    "answered": N_("Every required question is answered. Something still needs attention."),
    "current": N_("Every required question is answered, nothing is of concern, no review is overdue."),
}
