"""Records of a file into the portal: each is known again, created, changed or refused by the actions that all use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ..exchange.duplicates import DuplicateIndex
from ..standard import Message
from .dry_run import Refusal, Saver

_LONGEST = 200
Status = Literal["created", "updated", "unchanged", "differs", "refused"]
_NAME_LENGTH = 100


@dataclass(frozen=True)
class Remark:
    """Something to know of one field of a record that is no refusal."""

    field: str
    message: Message


@dataclass(frozen=True)
class Outcome:
    """What became of one record of a file; `fields` are those that changed, `is_lost` tells whether a value is gone."""

    status: Status
    name: str
    fields: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[Remark, ...] = ()
    is_lost: bool = False


@dataclass
class Importer:
    """What all imports share: who saves, for which organisation, and what was met before in this run."""

    saver: Saver
    organization: str
    update: bool
    private: bool
    places: DuplicateIndex
    others: dict[str, Message] = field(default_factory=dict)

    def settle(self, name: str, stored: dict[str, Any], found: dict[str, Any]) -> tuple[Status, tuple[Refusal, ...]]:
        """Change a record that is there, where that is wanted."""
        if not found:
            return "unchanged", ()
        if not self.update:
            return "differs", ()
        refused = self.saver.patch(stored, found)
        return ("refused" if refused else "updated"), refused

    def create(self, record: dict[str, Any]) -> tuple[Status, tuple[Refusal, ...]]:
        """Create a record in the organisation, private where the record does not say otherwise."""
        refused = self.saver.create({"owner_org": self.organization, "private": self.private, **record})
        return ("refused" if refused else "created"), refused

    def met(self, place: str, *keys: str) -> str | None:
        """Return where a record with one of the keys was met before in this run; remember that it was met here."""
        found = next(filter(None, (self.places.get(f"met {key}") for key in keys)), None)
        for key in keys:
            self.places.put(f"met {key}", found or place)
        return found


def refuse(name: str, field: str, template: str, **values: str) -> Outcome:
    """Return the outcome of a record that no action is asked about."""
    return Outcome("refused", name, refusals=(Refusal(field, None, Message(template, values).render()),))


class UnreadableError(ValueError):
    """A catalogue that cannot be read: the message says why."""

    def __init__(self, template: str, **values: str) -> None:
        self.message = Message(template, values)
        super().__init__(self.message.render())


def plain(text: object) -> str:
    """Return what a stranger wrote as it may stand in a message: one short line that steers no terminal."""
    kept = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return " ".join(kept.split())[:_LONGEST]
