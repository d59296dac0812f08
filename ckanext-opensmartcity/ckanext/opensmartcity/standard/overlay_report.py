"""Report on the standard of a city: what it adds to ours, what it rewords, and where it contradicts ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

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
    """Return the differences between two standards, contradictions first."""
    changes = compare(snapshot(list_content(ours)), snapshot(list_content(theirs)))
    result = dict.fromkeys(_classify(change) for change in changes if change.kind in _CLASSIFIERS)
    return sorted(result, key=lambda difference: (difference.kind != "contradicted", difference.where))


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
