"""What a city's own standard changes of ours: what it adds, what it rewords, and where it contradicts us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .conditions import Condition
from .model import Field, Standard

Kind = Literal["added", "changed", "contradicted"]


@dataclass(frozen=True)
class Difference:
    """One difference: whether it adds, changes words, or contradicts; where; and what."""

    kind: Kind
    where: str
    what: str


def differences(ours: Standard, theirs: Standard) -> list[Difference]:
    """List what differs, contradictions first."""
    found = [*_fields(ours, theirs), *_codes(ours, theirs), *_rules(ours, theirs)]
    return sorted(found, key=lambda difference: (difference.kind != "contradicted", difference.where))


def _fields(ours: Standard, theirs: Standard) -> Iterator[Difference]:
    for kind, record in ours.records.items():
        yield from _fields_of(record.fields, theirs.records[kind].fields)


def _fields_of(before: Mapping[str, Field], after: Mapping[str, Field]) -> Iterator[Difference]:
    yield from _added("field", before, after)
    for name, field in before.items():
        if name not in after:
            required = "required" if field.obligation is not None else "optional"
            kind: Kind = "changed" if field.obligation is None else "contradicted"
            yield Difference(kind, f"field {name}", f"dropped; it is {required} in ours")
        else:
            yield from _field(field, after[name])


def _field(ours: Field, theirs: Field) -> Iterator[Difference]:
    where = f"field {ours.name}"
    for part in ("type", "vocabulary", "iri"):
        if getattr(ours, part) != getattr(theirs, part):
            yield Difference("contradicted", where, f"another {part} than ours")
    if _source(ours.obligation) != _source(theirs.obligation):
        stricter = theirs.obligation == "always" or ours.obligation is None
        what = "required in more cases than ours" if stricter else "required in other cases than ours"
        yield Difference("changed" if stricter else "contradicted", where, what)
    for part in ("label", "question", "help", "example", "reason", "group"):
        if getattr(ours, part) != getattr(theirs, part):
            yield Difference("changed", where, f"another {part}")


def _codes(ours: Standard, theirs: Standard) -> Iterator[Difference]:
    yield from _added("vocabulary", ours.vocabularies, theirs.vocabularies)
    for name, vocabulary in ours.vocabularies.items():
        codes = theirs.vocabularies[name].codes if name in theirs.vocabularies else {}
        yield from _added(f"code {name}/", vocabulary.codes, codes, "")
        for code, entry in vocabulary.codes.items():
            if code not in codes:
                yield Difference("contradicted", f"code {name}/{code}", "dropped")
            elif codes[code].iri != entry.iri or codes[code].definition != entry.definition:
                yield Difference("contradicted", f"code {name}/{code}", "another meaning than ours")
            elif codes[code].label != entry.label:
                yield Difference("changed", f"code {name}/{code}", "another label")


def _rules(ours: Standard, theirs: Standard) -> Iterator[Difference]:
    yield from _added("rule", ours.rules, theirs.rules)
    for name, rule in ours.rules.items():
        other = theirs.rules.get(name)
        if other is None:
            yield Difference("contradicted", f"rule {name}", "dropped")
        elif (rule.severity, rule.records, rule.cases) != (other.severity, other.records, other.cases):
            yield Difference("contradicted", f"rule {name}", "met in other cases, or of another severity, than ours")
        elif rule != other:
            yield Difference("changed", f"rule {name}", "other words")


def _added(what: str, before: Mapping[str, Any], after: Mapping[str, Any], space: str = " ") -> Iterator[Difference]:
    for name in after:
        if name not in before:
            yield Difference("added", f"{what}{space}{name}", "not in ours")


def _source(obligation: Any) -> Any:
    return obligation.source if isinstance(obligation, Condition) else obligation
