"""Import of records from files: match existing records, then create or patch them as a user through CKAN's actions.

In a dry run only permissions and validators run, without saving and without hooks.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import plugins as lib_plugins
from ckan.lib.search import SearchError, SearchIndexError
from ckan.types import Context
from sqlalchemy.exc import OperationalError

from .. import compat
from ..exchange.duplicates import DuplicateIndex
from ..exchange.registers import RegisterError
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
            return _refusals_of(partial(self._call, "package_create", record))
        return _refusals_of(partial(self._validate, "package_create", record, None))

    def patch(self, stored: dict[str, Any], changes: dict[str, Any]) -> tuple[Refusal, ...]:
        """Patch a record; return the reasons for which the change was rejected, an empty tuple on success."""
        if self.write:
            return _refusals_of(partial(self._call, "package_patch", {"id": stored["id"], **changes}))
        package = model.Package.get(stored["id"])
        return _refusals_of(partial(self._validate, "package_update", stored | changes, package))

    def show(self, id: str) -> dict[str, Any]:
        """Return a record as stored, not from the search index."""
        context = Context(user=self.user, use_cache=False)
        record: dict[str, Any] = tk.get_action("package_show")(context, {"id": id})
        return record

    def _call(self, action: str, data: dict[str, Any]) -> None:
        _check_extras(data)
        tk.get_action(action)(Context(user=self.user, return_id_only=True), data)

    def _validate(self, action: str, data: dict[str, Any], package: model.Package | None) -> None:
        """Check permissions and validators of an action. Raise NotAuthorized or ValidationError."""
        plugin = lib_plugins.lookup_package_plugin(data.get("type"))
        schema = plugin.update_package_schema() if package else plugin.create_package_schema()
        context = Context(user=self.user, schema=schema)
        if package:
            context["package"] = package
        tk.check_access(action, context, dict(data))
        _check_extras(data)
        _, errors = lib_plugins.plugin_validate(plugin, context, dict(data), schema, action)
        model.Session.rollback()
        if errors:
            raise tk.ValidationError(errors)


def _check_extras(data: Mapping[str, Any]) -> None:
    """Raise ValidationError for an extra that this version of CKAN cannot store, as a dry run would not notice it."""
    extras = data.get("extras")
    if not compat.EXTRAS_ARE_TEXT or not isinstance(extras, list):
        return
    if any(isinstance(extra, dict) and isinstance(extra.get("value"), (dict, list)) for extra in extras):
        raise tk.ValidationError({"extras": [tk._("CKAN stores texts only here, no objects and no lists.")]})


def _refusals_of(save: Callable[[], None]) -> tuple[Refusal, ...]:
    """Save one record; return the reasons if it cannot be saved, after a rollback.

    Raise SearchError, SearchIndexError or OperationalError if the search index or the database does not work, which
    ends the import.
    """
    try:
        save()
    except (tk.ValidationError, tk.NotAuthorized) as error:
        model.Session.rollback()
        return tuple(refusals(error))
    except (SearchError, SearchIndexError, OperationalError) as error:
        model.Session.rollback()
        # Solr rejects this document (400); any other error means that it does not work.
        if "HTTP 400" not in str(error):
            raise
        return (Refusal("", None, Message(_NOT_INDEXED, {"reason": shorten(str(error))}).render()),)
    except Exception as error:
        # Validators and hooks of other extensions run here: one record that they fail on must not stop the others.
        log.exception("Cannot save a record")
        model.Session.rollback()
        return (Refusal("", None, Message(_NOT_SAVED, {"reason": shorten(str(error))}).render()),)
    return ()


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


def import_in_isolation(take: Callable[[], Outcome], place: str) -> Outcome:
    """Import one record; reject it if that fails unexpectedly, so that the records behind it are imported.

    Raise RegisterError, and the errors of a search index or a database that does not work.
    """
    try:
        return take()
    except (RegisterError, SearchError, SearchIndexError, OperationalError):
        raise
    except Exception as error:
        log.exception("Cannot import %s", shorten(place))
        model.Session.rollback()
        return refuse("", "", _NOT_SAVED, reason=shorten(str(error)))


class UnreadableError(ValueError):
    """Catalogue that cannot be read, with a translatable message."""

    def __init__(self, template: str, **values: str) -> None:
        self.message = Message(template, values)
        super().__init__(self.message.render())
