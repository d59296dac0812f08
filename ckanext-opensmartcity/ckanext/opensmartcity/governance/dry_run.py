"""One record through CKAN's own actions, or only tried: permission and validators, nothing saved and no hook called."""

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
    """Why a record was refused: the field, the rule where the standard has one, and the message."""

    field: str
    rule: str | None
    message: str


@dataclass(frozen=True)
class Saver:
    """Creates and changes records as a named user; without `write` it tells what would be refused."""

    user: str
    write: bool

    def create(self, record: dict[str, Any]) -> tuple[Refusal, ...]:
        """Create a record; return why it is refused, nothing where it is not."""
        if self.write:
            return self._called("package_create", record)
        return self._tried("package_create", record, None)

    def patch(self, stored: dict[str, Any], changes: dict[str, Any]) -> tuple[Refusal, ...]:
        """Change a record; return why that is refused, nothing where it is not."""
        if self.write:
            return self._called("package_patch", {"id": stored["id"], **changes})
        return self._tried("package_update", stored | changes, model.Package.get(stored["id"]))

    def show(self, id: str) -> dict[str, Any]:
        """Return a record as it is stored now."""
        shown: dict[str, Any] = tk.get_action("package_show")(self._context(use_cache=False), {"id": id})
        return shown

    def _context(self, **values: Any) -> Context:
        return Context(user=self.user, **values)

    def _called(self, action: str, data: dict[str, Any]) -> tuple[Refusal, ...]:
        try:
            tk.get_action(action)(self._context(return_id_only=True), data)
        except (tk.ValidationError, tk.NotAuthorized) as error:
            model.Session.rollback()
            return tuple(refusals(error))
        return ()

    def _tried(self, action: str, data: dict[str, Any], package: model.Package | None) -> tuple[Refusal, ...]:
        plugin = lib_plugins.lookup_package_plugin(data.get("type"))
        creating = package is None
        schema = plugin.create_package_schema() if creating else plugin.update_package_schema()
        context = self._context(schema=schema, **({} if creating else {"package": package}))
        try:
            tk.check_access(action, context, dict(data))
            _, errors = lib_plugins.plugin_validate(plugin, context, dict(data), schema, action)
        except tk.NotAuthorized as error:
            return tuple(refusals(error))
        finally:
            model.Session.rollback()
        return tuple(refusals(tk.ValidationError(errors))) if errors else ()


def refusals(error: tk.ValidationError | tk.NotAuthorized) -> Iterator[Refusal]:
    """Yield what CKAN refused, field by field."""
    if isinstance(error, tk.NotAuthorized):
        yield Refusal("", None, str(error))
        return
    for field, messages in error.error_dict.items():
        for message in messages if isinstance(messages, list) else [messages]:
            found = _RULE.fullmatch(str(message))
            yield Refusal(str(field), found[2] if found else None, found[1] if found else str(message))
