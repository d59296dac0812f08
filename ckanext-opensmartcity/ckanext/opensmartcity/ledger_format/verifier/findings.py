"""Findings of the verifier: each a code for programs, a severity, and a message that says what was probably changed.

A failure means that something does not match. A finding of the severity `not_checked` names what is missing to verify
something. Remarks do not change the verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ...standard.i18n import N_, Message
from ...tlog import FormatError

# By name. The part of the name before the dot is the code of the finding.
TEXTS: Mapping[str, str] = {
    "altered": N_("This event does not match its hash: one of the two was altered."),
    "order": N_("It comes after index {last}: it was duplicated, inserted, swapped or renumbered."),
    "missing": N_("The events from index {first} to {last} are missing: they were left out or renumbered."),
    "proof": N_(
        "It is not proven to be in the log of {size} events at this index: the event or its proof was altered, "
        "inserted, swapped or renumbered."
    ),
    "unproven.size": N_(
        "The proofs of {count} events are for the log of {size} events, but there is no signed checkpoint of this size."
    ),
    "unproven.rest": N_("No signed checkpoint covers the events from index {index} on: they may have been inserted."),
    "chain.begun": N_("It says that no event came before it, but line {line} did: one of the two was inserted."),
    "chain.unknown": N_("The event that it follows is missing: that one was altered, left out or swapped."),
    "before": N_("The previous value of “{field}” is not the one that the last event left."),
    "time": N_("Its time is earlier than that of line {line}, which it follows."),
    "order.row": N_("Its row has the number {row} but follows row {last}: the rows were renumbered."),
    "deleted": N_("The row of the event at this index is gone: it was deleted."),
    "swapped": N_("This row holds the event that was logged at index {other}: events were swapped or renumbered."),
    "columns": N_("The column “{column}” of this row does not match what was hashed: it was altered."),
    "actor.none": N_("No row says who acted: the portal did not write this event, or the row was deleted."),
    "actor": N_("The actor does not match the commitment in the event: the row of the actor was altered."),
    "tile": N_("Tile {number} of level {level} does not match the leaves: the tile or a leaf was altered."),
    "state": N_("The stored state of “{subject}” does not match its events: {fields}."),
    "state.labels": N_(
        "The history of “{subject}” is visible to others than the portal allows: run ckan opensmartcity ledger "
        "baseline, and find out who changed it."
    ),
    "state.gone": N_("The ledger has no stored state of “{subject}”, which has events."),
    "state.none": N_("{count} datasets have no history yet: run ckan opensmartcity ledger baseline."),
    "unrecorded": N_(
        "The dataset “{name}” does not match its last event: {fields}. It was changed without the portal."
    ),
    "unrecorded.gone": N_(
        "The dataset “{name}” is gone without an event that records it: it was deleted without the portal."
    ),
    "signing_key": N_("{reason}"),
    "doubled": N_("Its id is already used in line {first}."),
    "root.derived": N_(
        "The events from index {first} to {last} do not match the root of the checkpoint of {size} events in "
        "{file}, line {line}: at least one was altered, left out, inserted or swapped, or the log was rebuilt."
    ),
    "root.empty": N_("This checkpoint does not have the root of an empty log."),
    "rebuilt.derived": N_(
        "The first {size} events are not those of the checkpoint in {file}, line {line}, but a later checkpoint "
        "matches: the log was rebuilt after events had been altered, left out or inserted."
    ),
    "rebuilt.proof": N_(
        "The log of {old} events is not proven to be the beginning of the log of {new} events: the proof is "
        "damaged, or the log was rebuilt."
    ),
    "rebuilt.two": N_(
        "Two checkpoints of {size} events have different roots, and both are signed: the log was rebuilt, or "
        "different readers were shown different logs. The other one is in {file}, line {line}."
    ),
    "shorter.derived": N_(
        "There are {events} events, but the checkpoint in {file}, line {line}, is signed for {size}: the last ones "
        "are left out, the database was restored from an older backup, or this history is older than the "
        "checkpoint."
    ),
    "shorter.part": N_(
        "You kept a checkpoint of {size} events, and this history ends at {shown}: the database was restored from "
        "an older backup, or this history is older than your checkpoint."
    ),
    "unlinked.kept": N_(
        "Nothing here proves that the log of {size} events, of which you kept the checkpoint, is the beginning of "
        "the log of {shown} events. Ask the portal for governance_proof with from_size={size} and size={shown}, "
        "and give the answer as one more file."
    ),
    "unlinked.shown": N_("Nothing here proves that the logs of {size} and of {shown} events are one log."),
    "unlinked.proof": N_(
        "The proof that the log of {old} events is the beginning of the log of {new} events was not checked: there is "
        "no signed checkpoint of {missing} events. If you kept it, give it with --checkpoint."
    ),
    "history.incomplete": N_(
        "The history of “{subject}” has {events} events in the log of {size} events, and here are {shown}: events were "
        "left out, inserted, altered or swapped."
    ),
    "history.proof": N_(
        "The head of the history of “{subject}” is not proven to be in the checkpoint of {size} events: the head or "
        "its proof was altered."
    ),
    "history.unproven": N_(
        "Nothing proves that the history with {count} of these events is complete: it cannot be told whether newer "
        "events exist, or others were left out. Save the history from the portal again. To verify single events only, "
        "use --inclusion."
    ),
    "history.heads": N_(
        "The heads of the histories that the checkpoint of {size} events commits to are not those of the events."
    ),
    "history.stored": N_(
        "The stored heads of the histories are not those of the checkpoint of {size} events: they were altered."
    ),
    "redaction.none": N_("This event is redacted, but no event of its history says so: its values were removed."),
    "redaction.differs": N_(
        "What is left of this event is not what its redaction recorded: it was altered, or the redaction is that of "
        "another event."
    ),
    "redaction.undone": N_("This event was redacted, but its values are here: they were put back."),
    "redaction.unproven": N_(
        "This event is redacted. Whether that was recorded is in the history of its dataset: verify that."
    ),
    "redaction.waiting": N_(
        "The redaction of this event is not in the log yet: nothing proves it. Save the history again after the next "
        "checkpoint."
    ),
    "waiting": N_(
        "{count} events are not in the log yet: nothing proves them. Save the history again after the next checkpoint."
    ),
    "nothing": N_("There is no event here, and no proof that could be checked."),
    "no_checkpoint": N_("There is no checkpoint that a known key signed: nothing is proven."),
    "origin": N_("This checkpoint is of another log: “{origin}”."),
    "key_from_file": N_(
        "You gave no key, so the one in the file was used. The author of the file may have made this key too. "
        "Compare it with the one that the city published elsewhere, and give that one with --key."
    ),
}

# Clocks of two machines differ and can be set back: an earlier time alone does not prove tampering.
_REMARKS = frozenset({"time", "key_from_file", "state.none"})
_NOT_CHECKED = frozenset(
    {"unproven.size", "unproven.rest", "unlinked.kept", "unlinked.shown", "unlinked.proof", "shorter.part"}
    | {
        "history.unproven",
        "redaction.unproven",
        "redaction.waiting",
        "waiting",
        "nothing",
        "no_checkpoint",
        "unknown_key",
    }
)
# About the datasets, their permissions, the configuration, or values that should be gone, not about the log.
_BESIDE_THE_LOG = frozenset({"unrecorded", "unrecorded.gone", "state.labels", "signing_key", "redaction.undone"})

Severity = Literal["failed", "not_checked", "remark"]


@dataclass(frozen=True)
class Finding:
    """Result of a check with its position. `about_log` is false if it concerns the datasets beside the log."""

    code: str
    message: Message
    line: int | None = None
    index: int | None = None
    event_id: str | None = None
    file: str | None = None
    severity: Severity = "failed"
    about_log: bool = True

    @property
    def remark(self) -> bool:
        """Whether the finding leaves the verdict as it is."""
        return self.severity == "remark"


def finding(name: str, /, **values: object) -> Finding:
    """Return the finding with a name of TEXTS, its placeholders filled with values."""
    message = Message(TEXTS[name], {key: str(value) for key, value in values.items()})
    return Finding(name.partition(".")[0], message, severity=_severity(name), about_log=name not in _BESIDE_THE_LOG)


def _severity(name: str) -> Severity:
    return "remark" if name in _REMARKS else "not_checked" if name in _NOT_CHECKED else "failed"


def error_finding(code: str, error: FormatError, *, file: str | None = None, line: int | None = None) -> Finding:
    """Return a finding with the message of an error."""
    return Finding(code, Message(error.template, error.values), line, file=file, severity=_severity(code))
