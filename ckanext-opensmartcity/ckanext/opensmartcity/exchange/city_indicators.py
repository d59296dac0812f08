"""City indicators in transit: written as CSV for spreadsheets, and parsed from the JSON of another city's portal.

The JSON of another portal is untrusted input: it is validated against the published JSON Schema (`city.schema.json`)
and reduced to the values that the comparison of cities needs.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from .json_reader import Decoder
from .problems import JsonSyntaxError
from .table_writer import BYTE_ORDER_MARK, escape_cell

COLUMNS = ("as_of", "standard", "part", "records", "id", "label", "level", "count", "of", "definition", "list")

Row = Mapping[str, Any]


def city_csv(city: Mapping[str, Any]) -> str:
    """Return the indicators of a city as CSV: one value a row, with its definition and the URL of its list.

    Cells that a spreadsheet would run as a formula are escaped.
    """
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.DictWriter(out, COLUMNS, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    head = {"as_of": city["as_of"], "standard": city["standard"]["version"]}
    writer.writerows({name: escape_cell(value) for name, value in {**head, **row}.items()} for row in _rows(city))
    return out.getvalue()


def _rows(city: Mapping[str, Any]) -> Iterator[Row]:
    for characteristic in city["characteristics"]:
        for indicator in characteristic["figures"]:
            yield {**indicator, "part": characteristic["id"], "label": indicator["title"]}
        for number in characteristic.get("numbers", ()):
            yield {**number, "part": characteristic["id"], "label": number["title"], "count": number["value"]}
    for records in city["records"]:
        yield from _record_type_rows(records)
    for organization in city["organizations"]:
        head = {"part": "organization", "records": "dataset", "id": organization["name"] or ""}
        yield from _levels({**head, "label": organization["title"] or "", "of": organization["total"]}, organization)


def _record_type_rows(records: Row) -> Iterator[Row]:
    head = {"records": records["type"], "of": records["total"]}
    yield from _levels({**head, "part": "level"}, records)
    for group in records["groups"]:
        yield from _levels({**head, "part": "group", "id": group["id"], "label": group["label"]}, group)
    for part in ("missing", "unknown", "concerns"):
        yield from ({**head, **gap, "part": part} for gap in records[part])
    for overdue in records["overdue"]:
        yield {**head, **overdue, "part": "overdue", "id": overdue["what"]}


def _levels(head: Row, counted: Row) -> Iterable[Row]:
    return (
        {**head, "level": each["level"], "count": each["count"], "list": each["list"]} for each in counted["levels"]
    )


MAX_INDICATORS = 200
_MAX_TEXT = 400


class CityError(ValueError):
    """Invalid response of a portal; `is_json` is false if it is not even JSON."""

    def __init__(self, reason: str, *, is_json: bool) -> None:
        super().__init__(reason)
        self.is_json = is_json


def city_schema_text() -> str:
    """Return the published JSON Schema of the indicators of a city."""
    return (files("ckanext.opensmartcity.schemas") / "json" / "city.schema.json").read_text(encoding="utf-8")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(city_schema_text()))


def parse_json(body: bytes) -> Any:
    """Parse JSON strictly (RFC 8259). Raise CityError if it is invalid."""
    try:
        text = body.decode("utf-8-sig").strip()
        decoded = Decoder().value_at(text, 0)
    except (UnicodeDecodeError, JsonSyntaxError) as error:
        raise CityError(str(error), is_json=False) from error
    if decoded.error or text[decoded.end :].strip():
        raise CityError(str(decoded.error or "there is text after the value"), is_json=False)
    return decoded.value


def parse_city(body: bytes) -> dict[str, Any]:
    """Return the indicators of a city as the comparison stores them. Raise CityError with the path of the error."""
    value = parse_json(body)
    error = next(_validator().iter_errors(value), None)
    if error is not None:
        path = "/".join(map(str, error.path)) or "the whole document"
        raise CityError(f"{path}: {error.message}"[:_MAX_TEXT], is_json=True)
    indicators = dict(_indicators(value))
    if len(indicators) > MAX_INDICATORS:
        raise CityError("characteristics: there are too many figures", is_json=True)
    try:
        as_of = date.fromisoformat(value["as_of"].strip()).isoformat()
    except ValueError as invalid:
        raise CityError("as_of: this date does not exist", is_json=True) from invalid
    return {
        "name": sanitize_text(value["city"]),
        "as_of": as_of,
        "standard": {key: sanitize_text(value["standard"][key]) for key in ("version", "digest")},
        "total": int(value["total"]),
        "figures": indicators,
    }


def sanitize_text(text: str) -> str:
    """Return untrusted text as one line of printable characters, truncated to 400 characters."""
    printable = "".join(char if char.isprintable() else " " for char in text[:_MAX_TEXT])
    return " ".join(printable.split())


def _indicators(city: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for characteristic in city["characteristics"]:
        for indicator in characteristic["figures"]:
            if indicator["count"] > indicator["of"]:
                raise CityError(f"{indicator['id'][:100]}: the part is larger than the whole", is_json=True)
            texts = {key: sanitize_text(indicator[key]) for key in ("title", "definition")}
            yield indicator["id"], {**texts, "count": int(indicator["count"]), "of": int(indicator["of"])}
