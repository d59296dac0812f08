"""Create or patch a record as a user; in a dry run only permission and validators run, without saving or hooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import plugins as lib_plugins
from ckan.types import Context

_RULE = re.compile(r"(?s)(.*) \(([A-Z]+-\d+)\)")


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
        except (tk.ValidationError, tk.NotAuthorized) as error:
            model.Session.rollback()
            return tuple(refusals(error))
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
        except tk.NotAuthorized as error:
            return tuple(refusals(error))
        finally:
            model.Session.rollback()
        return tuple(refusals(tk.ValidationError(errors))) if errors else ()


def refusals(error: tk.ValidationError | tk.NotAuthorized) -> Iterator[Refusal]:
    """Yield the errors of a CKAN exception by field. Messages of the standard end with their rule id in brackets."""
    if isinstance(error, tk.NotAuthorized):
        yield Refusal("", None, str(error))
        return
    for field, messages in error.error_dict.items():
        for message in messages if isinstance(messages, list) else [messages]:
            match = _RULE.fullmatch(str(message))
            yield Refusal(str(field), match[2] if match else None, match[1] if match else str(message))
