"""Whose answers a record holds, where they are not those of the portal that keeps it: two free extras say it.

Of a record that ckanext-harvest keeps in step with its source, its own extra says it where ours do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..standard.contacts import is_web_address
from ..standard.migration import extras_of

NAME = "answers_given_by"
URI = "answers_given_by_uri"
_HARVESTED = "harvest_source_title"


@dataclass(frozen=True)
class Giver:
    """An organisation that gave the answers: its name, and its identifier if there is one."""

    name: str
    uri: str | None = None


def giver_of(record: Mapping[str, Any]) -> Giver | None:
    """Return who gave the answers, None where they are the portal's own."""
    extras = extras_of(record)
    name, uri = extras.get(NAME) or extras.get(_HARVESTED), extras.get(URI)
    if not isinstance(name, str) or not name.strip():
        return None
    return Giver(name.strip(), uri if isinstance(uri, str) and is_web_address(uri) else None)


def with_giver(extras: Iterable[Mapping[str, Any]], giver: Giver) -> list[dict[str, Any]]:
    """Return extras that say who gave the answers."""
    kept = [dict(extra) for extra in extras if extra.get("key") not in (NAME, URI)]
    said = [{"key": NAME, "value": giver.name}, *([{"key": URI, "value": giver.uri}] if giver.uri else [])]
    return kept + said
