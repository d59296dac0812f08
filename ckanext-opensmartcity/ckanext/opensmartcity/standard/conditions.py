"""Compiler of the condition language: the YAML of obligations, rules and indicators into tests on a record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .contacts import looks_personal
from .durations import add_months
from .model import Condition, Situation, Test, as_list
from .yaml_source import Section, nearest


@dataclass(frozen=True)
class Names:
    """Names that conditions can use: fields with their codes (None without a vocabulary), date fields and facts."""

    codes: Mapping[str, Collection[str] | None]
    dates: Collection[str]
    facts: Collection[str]


def compile_condition(section: Section, names: Names) -> Condition:
    """Compile a YAML mapping, all keys of which must hold. Raise SourceError with file and line if it is invalid."""
    if not section:
        raise section.error("a condition must not be empty")
    tests, fields = [], set[str]()
    for key in section:
        test, used = _compile_key(section, key, names)
        tests.append(test)
        fields |= used
    return Condition(_plain(section), frozenset(fields), _all(tests))


def _compile_key(section: Section, key: str, names: Names) -> tuple[Test, set[str]]:
    value = section[key]
    if key in ("any", "all"):
        inner = [compile_condition(item, names) for item in section.sections(key)]
        tests = [condition.test for condition in inner]
        return (_any(tests) if key == "any" else _all(tests)), {name for each in inner for name in each.fields}
    if key == "not":
        if not isinstance(value, Section):
            raise section.error(f"'{key}' must hold a condition", key)
        negated = compile_condition(value, names)
        return (lambda s: not negated.test(s)), set(negated.fields)
    if key in names.facts:
        if not isinstance(value, bool):
            raise section.error(f"the fact '{key}' must be true or false", key)
        return (lambda s: s.facts[key] is value), set()
    if key not in names.codes:
        raise section.error(f"unknown field or fact '{key}'{nearest(key, [*names.codes, *names.facts])}", key)
    if isinstance(value, Section):
        return _compile_predicates(value, key, names)
    return _compile_codes(section, key, names), {key}


def _compile_codes(section: Section, name: str, names: Names) -> Test:
    value, codes = section[name], names.codes[name]
    if codes is None:
        raise section.error(f"'{name}' has no vocabulary: use a predicate such as {{answered: true}}", name)
    if not isinstance(value, (str, list)):
        raise section.error(f"'{name}' must be a code or a list of codes; put yes and no in quotes", name)
    expected = frozenset([value] if isinstance(value, str) else section.texts(name))
    if invalid := sorted(expected - frozenset(codes)):
        raise section.error(f"'{name}' has no code '{invalid[0]}'{nearest(invalid[0], codes)}", name)

    def test(s: Situation) -> bool:
        answer = s.answers.get(name)
        if isinstance(answer, str):
            return answer in expected
        return answer is not None and not expected.isdisjoint(answer)

    return test


def _compile_predicates(predicates: Section, name: str, names: Names) -> tuple[Test, set[str]]:
    predicates.allow({*_FLAGS, *_COMPARISONS})
    if not predicates:
        raise predicates.error("a condition must not be empty")
    tests, fields = [], {name}
    for key, value in predicates.items():
        if key in _FLAGS:
            if not isinstance(value, bool):
                raise predicates.error(f"'{key}' must be true or false", key)
            tests.append(_flag(_FLAGS[key], name, value))
        else:
            other = predicates.text(key)
            for compared in (name, other):
                if compared not in names.dates:
                    raise predicates.error(f"'{compared}' is not a date field", key)
            tests.append(_comparison(_COMPARISONS[key], name, other))
            fields.add(other)
    return _all(tests), fields


def _flag(predicate: Callable[[Situation, str], bool], name: str, expected: bool) -> Test:
    return lambda s: predicate(s, name) is expected


def _comparison(compare: Callable[[Situation, date, date], bool], name: str, other: str) -> Test:
    def test(s: Situation) -> bool:
        left, right = s.answers.get(name), s.answers.get(other)
        if not isinstance(left, str) or not isinstance(right, str):
            return False
        return compare(s, date.fromisoformat(left), date.fromisoformat(right))

    return test


_FLAGS: Mapping[str, Callable[[Situation, str], bool]] = {
    "answered": lambda s, name: name in s.answers,
    "missing": lambda s, name: name not in s.answers and name not in s.declared,
    "outside_home": lambda s, name: bool(s.home) and not s.home.issuperset(as_list(s.answers.get(name))),
    "personal": lambda s, name: any(map(looks_personal, as_list(s.answers.get(name)))),
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


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
