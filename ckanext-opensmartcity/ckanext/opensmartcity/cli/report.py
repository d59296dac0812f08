"""Reports of `opensmartcity check` as text and JSON, streamed so that memory stays constant.

The JSON follows `schemas/json/check-report.schema.json`.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

import click

from ..exchange.problems import EMPTY
from ..standard import Language, Message, Settings, Standard, standard_digest
from ..standard.i18n import N_
from .common import CLEAN, FINDINGS, UNREADABLE

# Increment for changes that break readers of the JSON; a new key does not.
REPORT_VERSION = 1


class Line(NamedTuple):
    """One finding: file, line, column, number and name of the record, rule, severity, fields, message."""

    file: str
    line: int
    column: int | None
    number: int | None
    record: str | None
    rule: str
    severity: str
    fields: tuple[str, ...]
    message: Message


class Report(ABC):
    """Base of the formats: counts by rule and severity, and the files that could not be opened."""

    def __init__(self, standard: Standard, language: Language, settings: Settings) -> None:
        self.standard = standard
        self.language = language
        self.translate = cache(language.translate)
        self.settings = settings
        # Unlike click.echo, this does not flush each line. Characters outside the encoding are escaped.
        self.write = click.get_text_stream("stdout", errors="backslashreplace").write
        self.rules: Counter[str] = Counter()
        self.severities: Counter[str] = Counter(error=0, gap=0, concern=0)
        self.unreadable_files: list[tuple[str, str]] = []

    @property
    def findings(self) -> int:
        """Number of findings so far."""
        return self.rules.total()

    @property
    def exit_code(self) -> int:
        """Exit code for the findings so far."""
        if self.unreadable_files or self.rules[EMPTY]:
            return UNREADABLE
        return FINDINGS if self.rules else CLEAN

    def add(self, line: Line) -> None:
        """Count and print one finding."""
        self.print(line)
        self.rules[line.rule] += 1
        self.severities[line.severity] += 1

    def unreadable(self, file: str, reason: str) -> None:
        """Record a file that cannot be opened, and why."""
        self.unreadable_files.append((file, reason))

    def begin(self) -> None:  # noqa: B027  (most formats begin with nothing)
        """Print the part before the findings."""

    @abstractmethod
    def print(self, line: Line) -> None:
        """Print one finding."""

    @abstractmethod
    def end(self, records: int) -> None:
        """Print the part after the findings, with the number of records."""


class TextReport(Report):
    """One line per finding: file:line:column, rule, severity, fields, record, message."""

    def print(self, line: Line) -> None:
        """Print one finding as a line."""
        where = f"{line.file}:{line.line}:" if line.column is None else f"{line.file}:{line.line}:{line.column}:"
        record = f" ({line.record or f'#{line.number}'})" if line.number else ""
        fields = f" {','.join(line.fields)}" if line.fields else ""
        self.write(f"{where} {line.rule} {line.severity}{fields}{record}: {line.message.render(self.translate)}\n")

    def end(self, records: int) -> None:
        """Print the files that could not be opened, and the counts."""
        for file, reason in self.unreadable_files:
            click.echo(f"{file}: {reason}", err=True)
        template = self.translate(N_("{records} records, {findings} findings (standard {version})."))
        version = self.standard.version
        click.echo(template.format(records=records, findings=self.findings, version=version), err=True)


class JsonReport(Report):
    """One JSON object: program, standard and settings, `findings` as they are found, `summary`."""

    def begin(self) -> None:
        """Open the object."""
        standard = self.standard
        head = {
            "report": REPORT_VERSION,
            "program": version("ckanext-opensmartcity"),
            "standard": {"name": standard.name, "version": standard.version, "digest": standard_digest(standard)},
            "settings": {
                "date": self.settings.day.isoformat(),
                "home": self.settings.home,
                "review_months": self.settings.review_months,
                "lang": self.language.code,
            },
        }
        self.write(_json(head)[:-1] + ', "findings": [')

    def print(self, line: Line) -> None:
        """Print one finding as a member of the list."""
        value = line._asdict() | {"message": line.message.render(self.translate)}
        self.write(("," if self.rules else "") + "\n" + _json(value))

    def end(self, records: int) -> None:
        """Close the list and print the summary."""
        summary = {
            "records": records,
            "findings": self.findings,
            "severities": self.severities,
            "rules": dict(sorted(self.rules.items())),
            "unreadable": [{"file": file, "reason": reason} for file, reason in self.unreadable_files],
            "exit_code": self.exit_code,
        }
        self.write(f'\n], "summary": {_json(summary)}}}\n')


def _json(value: Mapping[str, object]) -> str:
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False)
REPORTS: Mapping[str, type[Report]] = {"text": TextReport, "json": JsonReport}
