"""Read records from JSON, JSON Lines and CSV files, one at a time, with the format taken from the file name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ..standard import DECLARED_FIELD, Message, Standard
from ..standard.i18n import N_
from ..standard.migration import VERSION_FIELD
from .csv_reader import read_csv
from .encodings import BOM, Source, as_utf8, first_bytes
from .envelopes import unwrap
from .json_reader import read_json, read_json_lines
from .problems import EMPTY, Problem, Row

FORMATS = ("json", "jsonl", "csv")
STDIN = Path("-")

# CKAN's own dataset fields, which a record may have beside its answers.
CKAN_FIELDS = frozenset(
    """
    author author_email creator_user_id extras groups id isopen license_id license_title license_url maintainer
    maintainer_email metadata_created metadata_modified name notes num_resources num_tags organization owner_org private
    relationships_as_object relationships_as_subject resources state tag_string tags title type url version
    """.split()
)


@dataclass(frozen=True)
class FieldNames:
    """Field names that a record may use, and the group prefixes that reveal a mistyped one."""

    known: frozenset[str]
    prefixes: frozenset[str]
    # Whether records are nested objects without these names at their top level, so that envelopes are not recognized.
    is_nested: bool = False

    def unrecognized(self, record: Iterable[str]) -> list[str]:
        """Return the unknown names that have a prefix of the standard, in the order of the record."""
        return [name for name in record if name not in self.known and name.partition("_")[0] in self.prefixes]


def field_names(standard: Standard) -> FieldNames:
    """Return the fields of the standard and of CKAN."""
    fields = frozenset(name for record in standard.records.values() for name in record.fields)
    return FieldNames(
        CKAN_FIELDS | fields | {DECLARED_FIELD, VERSION_FIELD}, frozenset(name.partition("_")[0] for name in fields)
    )


def read_records(path: Path, names: FieldNames, form: str | None = None) -> Iterator[Row | Problem]:
    """Yield the records and problems of a file; `-` is standard input. Raise OSError if it cannot be opened.

    The format is `form`, or else taken from the file name, or else guessed from the first characters.
    """
    if path == STDIN:
        yield from read_stream(sys.stdin.buffer, names, form)
        return
    with path.open("rb") as file:
        yield from read_stream(file, names, form or format_of(path))


def read_stream(file: BinaryIO, names: FieldNames, form: str | None = None) -> Iterator[Row | Problem]:
    """Yield the records and problems of an open, buffered file; a file without records is a problem."""
    source, problems = as_utf8(file)
    yield from problems
    empty = True
    if form is None:
        # JSON Lines can be read as JSON. An empty file is an empty JSON file.
        start = first_bytes(file).removeprefix(BOM).strip(b"\0 \t\r\n\xff\xfe")[:1]
        form = "json" if start in (b"{", b"[", b"") else "csv"
    more = 0
    for item in _READERS[form](source, names):
        is_envelope = isinstance(item, Row) and form != "csv" and not names.is_nested
        items = list(unwrap(item, names.known)) if isinstance(item, Row) and is_envelope else [item]
        for each in items:
            yield replace(each, number=each.number + more) if isinstance(each, Row) else each
            empty = empty and not isinstance(each, Row)
        more += len(items) - 1
    if empty:
        yield Problem(1, None, EMPTY, Message(N_("This file contains no readable record.")))


def format_of(path: Path) -> str | None:
    """Return the format of a file by its suffix, or None if the suffix is unknown."""
    suffix = path.suffix.lower().removeprefix(".")
    return "jsonl" if suffix == "ndjson" else suffix if suffix in FORMATS else None


_READERS: Mapping[str, Callable[[Source, FieldNames], Iterator[Row | Problem]]] = {
    "csv": lambda source, names: read_csv(source, names.known),
    "json": lambda source, _: read_json(source),
    "jsonl": lambda source, _: read_json_lines(source),
}
