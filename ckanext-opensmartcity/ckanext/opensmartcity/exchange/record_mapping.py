"""A record of our own kind as a file gives it: what CKAN is told, what is left out and why, and what it changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..standard import DECLARED_FIELD, Field, InvalidAnswer, Message, Standard
from ..standard.answers import has_controls, parse_answer
from ..standard.i18n import N_
from ..standard.migration import VERSION_FIELD
from .records import CKAN_FIELDS

# CKAN keeps these itself, or they mean something on the portal only that they come from.
OF_THE_PORTAL = frozenset(
    """
    creator_user_id groups id isopen license_title license_url metadata_created metadata_modified num_resources num_tags
    organization owner_org relationships_as_object relationships_as_subject state
    """.split()
)
_OF_THE_RESOURCE = frozenset(
    """
    cache_last_updated cache_url created datastore_active datastore_contains_all_records_of_source_file id last_modified
    metadata_modified package_id position state url_type
    """.split()
)
_LISTS = ("extras", "resources", "tags")
_TEXTS = frozenset(
    "author author_email license_id maintainer maintainer_email name notes tag_string title url version".split()
)
_TRUE = ("true", "1", "yes", "on")

_PORTALS_OWN = N_("The portal keeps this itself.")
_NO_FIELD = N_("Neither the standard nor CKAN has this field.")
_NO_LIST = N_("This is not a list that can be read.")
_NO_TEXT = N_("Write one text here, not a list, a number or an object.")
_CONTROLS = N_("This text contains control characters. Type it again or paste it as plain text.")
_RESOURCES_STAY = N_("An import does not change the resources of a dataset that is there already.")


@dataclass
class Given:
    """What CKAN is told of a record, and what is left out, with the reason; `others` are left out of every record.

    `wrong` are values of CKAN's own fields that CKAN itself would fall over.
    """

    record: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, Message] = field(default_factory=dict)
    lost: dict[str, Message] = field(default_factory=dict)
    others: dict[str, Message] = field(default_factory=dict)


def read_given(standard: Standard, row: Mapping[str, Any], kind: str) -> Given:
    """Sort the fields of a record of the given type."""
    given, fields = Given(), standard.records[kind].fields
    for name, value in row.items():
        if name in OF_THE_PORTAL:
            given.others[name] = Message(_PORTALS_OWN)
        elif name not in fields and name not in CKAN_FIELDS and name not in (DECLARED_FIELD, VERSION_FIELD):
            given.lost[name] = Message(_NO_FIELD)
        elif problem := _problem(name, value):
            given.wrong[name] = problem
        elif name in _LISTS:
            _take_list(given, name, value)
        else:
            given.record[name] = _is_true(value) if name == "private" else value
    return given


def _problem(name: str, value: Any) -> Message | None:
    if name in _TEXTS and not isinstance(value, str | None):
        return Message(_NO_TEXT)
    in_ckan = name in _TEXTS or name in _LISTS
    return Message(_CONTROLS) if in_ckan and any(has_controls(text) for text in _strings(value)) else None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield "".join(value.split())
    for entry in value.items() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _strings(entry)


def _take_list(given: Given, name: str, value: Any) -> None:
    entries = _entries(value)
    if entries is None and name == "tags" and isinstance(value, str):
        given.record["tag_string"] = value
    elif entries is None:
        given.lost[name] = Message(_NO_LIST)
    elif name == "tags":
        given.record[name] = [{"name": entry["name"]} for entry in entries if isinstance(entry.get("name"), str)]
    else:
        unwanted = _OF_THE_RESOURCE if name == "resources" else frozenset({"id", "package_id", "state"})
        given.record[name] = [{k: v for k, v in entry.items() if k not in unwanted} for entry in entries]


def _entries(value: Any) -> list[dict[str, Any]] | None:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list):
        return None
    entries = [{"name": entry} if isinstance(entry, str) else entry for entry in found]
    return entries if all(isinstance(entry, dict) for entry in entries) else None


def _is_true(value: Any) -> bool:
    return str(value).lower() in _TRUE


def changes(standard: Standard, stored: Mapping[str, Any], given: Given) -> dict[str, Any]:
    """Return the given fields that say something else than our record does; resources are compared and left alone."""
    record, kind = given.record, str(stored["type"])
    found = {name: value for name, value in record.items() if not _is_same(standard, kind, name, value, stored)}
    if found.pop("resources", None) is not None:
        given.lost["resources"] = Message(_RESOURCES_STAY)
    if "extras" in found:
        found["extras"] = [*_kept(stored, found["extras"]), *found["extras"]]
    return found


def _kept(stored: Mapping[str, Any], extras: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return our extras of which the file says nothing."""
    keys = {entry.get("key") for entry in extras}
    return [entry for entry in stored.get("extras") or () if entry["key"] not in keys]


def _is_same(standard: Standard, kind: str, name: str, value: Any, stored: Mapping[str, Any]) -> bool:
    field_of = standard.records[kind].fields.get(name)
    if field_of is not None:
        return _answer(standard, field_of, value) == _answer(standard, field_of, stored.get(name))
    if name == "tag_string":
        return {tag.strip() for tag in str(value).split(",") if tag.strip()} == _names(stored.get("tags"))
    if name == "tags":
        return _names(value) == _names(stored.get("tags"))
    if name == "extras":
        ours = {entry["key"]: entry["value"] for entry in stored.get("extras") or ()}
        return all(ours.get(entry.get("key")) == entry.get("value") for entry in value)
    if name == "resources":
        return _resources(value, value) == _resources(stored.get("resources") or [], value)
    return _plain(value) == _plain(stored.get(name))


def _answer(standard: Standard, field_of: Field, value: Any) -> object:
    try:
        return parse_answer(field_of, value, standard)
    except InvalidAnswer:
        return value


def _names(tags: Any) -> set[str]:
    return {tag["name"] for tag in tags or ()}


def _resources(resources: list[Mapping[str, Any]], as_in: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return of each resource what the file says of it."""
    keys = [entry.keys() for entry in as_in]
    return [
        {key: _plain(resource.get(key)) for key in (keys[place] if place < len(keys) else ())}
        for place, resource in enumerate(resources)
    ]


def _plain(value: Any) -> object:
    """Return a value in one form: stored or typed, JSON or its text; nothing is None."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").strip()
        if text.startswith("{"):
            try:
                return json.loads(text) or None
            except (ValueError, RecursionError):
                return text
        return text or None
    return value if value is False or value else None
