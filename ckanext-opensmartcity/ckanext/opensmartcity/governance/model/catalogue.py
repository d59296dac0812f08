"""What counts need of CKAN's own tables: how many records there are, and what organisations and groups are called."""

from __future__ import annotations

from collections.abc import Collection

from ckan import model
from sqlalchemy import BigInteger, cast, func, select

# The sum of so many remainders is exact in the floating point numbers of the index.
MODULUS = 1_000_000_007


def public_records(types: Collection[str]) -> tuple[int, int]:
    """Return the number of public records of some types, and a print of when each was last changed."""
    package = model.Package
    wanted = (package.state == "active", package.private.is_(False), package.type.in_(types))
    # The index holds whole milliseconds.
    milliseconds = cast(func.floor(func.extract("epoch", package.metadata_modified) * 1000), BigInteger)
    prints = func.coalesce(func.sum(func.mod(milliseconds, MODULUS)), 0)
    count, total = model.Session.execute(select(func.count(), prints).select_from(package).where(*wanted)).one()
    return int(count), int(total)


def organization(name_or_id: str) -> str | None:
    """Return the id of an organisation that there is."""
    group = model.Group
    named = (group.name == name_or_id) | (group.id == name_or_id)
    found = model.Session.execute(select(group.id).where(named, group.is_organization, group.state == "active"))
    organization_id: str | None = found.scalars().first()
    return organization_id


def release() -> None:
    """Give the connection back while a long answer is being sent."""
    model.Session.remove()


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
