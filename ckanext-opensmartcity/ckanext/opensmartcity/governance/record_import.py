"""Import of records from files: matching of existing records, creation and update through CKAN's actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ..exchange.duplicates import DuplicateIndex
from ..standard import Message
from .dry_run import Refusal, Saver

_MAX_LENGTH = 200
Status = Literal["created", "updated", "unchanged", "differs", "refused"]
# CKAN's limit for dataset names.
NAME_LENGTH = 100


@dataclass(frozen=True)
class Remark:
    """Note about one field of an imported record that does not reject it."""

    field: str
    message: Message


@dataclass(frozen=True)
class Outcome:
    """Result for one record of a file; `fields` are those that changed, `is_lost` tells whether a value was dropped."""

    status: Status
    name: str
    fields: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[Remark, ...] = ()
    is_lost: bool = False


@dataclass
class Importer:
    """State of an import run: the saver, the target organisation, the options, and the keys seen so far (`places`)."""

    saver: Saver
    organization: str
    update: bool
    private: bool
    places: DuplicateIndex
    others: dict[str, Message] = field(default_factory=dict)

    def apply_changes(
        self, name: str, stored: dict[str, Any], changes: dict[str, Any]
    ) -> tuple[Status, tuple[Refusal, ...]]:
        """Patch an existing record if `update` is on; return status and refusals."""
        if not changes:
            return "unchanged", ()
        if not self.update:
            return "differs", ()
        refused = self.saver.patch(stored, changes)
        return ("refused" if refused else "updated"), refused

    def create(self, record: dict[str, Any]) -> tuple[Status, tuple[Refusal, ...]]:
        """Create a record in the organisation, with the default visibility unless the record has its own."""
        refused = self.saver.create({"owner_org": self.organization, "private": self.private, **record})
        return ("refused" if refused else "created"), refused

    def find_duplicate(self, place: str, *keys: str) -> str | None:
        """Return the place of an earlier record of this run with one of the keys, None if it is new; store the keys."""
        earlier = next(filter(None, (self.places.get(f"met {key}") for key in keys)), None)
        for key in keys:
            self.places.put(f"met {key}", earlier or place)
        return earlier


def refuse(name: str, field: str, template: str, **values: str) -> Outcome:
    """Return the outcome of a record that is rejected before any action is called."""
    return Outcome("refused", name, refusals=(Refusal(field, None, Message(template, values).render()),))


class UnreadableError(ValueError):
    """Catalogue that cannot be read, with a translatable message."""

    def __init__(self, template: str, **values: str) -> None:
        self.message = Message(template, values)
        super().__init__(self.message.render())


def plain(text: object) -> str:
    """Sanitize foreign text for a message: one line of at most 200 characters, without terminal control characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return " ".join(printable.split())[:_MAX_LENGTH]
