"""Import of records from files: match existing records, then create or patch them as a user through CKAN's actions.

In a dry run only permissions and validators run, without saving and without hooks.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import plugins as lib_plugins
from ckan.lib.search import SearchError, SearchIndexError
from ckan.types import Context
from sqlalchemy.exc import OperationalError

from ..exchange.duplicates import DuplicateIndex
from ..standard import Message
from ..standard.answers import shorten
from ..standard.i18n import N_

_NOT_INDEXED = N_("The search index rejects this record: {reason}")
_NOT_SAVED = N_("The portal cannot save this record: {reason}")
_RULE = re.compile(r"(?s)(.*) \(([A-Z]+-\d+)\)")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refusal:
    """Reason for which a record was rejected: field, rule id (None for CKAN's own validators) and message."""

    field: str
    rule: str | None
    message: str


@dataclass(frozen=True)
class Saver:
    """Creates and patches records as `user`. Without `write` it is a dry run, which returns the same refusals."""

    user: str
    write: bool

    def create(self, record: dict[str, Any]) -> tuple[Refusal, ...]:
        """Create a record; return the reasons for which it was rejected, an empty tuple on success."""
        if self.write:
            return self._call("package_create", record)
        return self._validate("package_create", record, None)

    def patch(self, stored: dict[str, Any], changes: dict[str, Any]) -> tuple[Refusal, ...]:
        """Patch a record; return the reasons for which the change was rejected, an empty tuple on success."""
        if self.write:
            return self._call("package_patch", {"id": stored["id"], **changes})
        return self._validate("package_update", stored | changes, model.Package.get(stored["id"]))

    def show(self, id: str) -> dict[str, Any]:
        """Return a record as stored, not from the search index."""
        context = Context(user=self.user, use_cache=False)
        record: dict[str, Any] = tk.get_action("package_show")(context, {"id": id})
        return record

    def _call(self, action: str, data: dict[str, Any]) -> tuple[Refusal, ...]:
        try:
            tk.get_action(action)(Context(user=self.user, return_id_only=True), data)
        except Exception as error:
            return _refuse_record(error)
        return ()

    def _validate(self, action: str, data: dict[str, Any], package: model.Package | None) -> tuple[Refusal, ...]:
        plugin = lib_plugins.lookup_package_plugin(data.get("type"))
        schema = plugin.update_package_schema() if package else plugin.create_package_schema()
        context = Context(user=self.user, schema=schema)
        if package:
            context["package"] = package
        try:
            tk.check_access(action, context, dict(data))
            _, errors = lib_plugins.plugin_validate(plugin, context, dict(data), schema, action)
        except Exception as error:
            return _refuse_record(error)
        finally:
            model.Session.rollback()
        return tuple(refusals(tk.ValidationError(errors))) if errors else ()


def _refuse_record(error: Exception) -> tuple[Refusal, ...]:
    """Roll back, and return the reasons for which one record cannot be saved.

    Raise the error if the database or the search index does not work, which ends the import. Any other one concerns
    this record: validators and hooks of other extensions run here, and must not stop the records that follow.
    """
    model.Session.rollback()
    if isinstance(error, (tk.ValidationError, tk.NotAuthorized)):
        return tuple(refusals(error))
    # Solr rejects this document with 400.
    is_rejected = isinstance(error, SearchIndexError) and "HTTP 400" in str(error)
    if isinstance(error, (SearchError, SearchIndexError, OperationalError)) and not is_rejected:
        raise error
    if not is_rejected:
        log.error("Cannot save a record", exc_info=error)
    template = _NOT_INDEXED if is_rejected else _NOT_SAVED
    return (Refusal("", None, Message(template, {"reason": shorten(str(error))}).render()),)


def refusals(error: tk.ValidationError | tk.NotAuthorized) -> Iterator[Refusal]:
    """Yield the errors of a CKAN exception by field. Messages of the standard end with their rule id in brackets."""
    if isinstance(error, tk.NotAuthorized):
        yield Refusal("", None, str(error))
        return
    for name, messages in error.error_dict.items():
        for message in messages if isinstance(messages, list) else [messages]:
            match = _RULE.fullmatch(str(message))
            yield Refusal(str(name), match[2] if match else None, match[1] if match else str(message))


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

    def free_name(self, wanted: str, digest: str) -> str:
        """Return the wanted name if it is free on the portal and in this run, else the name with part of the digest."""
        if model.Package.get(wanted) is None and self.places.get(f"name {wanted}") is None:
            return wanted
        return f"{wanted[: NAME_LENGTH - 9].rstrip('-_')}-{digest[:8]}"

    def find_duplicate(self, place: str, *keys: str) -> str | None:
        """Return the place of an earlier record of this run with one of the keys, None if it is new; store the keys."""
        earlier = next(filter(None, (self.places.get(f"met {key}") for key in keys)), None)
        for key in keys:
            self.places.put(f"met {key}", earlier or place)
        return earlier


def refusals_of(messages: Mapping[str, Message]) -> tuple[Refusal, ...]:
    """Return messages by field as refusals."""
    return tuple(Refusal(name, None, message.render()) for name, message in messages.items())


def remarks_of(messages: Mapping[str, Message]) -> tuple[Remark, ...]:
    """Return messages by field as remarks; names of foreign fields are shortened."""
    return tuple(Remark(shorten(name), message) for name, message in messages.items())


def refuse(name: str, field: str, template: str, **values: str) -> Outcome:
    """Return the outcome of a record that is rejected before any action is called."""
    return Outcome("refused", name, refusals=(Refusal(field, None, Message(template, values).render()),))


class UnreadableError(ValueError):
    """Catalogue that cannot be read, with a translatable message."""

    def __init__(self, template: str, **values: str) -> None:
        self.message = Message(template, values)
        super().__init__(self.message.render())
