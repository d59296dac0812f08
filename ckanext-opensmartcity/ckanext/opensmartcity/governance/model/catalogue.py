"""Queries of CKAN's tables for counts: number of public records, names and titles of organisations and groups."""

from __future__ import annotations

from collections.abc import Collection

from ckan import model
from sqlalchemy import BigInteger, cast, func, select

# Modulus of the checksum: small enough for Solr to add the remainders of all records exactly in floating point.
MODULUS = 1_000_000_007


def public_records(types: Collection[str]) -> tuple[int, int]:
    """Return the number of public records of some types, and a checksum of their modification times.

    The checksum is the sum of the times in milliseconds modulo MODULUS; `search.statistics` compares it with Solr's.
    """
    package = model.Package
    is_public = (package.state == "active", package.private.is_(False), package.type.in_(types))
    # Solr stores whole milliseconds.
    milliseconds = cast(func.floor(func.extract("epoch", package.metadata_modified) * 1000), BigInteger)
    checksum = func.coalesce(func.sum(func.mod(milliseconds, MODULUS)), 0)
    count, total = model.Session.execute(select(func.count(), checksum).select_from(package).where(*is_public)).one()
    return int(count), int(total)


def organization(name_or_id: str) -> str | None:
    """Return the id of an active organisation, None if it does not exist."""
    group = model.Group
    matches = (group.name == name_or_id) | (group.id == name_or_id)
    rows = model.Session.execute(select(group.id).where(matches, group.is_organization, group.state == "active"))
    organization_id: str | None = rows.scalars().first()
    return organization_id


def release() -> None:
    """Return the database connection to the pool while a long response is streamed."""
    model.Session.remove()


def titles(names: Collection[str]) -> dict[str, str]:
    """Return the titles of organisations and groups by name; the name itself if there is no title."""
    group = model.Group
    rows = model.Session.execute(select(group.name, group.title).where(group.name.in_(names))) if names else ()
    return {name: (title or "").strip() or name for name, title in rows}


def organizations() -> list[tuple[str, str]]:
    """Return (name, title) of all active organisations, sorted by title."""
    group = model.Group
    is_active = (group.is_organization.is_(True), group.state == "active")
    rows = model.Session.execute(select(group.name, group.title).where(*is_active))
    return sorted(((name, title or name) for name, title in rows), key=lambda row: row[1].casefold())
