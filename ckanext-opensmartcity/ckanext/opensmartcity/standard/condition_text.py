"""Display texts of conditions, built from the labels of their fields and codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.lists import format_list

from .i18n import N_, Language
from .model import Field, Standard

_FLAGS = {
    ("answered", True): N_("“{field}” is answered"),
    ("answered", False): N_("“{field}” is not answered"),
    ("missing", True): N_("“{field}” is left open"),
    ("missing", False): N_("“{field}” is not left open"),
    ("outside_home", True): N_("“{field}” names a country outside the home jurisdiction"),
    ("outside_home", False): N_("“{field}” names no country outside the home jurisdiction"),
    ("personal", True): N_("“{field}” looks like a person's own address"),
    ("personal", False): N_("“{field}” does not look like a person's own address"),
}
_COMPARISONS = {
    "before": N_("“{field}” is before “{other}”"),
    "months_after": N_("“{field}” is later than the configured number of months after “{other}”"),
}
_FACTS = {
    ("licence_open", True): N_("the licence is open"),
    ("licence_open", False): N_("the licence is not open"),
    ("public_link", True): N_("a resource has a public link"),
    ("public_link", False): N_("no resource has a public link"),
    ("open_format", True): N_("a resource has an open format"),
    ("open_format", False): N_("no resource has an open format"),
    ("review_overdue", True): N_("the review is overdue"),
    ("review_overdue", False): N_("the review is not overdue"),
    ("disposal_overdue", True): N_("the disposal is overdue"),
    ("disposal_overdue", False): N_("the disposal is not overdue"),
}


def condition_in_words(standard: Standard, source: Mapping[str, Any], language: Language) -> str:
    """Return a condition as one sentence without a full stop."""
    return _ConditionFormatter(standard, language).all(source)


def fact_in_words(name: str, language: Language) -> str:
    """Return the text of a fact that is true. Raise KeyError for an unknown name."""
    return language.translate(_FACTS[name, True])


class _ConditionFormatter:
    def __init__(self, standard: Standard, language: Language) -> None:
        self.standard = standard
        self.translate = language.translate
        self.locale = language.locale
        self.fields: dict[str, Field] = {
            name: field for record in standard.records.values() for name, field in record.fields.items()
        }

    def all(self, source: Mapping[str, Any]) -> str:
        return self.join(N_("{first} and {second}"), [self.part(key, value) for key, value in source.items()])

    def part(self, key: str, value: Any) -> str:
        if key == "any":
            return self.bracketed(N_("{first}, or {second}"), value)
        if key == "all":
            return self.bracketed(N_("{first} and {second}"), value)
        if key == "not":
            return self.fill(N_("not ({condition})"), condition=self.all(value))
        if key not in self.fields:
            return self.translate(_FACTS[key, value])
        return self.field(self.fields[key], value)

    def bracketed(self, template: str, conditions: list[Mapping[str, Any]]) -> str:
        return f"({self.join(template, [self.all(condition) for condition in conditions])})"

    def field(self, field: Field, value: Any) -> str:
        if isinstance(value, Mapping):
            tests = [self.predicate(field, name, expected) for name, expected in value.items()]
            return self.join(N_("{first} and {second}"), tests)
        codes = self.standard.vocabulary_of(field).codes
        expected = [value] if isinstance(value, str) else value
        labels = [self.fill(N_("“{answer}”"), answer=self.translate(codes[code].label)) for code in expected]
        answers = str(format_list(labels, style="or", locale=self.locale))
        return self.fill(N_("“{field}” is {answers}"), field=self.translate(field.label), answers=answers)

    def predicate(self, field: Field, name: str, expected: Any) -> str:
        label = self.translate(field.label)
        if name in _COMPARISONS:
            return self.fill(_COMPARISONS[name], field=label, other=self.translate(self.fields[expected].label))
        return self.fill(_FLAGS[name, expected], field=label)

    def join(self, template: str, parts: list[str]) -> str:
        joined = parts[0]
        for part in parts[1:]:
            joined = self.fill(template, first=joined, second=part)
        return joined

    def fill(self, template: str, **values: str) -> str:
        return self.translate(template).format(**values)
