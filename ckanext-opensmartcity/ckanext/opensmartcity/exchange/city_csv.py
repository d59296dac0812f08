"""The figures of the city as a table for spreadsheets: one number a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .spreadsheet import BYTE_ORDER_MARK, cell

COLUMNS = ("as_of", "standard", "part", "records", "id", "label", "level", "count", "of", "definition", "list")

Row = Mapping[str, Any]


def city_csv(city: Mapping[str, Any]) -> str:
    """Return every number of the city with its definition and the address of its list."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.DictWriter(out, COLUMNS, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    head = {"as_of": city["as_of"], "standard": city["standard"]["version"]}
    writer.writerows({name: cell(value) for name, value in {**head, **row}.items()} for row in _rows(city))
    return out.getvalue()


def _rows(city: Mapping[str, Any]) -> Iterator[Row]:
    for characteristic in city["characteristics"]:
        for figure in characteristic["figures"]:
            yield {**figure, "part": characteristic["id"], "label": figure["title"]}
        for number in characteristic.get("numbers", ()):
            yield {**number, "part": characteristic["id"], "label": number["title"], "count": number["value"]}
    for records in city["records"]:
        yield from _records(records)
    for organization in city["organizations"]:
        named = {"part": "organization", "records": "dataset", "id": organization["name"] or ""}
        yield from _levels({**named, "label": organization["title"] or "", "of": organization["total"]}, organization)


def _records(records: Row) -> Iterator[Row]:
    head = {"records": records["type"], "of": records["total"]}
    yield from _levels({**head, "part": "level"}, records)
    for group in records["groups"]:
        yield from _levels({**head, "part": "group", "id": group["id"], "label": group["label"]}, group)
    for part in ("missing", "unknown", "concerns"):
        yield from ({**head, **gap, "part": part} for gap in records[part])
    for overdue in records["overdue"]:
        yield {**head, **overdue, "part": "overdue", "id": overdue["what"]}


def _levels(head: Row, levelled: Row) -> Iterable[Row]:
    return (
        {**head, "level": each["level"], "count": each["count"], "list": each["list"]} for each in levelled["levels"]
    )
