"""Compiler of the condition language: the YAML of obligations, rules, sentences and indicators into expressions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import facts  # noqa: F401  (registers the facts)
from .expressions import AllOf, AnyOf, Expression, InexpressibleError, Not
from .field_predicates import HasCode
from .model import Condition
from .predicates import FACTS, FIELD_PREDICATES, Names
from .yaml_source import Section, nearest


def compile_condition(section: Section, names: Names, *, countable: bool = False) -> Condition:
    """Compile a YAML mapping, all keys of which must hold. Raise SourceError with file and line if it is invalid.

    With `countable`, predicates that the search index cannot count are invalid too.
    """
    expression = _Compiler(names, countable).mapping(section)
    return Condition(_plain(section), expression.fields, expression)


class _Compiler:
    def __init__(self, names: Names, countable: bool) -> None:
        self.names = names
        self.countable = countable

    def mapping(self, section: Section) -> Expression:
        if not section:
            raise section.error("a condition must not be empty")
        return AllOf.of([self.key(section, key) for key in section])

    def key(self, section: Section, key: str) -> Expression:
        value = section[key]
        if key in ("any", "all"):
            parts = [self.mapping(item) for item in section.sections(key)]
            return AnyOf(tuple(parts)) if key == "any" else AllOf.of(parts)
        if key == "not":
            if not isinstance(value, Section):
                raise section.error(f"'{key}' must hold a condition", key)
            return Not(self.mapping(value))
        if key in FACTS:
            if key in self.names.types:
                raise section.error(f"'{key}' is the name of a field and of a fact: rename the field", key)
            return self.checked(FACTS[key].compile(section), section, key)
        if key not in self.names.types:
            raise section.error(f"unknown field or fact '{key}'{nearest(key, [*self.names.types, *FACTS])}", key)
        return self.field(value, key) if isinstance(value, Section) else HasCode.compile(section, key, self.names)

    def field(self, section: Section, field: str) -> Expression:
        section.allow(FIELD_PREDICATES)
        if not section:
            raise section.error("a condition must not be empty")
        parts = [FIELD_PREDICATES[name].compile(field, section, self.names) for name in section]
        return AllOf.of([self.checked(part, section, name) for part, name in zip(parts, section, strict=True)])

    def checked(self, expression: Expression, section: Section, name: str) -> Expression:
        if self.countable:
            try:
                expression.solr_query(_AnyIndex())
            except InexpressibleError:
                known = {**FIELD_PREDICATES, **FACTS}
                countable = [each for each, predicate in known.items() if predicate.is_countable()]
                reason = f"the search index cannot count '{name}' (it can count codes, {', '.join(countable)})"
                raise section.error(reason, name) from None
        return expression


class _AnyIndex:
    """Search index without content, to find out whether an expression can be counted."""

    home = frozenset({"XX"})

    def codes(self, field: str, codes: Iterable[str]) -> str:  # noqa: ARG002
        return "*:*"

    def answered(self, field: str) -> str:  # noqa: ARG002
        return "*:*"

    declared = marked = overdue = answered


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
