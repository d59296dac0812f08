"""Display texts of conditions, built from the labels of their fields and codes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from babel.lists import format_list

from .expressions import Expression
from .i18n import N_, Language
from .model import Field, Standard
from .predicates import from_mark


def condition_in_words(standard: Standard, expression: Expression, language: Language) -> str:
    """Return a condition as one sentence without a full stop."""
    return expression.in_words(_Labels(standard, language))


def mark_in_words(standard: Standard, mark: str, language: Language) -> str:
    """Return the text of an indexed predicate that holds. Raise KeyError for an unknown mark."""
    return condition_in_words(standard, from_mark(mark), language)


class _Labels:
    """Labels of a standard in one language (see `expressions.Words`)."""

    def __init__(self, standard: Standard, language: Language) -> None:
        self.standard = standard
        self.language = language

    @cached_property
    def fields(self) -> dict[str, Field]:
        """All fields by name."""
        return {name: field for record in self.standard.records.values() for name, field in record.fields.items()}

    def fill(self, template: str, **values: str) -> str:
        """Return a translated msgid with its values."""
        return self.language.translate(template).format(**values)

    def field(self, name: str) -> str:
        """Return the label of a field."""
        return self.language.translate(self.fields[name].label)

    def codes(self, field: str, codes: Iterable[str]) -> str:
        """Return the labels of codes, in quotation marks and joined by "or"."""
        known = self.standard.vocabulary_of(self.fields[field]).codes
        labels = [self.fill(N_("“{answer}”"), answer=self.language.translate(known[code].label)) for code in codes]
        return str(format_list(labels, style="or", locale=self.language.locale))
