"""`opensmartcity verify`: verify an exported history against checkpoints and keys kept elsewhere, without a portal."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from ..ledger_format.verifier.findings import Finding, finding
from ..ledger_format.verifier.input_files import read_entries, read_evidence, read_kept, read_keys
from ..ledger_format.verifier.verifier import Counts, Evidence, TrustedRoots
from ..standard import language
from ..standard.i18n import N_, Translate
from ..tlog import FormatError
from ..tlog.signed_note import VerifierKey

FITS, DOES_NOT_FIT, UNREADABLE = 0, 1, 2
FILE = click.Path(path_type=Path)


def read_key_options(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> list[VerifierKey]:
    """Parse public keys, or files of keys (click callback); raise a usage error for an invalid one."""
    try:
        return [key for value in values for key in read_keys(value)]
    except FormatError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--checkpoint", "kept", multiple=True, type=FILE, help="A checkpoint that you kept; can be given again.")
@click.option(
    "--key", "keys", multiple=True, callback=read_key_options, help="The public key of the log, or a file of such keys."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Format of the findings.")
@click.option("--lang", default="en", help="Language of the messages.")
def verify(files: tuple[Path, ...], kept: tuple[Path, ...], keys: list[VerifierKey], form: str, lang: str) -> None:
    """Verify exported histories (JSON Lines), the whole log or a part, against signed checkpoints.

    Checkpoints and consistency proofs count for all FILES, whichever of them holds it.

    Exit code 0: everything fits; 1: something does not; 2: a file cannot be read.
    """
    report = REPORTS[form](language(lang).translate)
    report.begin()
    outcome = Outcome(keys_given=bool(keys))
    try:
        for found in _findings(files, kept, keys, outcome):
            report.add(found)
    except OSError as error:
        if error.filename is None:
            raise
        outcome.unreadable = f"{error.filename}: {error.strerror or error}"
    report.end(outcome)
    sys.exit(outcome.exit_code(report.findings))


@dataclass
class Outcome:
    """Counts of the entries read, and the keys used, for the verdict and the exit code."""

    keys_given: bool
    keys: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    sizes: list[int] = field(default_factory=list)
    evidence: int = 0
    unreadable: str | None = None

    def exit_code(self, findings: int) -> int:
        """Return the exit code for this number of findings, remarks not counted."""
        nothing_read = not (self.counts.events or self.counts.hidden or self.evidence)
        if self.unreadable or (findings and nothing_read):
            return UNREADABLE
        return DOES_NOT_FIT if findings else FITS


def _findings(
    files: tuple[Path, ...], kept: tuple[Path, ...], keys: list[VerifierKey], outcome: Outcome
) -> Iterator[Finding]:
    """Yield the findings of two passes: heads and keys of all files first, then their entries."""
    evidence = Evidence()
    for path in kept:
        read_kept(path, evidence)
    for path in files:
        read_evidence(path, evidence)
    yield from evidence.findings
    if not keys and evidence.keys:
        yield finding("key_from_file")
    trust = TrustedRoots(keys or evidence.keys)
    yield from trust.add(evidence)
    outcome.keys = [str(key) for key in dict.fromkeys(trust.keys)]
    outcome.evidence = len(evidence.checkpoints) + len(evidence.proofs)
    outcome.sizes = trust.sizes
    for path in files:
        for found in read_entries(path, trust, outcome.counts):
            yield replace(found, file=str(path)) if found.file is None else found


class Report(ABC):
    """Base of the formats: prints findings as they are found, in constant memory."""

    def __init__(self, translate: Translate) -> None:
        self.translate = translate
        self.findings = 0

    def add(self, found: Finding) -> None:
        """Print a finding, and count it unless it is a remark."""
        self.print(found)
        self.findings += not found.remark

    def begin(self) -> None:  # noqa: B027  (text begins with nothing)
        """Print the part before the findings."""

    @abstractmethod
    def print(self, found: Finding) -> None:
        """Print one finding."""

    @abstractmethod
    def end(self, outcome: Outcome) -> None:
        """Print the verdict."""


class TextReport(Report):
    """One line per finding, then the verdict."""

    def print(self, found: Finding) -> None:
        """Print file and line, code, index and event, and the message."""
        where = ":".join(str(part) for part in (found.file, found.line) if part is not None)
        index = "" if found.index is None else self.translate(N_("index {index}")).format(index=found.index)
        about = " ".join(filter(None, [found.code, index, found.event_id and f"({found.event_id})"]))
        text = found.message.render(self.translate)
        click.echo(": ".join(filter(None, [where, about, text])))

    def end(self, outcome: Outcome) -> None:
        """Print the counts and the verdict."""
        counts = outcome.counts
        read = self.translate(
            N_("{events} events, {hidden} more as hashes only, {waiting} not yet in the log; checkpoints up to {size}.")
        )
        size = outcome.sizes[-1] if outcome.sizes else "-"
        click.echo(read.format(events=counts.events, hidden=counts.hidden, waiting=counts.waiting, size=size), err=True)
        if outcome.unreadable:
            click.echo(outcome.unreadable, err=True)
            return
        verdict = N_("No: {findings} findings.") if self.findings else N_("Yes: everything fits.")
        click.echo(self.translate(verdict).format(findings=self.findings))


class JsonReport(Report):
    """One JSON object: `findings` as they are found, then `summary`."""

    def begin(self) -> None:
        """Open the object."""
        self.printed = 0
        click.echo('{"findings": [', nl=False)

    def print(self, found: Finding) -> None:
        """Print a finding as an element of the list."""
        value = {
            "code": found.code,
            "file": found.file,
            "line": found.line,
            "index": found.index,
            "event": found.event_id,
            "remark": found.remark,
            "message": found.message.render(self.translate),
        }
        click.echo(("," if self.printed else "") + "\n" + json.dumps(value, ensure_ascii=False), nl=False)
        self.printed += 1

    def end(self, outcome: Outcome) -> None:
        """Close the list and print the summary."""
        summary: dict[str, Any] = {
            "fits": outcome.exit_code(self.findings) == FITS,
            "findings": self.findings,
            "events": outcome.counts.events,
            "hidden": outcome.counts.hidden,
            "waiting": outcome.counts.waiting,
            "checkpoints": outcome.sizes,
            "keys": outcome.keys,
            "keys_given": outcome.keys_given,
            "unreadable": outcome.unreadable,
        }
        click.echo(f'\n], "summary": {json.dumps(summary, ensure_ascii=False)}}}')


REPORTS: Mapping[str, type[Report]] = {"text": TextReport, "json": JsonReport}
