"""The names that a record had before: who named it by one of them still means it."""

from __future__ import annotations

from typing import Any

from ckan.model import Package
from sqlalchemy import event, inspect

_KEY = "opensmartcity"
_NAMES = "former_names"
_GOVERNED_BY_NAME = "algorithm"


def former_names(package: Package) -> list[str]:
    """Return the names that a record had before, the oldest first."""
    return list(((package.plugin_data or {}).get(_KEY) or {}).get(_NAMES) or ())


def former_names_of(package_id: str) -> list[str]:
    """Return the same by the id of a record; no query where the session knows the record."""
    package = Package.get(package_id)
    return former_names(package) if package else []


def remember_name(_mapper: Any, _connection: Any, package: Package) -> None:
    """Keep the name that an algorithm record loses, whichever door the change came through."""
    lost = inspect(package).attrs.name.history.deleted
    if not lost or package.type != _GOVERNED_BY_NAME:
        return
    names = [name for name in (*former_names(package), *lost) if name != package.name]
    kept = dict(package.plugin_data or {})
    package.plugin_data = kept | {_KEY: {**(kept.get(_KEY) or {}), _NAMES: list(dict.fromkeys(names))}}


def watch() -> None:
    """Watch renames from now on; a second call changes nothing."""
    if not event.contains(Package, "before_update", remember_name):
        event.listen(Package, "before_update", remember_name)
