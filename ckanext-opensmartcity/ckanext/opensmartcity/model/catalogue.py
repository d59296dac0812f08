"""What counts need of CKAN's own tables: how many records there are, and what organisations and groups are called."""

from __future__ import annotations

from collections.abc import Collection

from ckan import model
from sqlalchemy import func, select


def public_records(types: Collection[str]) -> int:
    """Return the number of public records of some types."""
    package = model.Package
    wanted = (package.state == "active", package.private.is_(False), package.type.in_(types))
    return int(model.Session.execute(select(func.count()).select_from(package).where(*wanted)).scalar_one())


def titles(names: Collection[str]) -> dict[str, str]:
    """Return the titles of organisations and groups by name; the name where there is no title."""
    group = model.Group
    rows = model.Session.execute(select(group.name, group.title).where(group.name.in_(names))) if names else ()
    return {name: (title or "").strip() or name for name, title in rows}


def organizations() -> list[tuple[str, str]]:
    """Return names and titles of all organisations, by title."""
    group = model.Group
    wanted = (group.is_organization.is_(True), group.state == "active")
    rows = model.Session.execute(select(group.name, group.title).where(*wanted))
    return sorted(((name, title or name) for name, title in rows), key=lambda row: row[1].casefold())
