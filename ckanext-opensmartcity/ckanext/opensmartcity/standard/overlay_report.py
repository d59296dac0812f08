"""Report on the standard of a city: what it adds to ours, what it rewords, and where it contradicts ours."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .model import Standard
from .serialize import list_content
from .versions import Change, compare, snapshot

Kind = Literal["added", "changed", "contradicted"]


@dataclass(frozen=True)
class Difference:
    """A difference to our standard. `contradicted` means that records of the two are not comparable there."""

    kind: Kind
    where: str
    what: str


def differences(ours: Standard, theirs: Standard) -> list[Difference]:
    """Return the differences between two standards, contradictions first.

    A code of the city that has a trait of ours is in the conditions with that trait. For records without that code they
    mean the same, so that it is left out of them here.
    """
    fields = {name: field for record in theirs.records.values() for name, field in record.fields.items()}
    vocabularies = {name: theirs.vocabulary_of(field) for name, field in fields.items() if field.vocabulary}
    own_codes = {
        name: each.codes.keys() - ours.vocabularies[each.id].codes.keys()
        for name, each in vocabularies.items()
        if each.id in ours.vocabularies
    }
    content = list_content(theirs)
    for entry in (*content["rules"], *content["fields"]):
        for part in ("cases", "obligation"):
            if part in entry:
                entry[part] = _without_codes(entry[part], own_codes)
    changes = compare(snapshot(list_content(ours)), snapshot(content))
    result = dict.fromkeys(_classify(change) for change in changes if change.kind in _CLASSIFIERS)
    return sorted(result, key=lambda difference: (difference.kind != "contradicted", difference.where))


def _without_codes(condition: Any, codes: Mapping[str, Collection[str]]) -> Any:
    """Return the YAML of a condition without some codes of each field; a list of one code is written as that code."""
    if isinstance(condition, list):
        return [_without_codes(entry, codes) for entry in condition]
    if not isinstance(condition, dict):
        return condition
    result = {}
    for key, value in condition.items():
        if codes.get(key) and isinstance(value, list):
            kept = [code for code in value if code not in codes[key]]
            result[key] = kept[0] if len(kept) == 1 else kept
        else:
            result[key] = _without_codes(value, codes)
    return result


def _classify(change: Change) -> Difference:
    if change.is_added:
        return Difference("added", change.where, "not in ours")
    kind, what = _CLASSIFIERS[change.kind](change)
    return Difference(kind, change.where, what)


def _field(change: Change) -> tuple[Kind, str]:
    if change.is_removed:
        required = change.before["obligation"] is not None
        what = f"dropped; it is {'required' if required else 'optional'} in ours"
        return ("contradicted" if required else "changed"), what
    if change.part == "obligation":
        stricter = change.after == "always" or change.before is None
        what = "required in more cases than ours" if stricter else "required in other cases than ours"
        return ("changed" if stricter else "contradicted"), what
    if change.part in ("type", "vocabulary", "iri"):
        return "contradicted", f"another {change.part} than ours"
    return "changed", f"another {change.part}"


def _code(change: Change) -> tuple[Kind, str]:
    if change.is_removed:
        return "contradicted", "dropped"
    if change.part in ("label", "traits"):
        return "changed", "other traits" if change.part == "traits" else "another label"
    return "contradicted", "another meaning than ours"


def _rule(change: Change) -> tuple[Kind, str]:
    if change.is_removed:
        return "contradicted", "dropped"
    if change.part in ("severity", "records", "cases"):
        return "contradicted", "met in other cases, or of another severity, than ours"
    return "changed", "another role" if change.part == "role" else "other words"


def _list(change: Change) -> tuple[Kind, str]:
    return ("contradicted", "dropped") if change.is_removed else ("changed", f"another {change.part}")


_CLASSIFIERS: Mapping[str, Callable[[Change], tuple[Kind, str]]] = {
    "group": _list,
    "field": _field,
    "vocabulary": _list,
    "code": _code,
    "rule": _rule,
}
