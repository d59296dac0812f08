"""Provenance of imported and harvested answers, kept in two dataset extras.

A portal may publish records whose answers another organisation gave: imported from its catalogue, or harvested. The
extras name that organisation. For records that ckanext-harvest keeps in step with a source, the title of the harvest
source is the fallback.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..standard.contacts import is_web_address
from ..standard.migration import extras_of

PROVENANCE_NAME = "answers_given_by"
PROVENANCE_URI = "answers_given_by_uri"
_HARVEST_SOURCE_TITLE = "harvest_source_title"


@dataclass(frozen=True)
class Provenance:
    """Organisation that gave the answers of a record: its name and, if known, its URI."""

    name: str
    uri: str | None = None


def get_provenance(record: Mapping[str, Any]) -> Provenance | None:
    """Return the organisation that gave the answers, or None if they are this portal's own."""
    extras = extras_of(record)
    name, uri = extras.get(PROVENANCE_NAME) or extras.get(_HARVEST_SOURCE_TITLE), extras.get(PROVENANCE_URI)
    if not isinstance(name, str) or not name.strip():
        return None
    return Provenance(name.strip(), uri if isinstance(uri, str) and is_web_address(uri) else None)


def set_provenance(extras: Iterable[Mapping[str, Any]], provenance: Provenance) -> list[dict[str, Any]]:
    """Return the extras with their provenance replaced."""
    result = [dict(extra) for extra in extras if extra.get("key") not in (PROVENANCE_NAME, PROVENANCE_URI)]
    result.append({"key": PROVENANCE_NAME, "value": provenance.name})
    if provenance.uri:
        result.append({"key": PROVENANCE_URI, "value": provenance.uri})
    return result
