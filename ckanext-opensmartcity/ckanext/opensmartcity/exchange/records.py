"""One way into every file of records: the format is told by the name, and the records come one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..standard import DECLARED_FIELD, Standard
from ..standard.marking import MARK
from .csv_records import read_csv
from .json_records import read_json, read_json_lines
from .problems import Problem
from .rows import Row

FORMATS = ("json", "jsonl", "csv")

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
    return Names(CKAN_FIELDS | fields | {DECLARED_FIELD, MARK}, frozenset(name.partition("_")[0] for name in fields))


def read_records(path: Path, names: Names) -> Iterator[Row | Problem]:
    """Yield the records of a file, and what of it could not be read; OSError where there is no such file."""
    with path.open("rb") as file:
        match format_of(path):
            case "csv":
                yield from read_csv(file, names.known)
            case "jsonl":
                yield from read_json_lines(file)
            case _:
                yield from read_json(file)


def format_of(path: Path) -> str:
    """Return the format that a file's name tells: csv, jsonl, or else json."""
    suffix = path.suffix.lower().removeprefix(".")
    return "jsonl" if suffix == "ndjson" else suffix if suffix in FORMATS else "json"
