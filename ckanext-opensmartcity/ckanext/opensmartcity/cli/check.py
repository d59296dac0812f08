"""`opensmartcity check`: records of files against the standard, with the findings that a portal would give."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ..exchange import FORMATS, Problem, Row, field_names, read_records
from ..exchange.problems import COLUMN, TYPE
from ..standard import Finding, Message, Settings, Standard, assess, language
from ..standard.answers import printable, shorten
from ..standard.i18n import N_
from .common import CITY_HELP, FOLDER, jurisdiction, known_type, load
from .report import REPORTS, Line, Report


def _day(_context: click.Context, _parameter: click.Parameter, value: datetime | None) -> date:
    return value.date() if value else Settings().day


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "form", type=click.Choice(sorted(REPORTS)), default="text", help="How findings are printed.")
@click.option("--lang", default="en", help="Language of the messages.")
@click.option("--type", "kind", default="dataset", help="Record type where a record names none: dataset or algorithm.")
@click.option("--input", "read_as", type=click.Choice(FORMATS), help="Format of the files, if their names do not tell.")
@click.option("--city", type=FOLDER, default=None, help=CITY_HELP)
@click.option("--home", default=None, callback=jurisdiction, help="Home jurisdiction: ISO 3166-1 alpha-2 code, or EU.")
@click.option("--review-months", default=24, type=click.IntRange(min=1), help="Longest time between two reviews.")
@click.option("--date", "today", type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="Day to check for, not today.")
def check(
    files: tuple[Path, ...], form: str, lang: str, kind: str, read_as: str | None, city: Path | None, **settings: Any
) -> None:
    """Check records in JSON, JSON Lines or CSV files; - is standard input.

    Exit code 0: clean; 1: findings; 2: a file could not be read, or holds no record.
    """
    standard = load(city)
    checker = Checker(standard, Settings(**settings), known_type(standard, kind), read_as)
    reader = language(lang)
    report = REPORTS[form](standard, reader, checker.settings)
    sys.exit(_run(checker, files, report))


def _run(checker: Checker, files: tuple[Path, ...], report: Report) -> int:
    report.begin()
    for path in files:
        for line in _lines(checker, path, report):
            report.add(line)
    report.end(checker.records)
    return report.exit_code


def _lines(checker: Checker, path: Path, report: Report) -> Iterator[Line]:
    try:
        yield from checker.check_file(path)
    except OSError as error:
        report.unreadable(printable(str(path)), error.strerror or str(error))


@dataclass
class Checker:
    """Checks files record by record; counts what it read."""

    standard: Standard
    settings: Settings
    kind: str
    read_as: str | None = None
    records: int = 0

    def __post_init__(self) -> None:
        self.names = field_names(self.standard)

    def check_file(self, path: Path) -> Iterator[Line]:
        """Yield a line for each finding of a file; OSError where it cannot be read."""
        return self.check_items(printable(str(path)), read_records(path, self.names, self.read_as))

    def check_items(self, file: str, items: Iterable[Row | Problem]) -> Iterator[Line]:
        """Yield a line for each problem and each finding."""
        for item in items:
            if isinstance(item, Problem):
                fields = () if item.field is None else (shorten(item.field),)
                yield Line(file, item.line, item.column, None, None, item.code, "error", fields, item.message)
            else:
                self.records += 1
                yield from self._check_row(file, item)

    def _check_row(self, file: str, row: Row) -> Iterator[Line]:
        record = row.record
        kind, name = record.get("type") or self.kind, _name_of(record)
        if not isinstance(kind, str) or kind not in self.standard.records:
            message = Message(N_("The standard has no record type “{value}”."), {"value": shorten(str(kind))})
            yield Line(file, row.line, None, row.number, name, TYPE, "error", ("type",), message)
            return
        for strange in map(shorten, self.names.unrecognized(record)):
            message = Message(N_("The standard has no field “{value}”."), {"value": strange})
            yield Line(file, row.line, None, row.number, name, COLUMN, "error", (strange,), message)
        for finding in self._findings(record if "type" in record else {**record, "type": kind}):
            rule, severity, message = finding.rule, finding.severity, finding.message
            yield Line(file, row.line, None, row.number, name, rule, severity, finding.fields, message)

    def _findings(self, record: dict[str, object]) -> tuple[Finding, ...]:
        assessment = assess(self.standard, record, self.settings)
        return assessment.errors + assessment.gaps + assessment.concerns


def _name_of(record: dict[str, object]) -> str | None:
    name = record.get("name") or record.get("id") or record.get("title")
    return printable(name[:100]) if isinstance(name, str) else None
