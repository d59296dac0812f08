"""What is not the same in two standards, entry by entry and part by part; what that means is for others to judge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Entries = Mapping[str, Mapping[str, Any]]
Snapshot = Mapping[str, Any]

KINDS = ("group", "field", "vocabulary", "code", "rule")
WORDS = frozenset("about clause definition example help label message name question reason title".split())
_HASHED = WORDS - {"label"}
_KEPT_OUT = frozenset({"codes", "fields", "id", "record"})


@dataclass(frozen=True)
class Change:
    """One entry, or one part of it, that is not the same; `before` or `after` is None where an entry is not there."""

    kind: str
    name: str
    part: str | None
    before: Any
    after: Any
    severity: str | None = None

    @property
    def where(self) -> str:
        """Return kind and name, as people and the changelog write them."""
        return f"{self.kind} {self.name}" if self.name else self.kind

    @property
    def is_added(self) -> bool:
        """Tell whether the entry is new."""
        return self.part is None and self.before is None

    @property
    def is_removed(self) -> bool:
        """Tell whether the entry is gone."""
        return self.part is None and self.after is None


def snapshot(listing: Mapping[str, Any]) -> Snapshot:
    """Return the listing of a standard as entries by name, to be compared."""
    vocabularies = listing["vocabularies"]
    return {
        "standard": {"": {part: listing[part] for part in ("name", "namespace", "about")}},
        "group": {f"{group['record']} {group['id']}": _parts(group) for group in listing["groups"]},
        "field": {f"{field['record']} {field['name']}": _parts(field, "name") for field in listing["fields"]},
        "vocabulary": {entry["id"]: _parts(entry) for entry in vocabularies},
        "code": {
            f"{entry['id']}/{code['code']}": _parts(code, "code") for entry in vocabularies for code in entry["codes"]
        },
        "rule": {rule["id"]: _parts(rule) for rule in listing["rules"]},
    }


def _parts(entry: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {part: value for part, value in entry.items() if part not in _KEPT_OUT and part not in names}


def frozen(whole: Snapshot) -> Snapshot:
    """Return a snapshot as it is kept for later: of long texts only a digest, which tells whether they changed."""
    return {
        kind: {
            name: {part: _digest(value) if part in _HASHED else value for part, value in entry.items()}
            for name, entry in entries.items()
        }
        for kind, entries in whole.items()
    }


def _digest(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()[:12]


def compare(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Yield every change, entry by entry; codes of a list that is new or gone are not told one by one."""
    for kind in ("standard", *KINDS):
        for change in _entries(kind, before[kind], after[kind]):
            if kind != "code" or _list_of(change) in before["vocabulary"].keys() & after["vocabulary"].keys():
                yield change


def _list_of(change: Change) -> str:
    return change.name.partition("/")[0]


def _entries(kind: str, before: Entries, after: Entries) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        name = key.partition(" ")[2] or key if kind == "field" else key
        if old is None or new is None:
            yield Change(kind, name, None, old, new, (old or new or {}).get("severity"))
            continue
        for part in dict.fromkeys([*old, *new]):
            if old.get(part) != new.get(part):
                yield Change(kind, name, part, old.get(part), new.get(part), new.get("severity"))
