"""`opensmartcity verify`: verify an exported history against checkpoints and keys kept elsewhere, without a portal."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import click

from ..ledger_format.verifier.findings import Finding, error_finding, finding
from ..ledger_format.verifier.input_files import read_entries, read_evidence, read_kept, read_keys
from ..ledger_format.verifier.trusted_roots import Evidence, TrustedRoots
from ..ledger_format.verifier.verifier import Counts
from ..standard import language
from ..standard.i18n import N_, Translate
from ..tlog import FormatError
from ..tlog.signed_note import VerifierKey

Verdict = Literal["verified", "failed", "not_verifiable"]
EXIT_CODES: Mapping[Verdict, int] = {"verified": 0, "failed": 1, "not_verifiable": 2}
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
@click.option(
    "--inclusion", is_flag=True, help="Verify single events: that they are in the log, not that a history is complete."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Format of the findings.")
@click.option("--lang", default="en", help="Language of the messages.")
def verify(
    files: tuple[Path, ...],
    kept: tuple[Path, ...],
    keys: list[VerifierKey],
    inclusion: bool,
    form: str,
    lang: str,
) -> None:
    """Verify exported histories (JSON Lines), the whole log or a part, against signed checkpoints.

    Checkpoints and consistency proofs count for all FILES, whichever of them holds it.

    Exit code 0: verified; 1: failed, something does not match; 2: not verifiable, something is missing.
    """
    report = REPORTS[form](language(lang).translate)
    report.begin()
    outcome = Outcome(keys_given=bool(keys))
    try:
        for found in _findings(files, kept, keys, inclusion, outcome):
            report.add(found)
            outcome.add(found)
    except OSError as error:
        if error.filename is None:
            raise
        unreadable = FormatError(N_("{reason}"), reason=error.strerror or str(error))
        found = replace(error_finding("unreadable", unreadable, file=str(error.filename)), severity="not_checked")
        report.add(found)
        outcome.add(found)
    report.end(outcome)
    sys.exit(EXIT_CODES[outcome.verdict])


@dataclass
class Outcome:
    """Verdict on a history or a database, from the findings, the counts of entries, and the keys used."""

    keys_given: bool
    keys: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    sizes: list[int] = field(default_factory=list)
    # Whether a consistency proof was verified.
    linked: bool = False
    failures: int = 0
    unreadable: int = 0
    not_checked: int = 0

    def add(self, found: Finding) -> None:
        """Count a finding."""
        self.failures += found.severity == "failed"
        self.unreadable += found.severity == "failed" and found.code == "unreadable"
        self.not_checked += found.severity == "not_checked"

    @property
    def verdict(self) -> Verdict:
        """Return `verified` only if something was verified, and nothing failed or could not be checked."""
        proven = self.counts.size is not None and self.counts.entries > 0
        # A file of which no line can be read contradicts nothing.
        if self.failures and (self.counts.entries or self.linked or self.failures > self.unreadable):
            return "failed"
        return "verified" if (proven or self.linked) and not (self.failures or self.not_checked) else "not_verifiable"

    @property
    def checkpoint(self) -> int | None:
        """Return the size of the newest checkpoint with which something was verified, None if there was none."""
        return self.sizes[-1] if self.counts.size is None and self.linked else self.counts.size


def _findings(
    files: tuple[Path, ...], kept: tuple[Path, ...], keys: list[VerifierKey], inclusion: bool, outcome: Outcome
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
    outcome.sizes, outcome.linked = trust.sizes, bool(trust.proving)
    for path in files:
        for found in read_entries(path, trust, outcome.counts, inclusion=inclusion):
            yield replace(found, file=str(path)) if found.file is None else found


class Report(ABC):
    """Base of the formats: prints findings as they are found, in constant memory."""

    def __init__(self, translate: Translate) -> None:
        self.translate = translate

    def begin(self) -> None:  # noqa: B027  (text begins with nothing)
        """Print the part before the findings."""

    @abstractmethod
    def add(self, found: Finding) -> None:
        """Print one finding."""

    @abstractmethod
    def end(self, outcome: Outcome) -> None:
        """Print the verdict."""


VERDICTS: Mapping[Verdict, str] = {
    "verified": N_(
        "Verified: {events} events, up to the checkpoint of {size} events. Complete histories: {histories}."
    ),
    "failed": N_("Failed: {failures} findings."),
    "not_verifiable": N_("Not verifiable: {not_checked} things could not be checked."),
}
_REDACTED = N_("Redacted events among them, each recorded as redacted: {redacted}.")
_LINKED = N_("Verified: the log that you kept is the beginning of the log of {size} events.")


class TextReport(Report):
    """One line per finding, then the verdict."""

    def add(self, found: Finding) -> None:
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
        template = _LINKED if outcome.verdict == "verified" and not counts.entries else VERDICTS[outcome.verdict]
        # An unreadable file is a thing that could not be checked.
        not_checked = outcome.not_checked + (outcome.failures if outcome.verdict == "not_verifiable" else 0)
        values = {"failures": outcome.failures, "not_checked": not_checked, "histories": counts.histories}
        click.echo(
            self.translate(template).format(events=counts.entries - counts.waiting, size=outcome.checkpoint, **values)
        )
        if outcome.verdict == "verified" and counts.redacted:
            click.echo(self.translate(_REDACTED).format(redacted=counts.redacted))


class JsonReport(Report):
    """One JSON object: `findings` as they are found, then `not_checked`, the verdict and the counts."""

    def begin(self) -> None:
        """Open the object."""
        self.printed = 0
        self.not_checked: list[dict[str, Any]] = []
        click.echo('{"findings": [', nl=False)

    def add(self, found: Finding) -> None:
        """Print a failure or remark as an element of the list, and keep the others."""
        value = {
            "code": found.code,
            "file": found.file,
            "line": found.line,
            "index": found.index,
            "event": found.event_id,
            "remark": found.remark,
            "message": found.message.render(self.translate),
        }
        if found.severity == "not_checked":
            self.not_checked.append(value)
            return
        click.echo(("," if self.printed else "") + "\n" + json.dumps(value, ensure_ascii=False), nl=False)
        self.printed += 1

    def end(self, outcome: Outcome) -> None:
        """Close the list and print the rest of the object."""
        values: dict[str, Any] = {
            "not_checked": self.not_checked,
            "verdict": outcome.verdict,
            "checkpoint": outcome.checkpoint,
            "events": outcome.counts.events,
            "hidden": outcome.counts.hidden,
            "redacted": outcome.counts.redacted,
            "waiting": outcome.counts.waiting,
            "histories": outcome.counts.histories,
            "checkpoints": outcome.sizes,
            "keys": outcome.keys,
            "keys_given": outcome.keys_given,
        }
        click.echo(f"\n], {json.dumps(values, ensure_ascii=False)[1:]}")


REPORTS: Mapping[str, type[Report]] = {"text": TextReport, "json": JsonReport}
