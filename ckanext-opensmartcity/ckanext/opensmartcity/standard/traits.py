"""Traits of codes in conditions: `{trait: NAME}` stands for all codes of a vocabulary that have the trait.

Of a list of traits, a code needs one. The trait is replaced by these codes before a condition is compiled. So a
condition means, says and publishes its codes, and a code that a city adds with the trait counts wherever ours with the
same trait do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .yaml_source import Section, nearest

TRAIT = "trait"
# The vocabulary of each field, None for a field without one.
Codes = Mapping[str, Collection[str] | None]


def expand_traits(condition: Section, codes: Codes) -> Section:
    """Return a condition with codes in the place of traits. Raise SourceError for a trait that no code has."""
    expanded = condition.changed_by(condition)
    for key, value in condition.items():
        expanded[key] = _expand(key, value, codes)
    return expanded


def _expand(key: str, value: Any, codes: Codes) -> Any:
    if isinstance(value, list):
        return [expand_traits(item, codes) if isinstance(item, Section) else item for item in value]
    if not isinstance(value, Section):
        return value
    if TRAIT not in value or key not in codes:
        return expand_traits(value, codes)
    value.allow((TRAIT,))
    vocabulary = codes[key]
    if not isinstance(vocabulary, Mapping):
        raise value.error(f"'{key}' has no vocabulary, so its answers have no traits", TRAIT)
    names = value.texts(TRAIT) if isinstance(value[TRAIT], list) else [value.text(TRAIT)]
    known = {trait for code in vocabulary.values() for trait in code.traits}
    for name in names:
        if name not in known:
            raise value.error(f"no code of '{key}' has the trait '{name}'{nearest(name, known)}", TRAIT)
    having = [code.code for code in vocabulary.values() if not set(names).isdisjoint(code.traits)]
    return having[0] if len(having) == 1 else having
