"""Reference of the condition language in Markdown, from its expressions and registered predicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import conditions  # noqa: F401  (registers the predicates and facts)
from .expressions import AllOf, AnyOf, Not
from .field_predicates import HasCode
from .predicates import FACTS, FIELD_PREDICATES, Predicate

_INTRODUCTION = """\
# Conditions

The language of obligations, rules, sentences and indicators in YAML. A condition is a mapping, all keys of which must
hold. `make reference` writes this page; [add a predicate](how-to/add-a-predicate.md) says how a word is added.

```yaml
when:
  FIELD: [CODE, ANOTHER_CODE]
  any:
    - OTHER_FIELD: {outside_home: true}
    - not: {licence_open: true}
```

Each `true` may be `false` and then says the opposite. Put the codes `yes` and `no` in quotes, because YAML reads them
as true and false. An answer that is not valid, or of another record type, counts as no answer.

A rule or obligation that the JSON Schema cannot express is left out of it, and [listed](json-schema.md). An indicator
that cannot be counted stops the start of CKAN with file and line.
"""
# Not a predicate: a trait is replaced by its codes when the standard is loaded.
_TRAIT = (
    "`FIELD: {trait: TRAIT}` or `FIELD: {trait: [TRAIT, …]}`",
    "the answer is a code that has this [trait](own-standard.md#roles-and-traits), or one of these",
)
_HEAD = ("you write", "it holds if", "in the JSON Schema", "an indicator can count it")


def condition_reference() -> str:
    """Return the reference page, without a line break at its end."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    for title, rows in (
        ("Answers", [_row(HasCode.example, HasCode.meaning), _row(*_TRAIT), *_rows(FIELD_PREDICATES.values())]),
        ("Facts beside the answers", _rows(FACTS.values())),
    ):
        yield from (f"## {title}", "", f"| {' | '.join(_HEAD)} |", "|---|---|---|---|", *rows, "")
    yield from ("## Combinations", "", f"| {' | '.join(_HEAD[:2])} |", "|---|---|")
    yield from (f"| {each.example} | {each.meaning} |" for each in (AllOf, AnyOf, Not))


def _rows(predicates: Iterable[type[Predicate]]) -> list[str]:
    return [_row(each.example, each.meaning, each.has_json_schema(), each.is_countable()) for each in predicates]


def _row(example: str, meaning: str, *can_be: bool) -> str:
    columns = ("yes" if each else "no" for each in can_be or (True, True))
    return f"| {example} | {meaning} | {' | '.join(columns)} |"


if __name__ == "__main__":
    print(condition_reference())  # noqa: T201
