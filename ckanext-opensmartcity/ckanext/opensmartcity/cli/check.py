"""`opensmartcity check`: validate records in files against the standard, with the same findings as on a portal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ..exchange import FORMATS, Problem, Row, field_names, read_records
from ..exchange.duplicates import DuplicateIndex
from ..exchange.problems import COLUMN, NAME, TWICE, TYPE
from ..exchange.record_mapping import with_iso_dates
from ..exchange.record_names import check_name, name_of
from ..standard import Message, Settings, Standard, assess, language
from ..standard.answers import has_controls, printable, shorten
from ..standard.i18n import N_
from .common import CITY_HELP, FOLDER, jurisdiction, load, record_type
from .report import REPORTS, Line, Report


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "form", type=click.Choice(sorted(REPORTS)), default="text", help="Format of the findings.")
@click.option("--lang", default="en", help="Language of the messages.")
@click.option("--type", "kind", default="dataset", help="Record type where a record names none: dataset or algorithm.")
@click.option("--input", "input_format", type=click.Choice(FORMATS), help="Format of the files; default: by name.")
@click.option("--city", type=FOLDER, default=None, help=CITY_HELP)
@click.option("--home", default=None, callback=jurisdiction, help="Home jurisdiction: ISO 3166-1 alpha-2 code, or EU.")
@click.option("--review-months", default=24, type=click.IntRange(min=1), help="Most months between two reviews.")
@click.option("--date", "today", type=click.DateTime(["%Y-%m-%d"]), help="Check as of this day; default today.")
def check(
    files: tuple[Path, ...],
    form: str,
    lang: str,
    kind: str,
    input_format: str | None,
    city: Path | None,
    today: datetime | None,
    **settings: Any,
) -> None:
    """Check records in JSON, JSON Lines or CSV files; - is standard input.

    Exit code 0: clean; 1: findings; 2: a file could not be read, or holds no record.
    """
    standard = load(city)
    day = today.date() if today else Settings().day
    checker = Checker(standard, Settings(today=day, **settings), record_type(standard, kind), input_format)
    report = REPORTS[form](standard, language(lang), checker.settings)
    report.begin()
    for path in files:
        for line in _findings_of(path, checker, report):
            report.add(line)
    report.end(checker.records)
    sys.exit(report.exit_code)


def _findings_of(path: Path, checker: Checker, report: Report) -> Iterator[Line]:
    """Yield the lines of a file; a generator, so that only errors of reading count as such, and none of printing."""
    try:
        yield from checker.check_file(path)
    except OSError as error:
        report.unreadable(printable(str(path)), error.strerror or str(error))


@dataclass
class Checker:
    """Validates files record by record, in constant memory; counts the records."""

    standard: Standard
    settings: Settings
    kind: str
    input_format: str | None = None
    records: int = 0

    def __post_init__(self) -> None:
        self.names = field_names(self.standard)
        self.places = DuplicateIndex()

    def check_file(self, path: Path) -> Iterator[Line]:
        """Yield one line per finding; raise OSError if the file cannot be read."""
        return self.check_items(printable(str(path)), read_records(path, self.names, self.input_format))

    def check_items(self, file: str, items: Iterable[Row | Problem]) -> Iterator[Line]:
        """Yield one line per problem of the input and per finding of a record."""
        for item in items:
            if isinstance(item, Problem):
                severity = "concern" if item.loss == "nothing" else "error"
                fields = () if item.field is None else (shorten(item.field),)
                yield Line(file, item.line, item.column, None, None, item.code, severity, fields, item.message)
            else:
                self.records += 1
                yield from self._check_row(file, item)

    def _check_row(self, file: str, row: Row) -> Iterator[Line]:
        record = row.record
        kind, name = record.get("type") or self.kind, record.get("name") or record.get("id") or record.get("title")
        name = printable(name[:100]) if isinstance(name, str) else None
        if not isinstance(kind, str) or kind not in self.standard.records:
            message = Message(N_("The standard has no record type “{value}”."), {"value": shorten(str(kind))})
            yield Line(file, row.line, None, row.number, name, TYPE, "error", ("type",), message)
            return
        yield from self._check_name(file, row, name)
        for unknown in map(shorten, self.names.unrecognized(record)):
            message = Message(N_("The standard has no field “{value}”."), {"value": unknown})
            yield Line(file, row.line, None, row.number, name, COLUMN, "error", (unknown,), message)
        dated = with_iso_dates(self.standard, record, kind)
        assessment = assess(self.standard, dated if "type" in record else {**dated, "type": kind}, self.settings)
        for finding in assessment.errors + assessment.gaps + assessment.concerns:
            rule, severity, message = finding.rule, finding.severity, finding.message
            yield Line(file, row.line, None, row.number, name, rule, severity, finding.fields, message)

    def _check_name(self, file: str, row: Row, name: str | None) -> Iterator[Line]:
        """Yield the findings about the name of a record: missing, invalid for CKAN, or met before."""
        if problem := check_name(row.record):
            yield Line(file, row.line, None, row.number, name, NAME, "error", ("name",), problem)
        id = row.record.get("id")
        names = (("name", name_of(row.record)), ("id", id if isinstance(id, str) and not has_controls(id) else ""))
        keys = [f"{field} {value}" for field, value in names if value]
        places = [place for key in keys if (place := self.places.get(key))]
        if places:
            message = Message(N_("The same record stands already at {place}."), {"place": places[0]})
            yield Line(file, row.line, None, row.number, name, TWICE, "error", ("name",), message)
        for key in keys:
            if self.places.get(key) is None:
                self.places.put(key, f"{file}:{row.line}")
