"""`opensmartcity check`: records of files against the standard, with the findings that a portal would give."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..exchange import Problem, Row, names_of, read_records
from ..exchange.problems import COLUMN, TYPE
from ..standard import Finding, Message, Settings, Standard, assess, language, load_standard, shipped_folder
from ..standard.countries import EUROPEAN_UNION, country_codes
from ..standard.messages import N_
from .report import REPORTS, Line, Report

CLEAN, FINDINGS, UNREADABLE = 0, 1, 2


def _jurisdiction(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value and value != EUROPEAN_UNION and value not in country_codes():
        raise click.BadParameter(f"{value!r} is not an ISO 3166-1 alpha-2 code or EU")
    return value


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(sorted(REPORTS)), default="text", help="How findings are printed.")
@click.option("--lang", default="en", help="Language of the messages.")
@click.option("--type", "kind", default="dataset", help="Record type where a record names none: dataset or algorithm.")
@click.option("--home", default=None, callback=_jurisdiction, help="Home jurisdiction: ISO 3166-1 alpha-2 code, or EU.")
@click.option("--review-months", default=24, type=click.IntRange(min=1), help="Longest time between two reviews.")
def check(files: tuple[Path, ...], form: str, lang: str, kind: str, **settings: Any) -> None:
    """Check records in JSON, JSON Lines or CSV files.

    Exit code 0: clean; 1: findings; 2: a file could not be read.
    """
    standard = load_standard(shipped_folder())
    checker = Checker(standard, Settings(**settings), kind)
    sys.exit(_run(checker, files, REPORTS[form](standard, language(lang).translate)))


def _run(checker: Checker, files: tuple[Path, ...], report: Report) -> int:
    report.begin()
    for path in files:
        try:
            for line in checker.check_file(path):
                report.add(line)
        except OSError as error:
            report.unreadable(str(path), error.strerror or str(error))
    report.end(checker.records)
    if report.unreadable_files or (checker.problems and not checker.records):
        return UNREADABLE
    return FINDINGS if report.findings else CLEAN


@dataclass
class Checker:
    """Checks files record by record; counts what it read."""

    standard: Standard
    settings: Settings
    kind: str
    records: int = 0
    problems: int = 0

    def __post_init__(self) -> None:
        self.names = names_of(self.standard)

    def check_file(self, path: Path) -> Iterator[Line]:
        """Yield a line for each finding of a file; OSError where it cannot be opened."""
        for item in read_records(path, self.names):
            if isinstance(item, Problem):
                self.problems += 1
                yield Line(str(path), item.line, None, item.code, "error", _column(item), item.message)
            else:
                self.records += 1
                yield from self._check_row(str(path), item)

    def _check_row(self, file: str, row: Row) -> Iterator[Line]:
        record = {"type": self.kind, **row.record}
        name = _name_of(record)
        if record["type"] not in self.standard.records:
            message = Message(N_("The standard has no record type “{value}”."), {"value": str(record["type"])[:60]})
            yield Line(file, row.line, name, TYPE, "error", ("type",), message)
            return
        for strange in self.names.strange(record):
            message = Message(N_("The standard has no field “{value}”."), {"value": strange[:60]})
            yield Line(file, row.line, name, COLUMN, "error", (strange,), message)
        for finding in self._findings(record):
            yield Line(file, row.line, name, finding.rule, finding.severity, finding.fields, finding.message)

    def _findings(self, record: dict[str, object]) -> tuple[Finding, ...]:
        assessment = assess(self.standard, record, self.settings)
        return assessment.errors + assessment.gaps + assessment.concerns


def _column(problem: Problem) -> tuple[str, ...]:
    return () if problem.column is None else (str(problem.column),)


def _name_of(record: dict[str, object]) -> str | None:
    name = record.get("name") or record.get("id") or record.get("title")
    return name[:100] if isinstance(name, str) else None
