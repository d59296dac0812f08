"""Map an incoming record of our own format to CKAN: validate its fields, drop what cannot be stored, and diff it.

Used by imports of JSON, JSON Lines and CSV files and of other catalogues.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..standard import DECLARED_FIELD, AnswerType, Field, InvalidAnswer, Message, Standard
from ..standard.answers import has_controls, parse_answer, shorten
from ..standard.i18n import N_
from ..standard.local_dates import parse_local_date
from ..standard.migration import VERSION_FIELD
from .records import CKAN_FIELDS

# Maintained by CKAN itself, or meaningful only on the portal of origin.
PORTAL_FIELDS = frozenset(
    """
    creator_user_id groups id isopen license_title license_url metadata_created metadata_modified num_resources num_tags
    organization owner_org relationships_as_object relationships_as_subject state
    """.split()
)
_RESOURCE_FIELDS = frozenset(
    """
    cache_last_updated cache_url created datastore_active datastore_contains_all_records_of_source_file id last_modified
    metadata_modified package_id position state url_type
    """.split()
)
_LISTS = ("extras", "resources", "tags")
_TEXTS = frozenset(
    "author author_email license_id maintainer maintainer_email name notes tag_string title url version".split()
)
_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off", "", "none")

_PORTAL_FIELD = N_("The portal maintains this field itself.")
_UNKNOWN_FIELD = N_("Neither the standard nor CKAN has this field.")
_NOT_LIST = N_("This is not a valid list.")
_NOT_TEXT = N_("Write one text here, not a list, a number or an object.")
_CONTROLS = N_("This text contains control characters. Type it again or paste it as plain text.")
_NAMELESS_TAG = N_("A tag without a name was left out.")
_NOT_ADDRESS = N_("“{value}” is not a valid web address. It was left out.")
_NOT_BOOLEAN = N_("Write true or false here.")
_RESOURCES_UNCHANGED = N_("An import does not change the resources of an existing dataset.")


@dataclass
class IncomingRecord:
    """Incoming record after validation: what can be stored, and messages by field for everything else.

    `invalid` are values of CKAN's own fields that CKAN would fail on, and prevent the import. `dropped` are values that
    the record loses. `ignored` are fields that every import ignores.
    """

    record: dict[str, Any] = field(default_factory=dict)
    invalid: dict[str, Message] = field(default_factory=dict)
    dropped: dict[str, Message] = field(default_factory=dict)
    ignored: dict[str, Message] = field(default_factory=dict)

    def keep_answers(self, fields: Collection[str]) -> None:
        """Leave out all but the answers to some fields, with the declarations and the version of the standard."""
        names = {*fields, DECLARED_FIELD, VERSION_FIELD}
        self.record = {name: value for name, value in self.record.items() if name in names}
        self.dropped = {name: message for name, message in self.dropped.items() if name in names}

    def add_list(self, name: str, value: Any) -> None:
        """Add extras, resources or tags, without the keys that CKAN maintains itself."""
        entries = _parse_list(value)
        if entries is None and name == "tags" and isinstance(value, str):
            self.record["tag_string"] = value
        elif entries is None:
            self.dropped[name] = Message(_NOT_LIST)
        elif name == "tags":
            named = [entry for entry in entries if isinstance(entry.get("name"), str)]
            self.record[name] = [{"name": entry["name"]} for entry in named]
            if len(named) < len(entries):
                self.dropped[name] = Message(_NAMELESS_TAG)
        else:
            excluded = _RESOURCE_FIELDS if name == "resources" else frozenset({"id", "package_id", "state"})
            kept = [{k: v for k, v in entry.items() if k not in excluded} for entry in entries]
            for entry in kept if name == "resources" else ():
                try:
                    urlsplit(str(entry.get("url")))
                except ValueError:
                    # CKAN parses the addresses of files after its validators, and fails.
                    self.dropped[name] = Message(_NOT_ADDRESS, {"value": shorten(str(entry.pop("url")))})
            self.record[name] = kept


def parse_incoming(
    standard: Standard, row: Mapping[str, Any], record_type: str, own_fields: Collection[str] = ()
) -> IncomingRecord:
    """Sort the fields of a record of the given type into stored, invalid, dropped and ignored ones.

    `own_fields` are those that the schema of the portal has besides ours and CKAN's.
    """
    incoming, fields = IncomingRecord(), standard.type_of({"type": record_type}).fields
    for name, value in with_iso_dates(standard, row, record_type).items():
        if name in PORTAL_FIELDS:
            incoming.ignored[name] = Message(_PORTAL_FIELD)
        elif not any(name in known for known in (fields, CKAN_FIELDS, (DECLARED_FIELD, VERSION_FIELD), own_fields)):
            incoming.dropped[name] = Message(_UNKNOWN_FIELD)
        elif problem := _validate(name, value):
            incoming.invalid[name] = problem
        elif name in _LISTS:
            incoming.add_list(name, value)
        else:
            incoming.record[name] = str(value).strip().lower() in _TRUE if name == "private" else value
    return incoming


def with_iso_dates(standard: Standard, row: Mapping[str, Any], record_type: str) -> dict[str, Any]:
    """Return a record with the dates in ISO 8601 that people and spreadsheets write in another unambiguous way."""
    fields = standard.type_of({"type": record_type}).fields
    dates = {name: value for name, value in row.items() if name in fields and fields[name].type is AnswerType.DATE}
    days = {name: parse_local_date(value) for name, value in dates.items() if isinstance(value, str)}
    return {**row, **{name: day.isoformat() for name, day in days.items() if day}}


def _validate(name: str, value: Any) -> Message | None:
    if name in _TEXTS and not isinstance(value, str | None):
        return Message(_NOT_TEXT)
    if name == "private" and str(value).strip().lower() not in _TRUE + _FALSE:
        return Message(_NOT_BOOLEAN)
    is_ckan_field = name in _TEXTS or name in _LISTS
    return Message(_CONTROLS) if is_ckan_field and any(has_controls(text) for text in _strings(value)) else None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield "".join(value.split())
    for entry in value.items() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from _strings(entry)


def _parse_list(value: Any) -> list[dict[str, Any]] | None:
    """Return the entries of a list, or of its JSON text in a CSV cell; None if it is not a list of objects or texts."""
    try:
        parsed = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
    if not isinstance(parsed, list):
        return None
    entries = [{"name": entry} if isinstance(entry, str) else entry for entry in parsed]
    return entries if all(isinstance(entry, dict) for entry in entries) else None


def changed_fields(standard: Standard, stored: Mapping[str, Any], incoming: IncomingRecord) -> dict[str, Any]:
    """Return the incoming fields that differ from the stored record.

    Resources are compared but never changed: a difference in them is added to `incoming.dropped`. Stored extras that
    the incoming record does not mention are kept.
    """
    record, record_type = incoming.record, str(stored["type"])
    changes = {
        name: value for name, value in record.items() if not _is_equal(standard, record_type, name, value, stored)
    }
    if changes.pop("resources", None) is not None:
        incoming.dropped["resources"] = Message(_RESOURCES_UNCHANGED)
    if "extras" in changes:
        keys = {entry.get("key") for entry in changes["extras"]}
        changes["extras"] = [
            *(entry for entry in stored.get("extras") or () if entry["key"] not in keys),
            *changes["extras"],
        ]
    return changes


def _is_equal(standard: Standard, record_type: str, name: str, value: Any, stored: Mapping[str, Any]) -> bool:
    question = standard.type_of({"type": record_type}).fields.get(name)
    if question is not None:
        return _parse_answer(standard, question, value) == _parse_answer(standard, question, stored.get(name))
    if name == "tag_string":
        return {tag.strip() for tag in str(value).split(",") if tag.strip()} == _tag_names(stored.get("tags"))
    if name == "tags":
        return _tag_names(value) == _tag_names(stored.get("tags"))
    if name == "extras":
        extras = {entry["key"]: entry["value"] for entry in stored.get("extras") or ()}
        return all(extras.get(entry.get("key")) == entry.get("value") for entry in value)
    if name == "resources":
        return _comparable_resources(value, value) == _comparable_resources(stored.get("resources") or [], value)
    return _normalize(value) == _normalize(stored.get(name))


def _parse_answer(standard: Standard, question: Field, value: Any) -> object:
    try:
        return parse_answer(question, value, standard)
    except InvalidAnswer:
        return value


def _tag_names(tags: Any) -> set[str]:
    return {tag["name"] for tag in tags or ()}


def _comparable_resources(
    resources: list[Mapping[str, Any]], reference: list[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return each resource with only the keys that the incoming resource at the same index has."""
    keys = [entry.keys() for entry in reference]
    return [
        {key: _normalize(resource.get(key)) for key in (keys[index] if index < len(keys) else ())}
        for index, resource in enumerate(resources)
    ]


def _normalize(value: Any) -> object:
    """Return a value in comparable form: JSON text parsed, line breaks unified, and None for an empty value."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").strip()
        if text.startswith("{"):
            try:
                return json.loads(text) or None
            except (ValueError, RecursionError):
                return text
        return text or None
    return value if value is False or value else None
