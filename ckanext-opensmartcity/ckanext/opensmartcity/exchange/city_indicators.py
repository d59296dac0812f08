"""The figures of the city as a table for spreadsheets: one number a row."""
# MERGED The figures of another city as its portal sends them: held against our schema, and cut down to what is compared.

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

from .json_decoder import BrokenError, Decoder
from .table_writer import BYTE_ORDER_MARK, cell

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


MOST_FIGURES = 200
_LONGEST_TEXT = 400


class CityError(ValueError):
    """What was sent is not the figures of a city: `is_json` tells whether it is JSON at all, the text why."""

    def __init__(self, reason: str, *, is_json: bool) -> None:
        super().__init__(reason)
        self.is_json = is_json


def city_schema_text() -> str:
    """Return the published schema of the figures of a city."""
    return (files("ckanext.opensmartcity.schemas") / "json" / "city.schema.json").read_text(encoding="utf-8")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(city_schema_text()))


def read_json(body: bytes) -> Any:
    """Return what JSON says, strictly; CityError where it is none."""
    try:
        text = body.decode("utf-8-sig").strip()
        found = Decoder().value_at(text, 0)
    except (UnicodeDecodeError, BrokenError) as error:
        raise CityError(str(error), is_json=False) from error
    if found.wrong or text[found.end :].strip():
        raise CityError(str(found.wrong or "something follows the value"), is_json=False)
    return found.value


def read_city(body: bytes) -> dict[str, Any]:
    """Return the figures of a city in the form in which they are kept; CityError saying where it does not fit."""
    value = read_json(body)
    wrong = next(_validator().iter_errors(value), None)
    if wrong is not None:
        raise CityError(_place(wrong.path, wrong.message), is_json=True)
    figures = dict(_figures(value))
    if len(figures) > MOST_FIGURES:
        raise CityError("characteristics: there are too many figures", is_json=True)
    return {
        "name": plain(value["city"]),
        "as_of": _day(value["as_of"]),
        "standard": {key: plain(value["standard"][key]) for key in ("version", "digest")},
        "total": int(value["total"]),
        "figures": figures,
    }


def plain(text: str) -> str:
    """Return a text of strangers as one short line without signs that nobody sees."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text[:_LONGEST_TEXT])
    return " ".join(shown.split())


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise CityError("as_of: there is no such day", is_json=True) from error


def _place(path: Any, message: str) -> str:
    return f"{'/'.join(map(str, path)) or 'the whole'}: {message}"[:_LONGEST_TEXT]


def _figures(city: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for characteristic in city["characteristics"]:
        for figure in characteristic["figures"]:
            if figure["count"] > figure["of"]:
                raise CityError(f"{figure['id'][:100]}: the part is larger than the whole", is_json=True)
            words = {key: plain(figure[key]) for key in ("title", "definition")}
            yield figure["id"], {**words, "count": int(figure["count"]), "of": int(figure["of"])}
