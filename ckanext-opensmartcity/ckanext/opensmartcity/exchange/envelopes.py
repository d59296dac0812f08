"""Envelopes: JSON objects that hold records, such as answers of CKAN's API, and objects that are something else.

A list of records must never be read as one record: every one of its answers would be missing, and none would be
checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..standard import Message
from ..standard.answers import shorten
from ..standard.i18n import N_
from .problems import JSON, Problem, Row

_NAMES = frozenset("algorithms data datasets items packages records results".split())

_FAILED = N_("This is an error message of CKAN, not a record: {value}")
_CATALOGUE = N_(
    "This is a catalogue in DCAT, not a record of this standard. “ckan opensmartcity import --from dcat” reads it."
)
_LISTS = N_("This is not a record: it holds a list of {count} objects in “{value}”. Give each of them as a record.")


def unwrap(row: Row, known: frozenset[str]) -> Iterator[Row | Problem]:
    """Yield the records in a row, which are the row itself unless it is an envelope; or a problem.

    `known` are the field names by which a record is recognized.
    """
    records = _records_in(row.record, known)
    if records is None:
        yield row
    elif isinstance(records, Message):
        yield Problem(row.line, None, JSON, records)
    else:
        for offset, record in enumerate(records):
            yield replace(row, record=record, number=row.number + offset)


def _records_in(value: Mapping[str, Any], known: frozenset[str]) -> list[dict[str, Any]] | Message | None:
    """Return the records in an envelope, a message if it holds none, or None if the object is a record itself."""
    if isinstance(value.get("success"), bool) and ("result" in value or "error" in value):
        return _records_of_action(value)
    if any(_is_list_of_objects(value.get(name)) for name in ("dcat:dataset", "@graph")) or (
        _is_list_of_objects(value.get("dataset")) and ("conformsTo" in value or "@context" in value)
    ):
        return Message(_CATALOGUE)
    lists = {name: entries for name, entries in value.items() if name not in known and _is_list_of_objects(entries)}
    if not lists:
        return None
    is_record = not known.isdisjoint(value)
    for name, entries in lists.items():
        has_records = any(not known.isdisjoint(entry) for entry in entries)
        if has_records and (name in _NAMES or (not is_record and len(lists) == 1)):
            return list(entries)
    if is_record:
        return None
    name, entries = next(iter(lists.items()))
    return Message(_LISTS, {"count": str(len(entries)), "value": shorten(name)})


def _records_of_action(answer: Mapping[str, Any]) -> list[dict[str, Any]] | Message:
    """Return the records in an answer of CKAN's API: of `package_show`, `package_search` or a list."""
    result = answer.get("result")
    if isinstance(result, dict) and _is_list_of_objects(result.get("results")):
        return list(result["results"])
    if _is_list_of_objects(result):
        return list(result or ())
    if isinstance(result, dict) and answer["success"] and "results" not in result:
        return [result]
    return Message(_FAILED, {"value": shorten(str(answer.get("error") or result))})


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)
