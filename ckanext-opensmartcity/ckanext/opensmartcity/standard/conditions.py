"""Conditions of obligations and rules: a small YAML language compiled to one test on a record's situation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from .answers import Answer, as_list
from .contacts import looks_personal
from .durations import add_months
from .yaml_source import Section, nearest


class Situation(Protocol):
    """What a condition may ask of a record."""

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Valid answers by field."""

    @property
    def declared(self) -> Collection[str]:
        """Fields declared unknown or not applicable."""

    @property
    def facts(self) -> Mapping[str, bool]:
        """What is known beside the answers."""

    @property
    def home(self) -> frozenset[str]:
        """Country codes that count as home; empty where none is configured."""

    @property
    def review_months(self) -> int:
        """Configured months between two reviews."""


Test = Callable[[Situation], bool]


@dataclass(frozen=True)
class Condition:
    """A compiled condition; `source` is its YAML as plain values, `fields` are the fields that it reads."""

    source: Mapping[str, Any]
    fields: frozenset[str]
    test: Test = field(compare=False, repr=False)

    def holds(self, situation: Situation) -> bool:
        """Tell whether the condition is met."""
        return self.test(situation)


@dataclass(frozen=True)
class Names:
    """What a condition may mention: fields with their codes (None without a vocabulary), date fields, and facts."""

    codes: Mapping[str, Collection[str] | None]
    dates: Collection[str]
    facts: Collection[str]


def compile_condition(section: Section, names: Names) -> Condition:
    """Compile a YAML mapping, all of whose keys must hold; SourceError for whatever it may not say."""
    if not section:
        raise section.error("a condition must not be empty")
    tests, fields = [], set[str]()
    for key in section:
        test, used = _compile_key(section, key, names)
        tests.append(test)
        fields |= used
    return Condition(_plain(section), frozenset(fields), _all(tests))


def _compile_key(section: Section, key: str, names: Names) -> tuple[Test, set[str]]:
    if key in ("any", "all"):
        return _compile_many(section, key, names)
    if key == "not":
        inner = compile_condition(_nested(section, key), names)
        return (lambda s: not inner.test(s)), set(inner.fields)
    if key in names.facts:
        return _compile_fact(section, key), set()
    if key in names.codes:
        return _compile_field(section, key, names)
    raise section.error(f"unknown field or fact '{key}'{nearest(key, [*names.codes, *names.facts])}", key)


def _compile_many(section: Section, key: str, names: Names) -> tuple[Test, set[str]]:
    inner = [compile_condition(item, names) for item in section.sections(key)]
    tests = [condition.test for condition in inner]
    fields = {name for condition in inner for name in condition.fields}
    return (_any(tests) if key == "any" else _all(tests)), fields


def _compile_fact(section: Section, key: str) -> Test:
    wanted = section[key]
    if not isinstance(wanted, bool):
        raise section.error(f"the fact '{key}' must be true or false", key)
    return lambda s: s.facts[key] is wanted


def _compile_field(section: Section, name: str, names: Names) -> tuple[Test, set[str]]:
    matcher = section[name]
    if isinstance(matcher, Section):
        return _compile_predicates(matcher, name, names)
    return _compile_codes(section, name, names), {name}


def _compile_codes(section: Section, name: str, names: Names) -> Test:
    matcher, known = section[name], names.codes[name]
    if known is None:
        raise section.error(f"'{name}' has no vocabulary: use a predicate such as {{answered: true}}", name)
    if not isinstance(matcher, (str, list)):
        raise section.error(f"'{name}' must be a code or a list of codes; put yes and no in quotes", name)
    wanted = frozenset([matcher] if isinstance(matcher, str) else section.texts(name))
    if strange := sorted(wanted - frozenset(known)):
        raise section.error(f"'{name}' has no code '{strange[0]}'{nearest(strange[0], known)}", name)
    return _holds_code(name, wanted)


def _holds_code(name: str, wanted: frozenset[str]) -> Test:
    def test(s: Situation) -> bool:
        answer = s.answers.get(name)
        if isinstance(answer, str):
            return answer in wanted
        return answer is not None and not wanted.isdisjoint(answer)

    return test


def _compile_predicates(matcher: Section, name: str, names: Names) -> tuple[Test, set[str]]:
    matcher.allow({*_FLAGS, *_COMPARISONS})
    if not matcher:
        raise matcher.error("a condition must not be empty")
    tests, fields = [], {name}
    for key, value in matcher.items():
        if key in _FLAGS:
            if not isinstance(value, bool):
                raise matcher.error(f"'{key}' must be true or false", key)
            tests.append(_flag(_FLAGS[key], name, value))
        else:
            other = _date_field(matcher, key, name, names)
            tests.append(_comparison(_COMPARISONS[key], name, other))
            fields.add(other)
    return _all(tests), fields


def _date_field(matcher: Section, key: str, name: str, names: Names) -> str:
    other = matcher.text(key)
    for compared in (name, other):
        if compared not in names.dates:
            raise matcher.error(f"'{compared}' is not a date field", key)
    return other


def _flag(predicate: Callable[[Situation, str], bool], name: str, wanted: bool) -> Test:
    return lambda s: predicate(s, name) is wanted


def _comparison(compare: Callable[[Situation, date, date], bool], name: str, other: str) -> Test:
    def test(s: Situation) -> bool:
        left, right = s.answers.get(name), s.answers.get(other)
        if not isinstance(left, str) or not isinstance(right, str):
            return False
        return compare(s, date.fromisoformat(left), date.fromisoformat(right))

    return test


def _answered(s: Situation, name: str) -> bool:
    return name in s.answers


def _missing(s: Situation, name: str) -> bool:
    return name not in s.answers and name not in s.declared


def _outside_home(s: Situation, name: str) -> bool:
    return bool(s.home) and any(code not in s.home for code in as_list(s.answers.get(name)))


def _personal(s: Situation, name: str) -> bool:
    return any(map(looks_personal, as_list(s.answers.get(name))))


_FLAGS: Mapping[str, Callable[[Situation, str], bool]] = {
    "answered": _answered,
    "missing": _missing,
    "outside_home": _outside_home,
    "personal": _personal,
}

_COMPARISONS: Mapping[str, Callable[[Situation, date, date], bool]] = {
    "before": lambda _, left, right: left < right,
    "months_after": lambda s, left, right: left > add_months(right, s.review_months),
}


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test(s: Situation) -> bool:
        for part in tests:  # noqa: SIM110  (a generator for each condition of each record costs more than the tests)
            if not part(s):
                return False
        return True

    return test


def _any(tests: list[Test]) -> Test:
    def test(s: Situation) -> bool:
        for part in tests:  # noqa: SIM110
            if part(s):
                return True
        return False

    return test


def _nested(section: Section, key: str) -> Section:
    value = section[key]
    if not isinstance(value, Section):
        raise section.error(f"'{key}' must hold a condition", key)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
