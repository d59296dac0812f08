"""Findings as people or programs read them, printed as they are found so that memory does not grow."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import click

from ..standard import Message, Standard, standard_digest
from ..standard.messages import N_, Translate


@dataclass(frozen=True)
class Line:
    """One finding: file, line (or place in a JSON list), record name, rule, severity, fields, message."""

    file: str
    line: int
    record: str | None
    rule: str
    severity: str
    fields: tuple[str, ...]
    message: Message


class Report(ABC):
    """What all formats share: counts by rule, and files that could not be opened."""

    def __init__(self, standard: Standard, translate: Translate) -> None:
        self.standard = standard
        self.translate = translate
        self.rules: Counter[str] = Counter()
        self.unreadable_files: list[tuple[str, str]] = []

    @property
    def findings(self) -> int:
        """The number of findings so far."""
        return self.rules.total()

    def add(self, line: Line) -> None:
        """Count and print one finding."""
        self.print(line)
        self.rules[line.rule] += 1

    def unreadable(self, file: str, reason: str) -> None:
        """Note a file that cannot be opened."""
        self.unreadable_files.append((file, reason))

    def begin(self) -> None:  # noqa: B027  (most formats begin with nothing)
        """Print what comes before the findings."""

    @abstractmethod
    def print(self, line: Line) -> None:
        """Print one finding."""

    @abstractmethod
    def end(self, records: int) -> None:
        """Print what comes after the findings."""


class TextReport(Report):
    """A line per finding: file:line, rule, severity, fields, record, message."""

    def print(self, line: Line) -> None:
        """Print one finding as a line."""
        where = f"{line.file}:{line.line}: {line.rule} {line.severity}"
        about = " ".join(filter(None, [",".join(line.fields), line.record and f"({line.record})"]))
        click.echo(f"{where} {about}: {line.message.render(self.translate)}")

    def end(self, records: int) -> None:
        """Print the files that could not be opened, and the counts."""
        for file, reason in self.unreadable_files:
            click.echo(f"{file}: {reason}", err=True)
        template = self.translate(N_("{records} records, {findings} findings (standard {version})."))
        version = self.standard.version
        click.echo(template.format(records=records, findings=self.findings, version=version), err=True)


class JsonReport(Report):
    """One JSON object: `standard`, `findings` as they come, `summary`."""

    def begin(self) -> None:
        """Open the object."""
        head = {"version": self.standard.version, "digest": standard_digest(self.standard)}
        click.echo(f'{{"standard": {json.dumps(head)}, "findings": [', nl=False)

    def print(self, line: Line) -> None:
        """Print one finding as a member of the list."""
        value = {
            "file": line.file,
            "line": line.line,
            "record": line.record,
            "rule": line.rule,
            "severity": line.severity,
            "fields": list(line.fields),
            "message": line.message.render(self.translate),
        }
        click.echo(("," if self.findings else "") + "\n" + json.dumps(value, ensure_ascii=False), nl=False)

    def end(self, records: int) -> None:
        """Close the list and print the summary."""
        summary = {
            "records": records,
            "findings": self.findings,
            "rules": dict(sorted(self.rules.items())),
            "unreadable": [{"file": file, "reason": reason} for file, reason in self.unreadable_files],
        }
        click.echo(f'\n], "summary": {json.dumps(summary, ensure_ascii=False)}}}')


REPORTS: Mapping[str, type[Report]] = {"text": TextReport, "json": JsonReport}
