"""One way into every file of records: the format is told by the name, and the records come one by one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..standard import DECLARED_FIELD, Message, Standard
from ..standard.i18n import N_
from ..standard.migration import VERSION_FIELD
from .csv_reader import read_csv
from .encodings import BOM, Source, as_utf8, first_bytes
from .json_reader import read_json, read_json_lines
from .problems import EMPTY, Problem, Row

FORMATS = ("json", "jsonl", "csv")
STDIN = Path("-")

# What CKAN itself calls the fields of a dataset: a CSV or JSON record may carry them beside its answers.
CKAN_FIELDS = frozenset(
    """
    author author_email creator_user_id extras groups id isopen license_id license_title license_url maintainer
    maintainer_email metadata_created metadata_modified name notes num_resources num_tags organization owner_org private
    relationships_as_object relationships_as_subject resources state tag_string tags title type url version
    """.split()
)


@dataclass(frozen=True)
class Names:
    """The names that a record may use, and the prefixes by which a mistyped one is recognised."""

    known: frozenset[str]
    prefixes: frozenset[str]

    def strange(self, record: Iterable[str]) -> list[str]:
        """Return names that look like fields of the standard, by their prefix, but are none."""
        return [name for name in record if name not in self.known and name.partition("_")[0] in self.prefixes]


def names_of(standard: Standard) -> Names:
    """Return what records may use: the standard's fields and CKAN's."""
    fields = frozenset(name for record in standard.records.values() for name in record.fields)
    return Names(
        CKAN_FIELDS | fields | {DECLARED_FIELD, VERSION_FIELD}, frozenset(name.partition("_")[0] for name in fields)
    )


def read_records(path: Path, names: Names, form: str | None = None) -> Iterator[Row | Problem]:
    """Yield the records of a file (`-`: standard input), and what of it could not be read; OSError if it is not there.

    The format is `form`, or what the file's name tells, or what its first characters look like.
    """
    if path == STDIN:
        yield from read_stream(sys.stdin.buffer, names, form)
        return
    with path.open("rb") as file:
        yield from read_stream(file, names, form or format_of(path))


def read_stream(file: BinaryIO, names: Names, form: str | None = None) -> Iterator[Row | Problem]:
    """Yield the records of an open, buffered file; a file without any is a problem, for nothing was checked."""
    source, problems = as_utf8(file)
    yield from problems
    empty = True
    for item in _READERS[form or _guess(first_bytes(file))](source, names):
        yield item
        empty = empty and not isinstance(item, Row)
    if empty:
        yield Problem(1, None, EMPTY, Message(N_("This file holds no record that can be read.")))


def format_of(path: Path) -> str | None:
    """Return the format that a file's name tells, None where it tells none."""
    suffix = path.suffix.lower().removeprefix(".")
    return "jsonl" if suffix == "ndjson" else suffix if suffix in FORMATS else None


def _guess(head: bytes) -> str:
    """Return `json`, which JSON Lines are read as too, for what starts like a list or an object; else `csv`."""
    return "json" if head.removeprefix(BOM).strip(b"\0 \t\r\n\xff\xfe")[:1] in (b"{", b"[", b"") else "csv"


_READERS: Mapping[str, Callable[[Source, Names], Iterator[Row | Problem]]] = {
    "csv": lambda source, names: read_csv(source, names.known),
    "json": lambda source, _: read_json(source),
    "jsonl": lambda source, _: read_json_lines(source),
}
