"""What a check can find, in words: where, what, and whether it means that the history must not be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...standard.i18n import N_, Message

# The part of a name before the dot is the code that programs see.
TEXTS: Mapping[str, str] = {
    "altered": N_("This event is not the one of its hash: it was altered, or the hash was."),
    "order": N_("It stands after index {last}: it was doubled, put in, swapped or renumbered."),
    "missing": N_("The events from index {first} to {last} are missing: they were left out or renumbered."),
    "proof": N_(
        "It is not proven to be in the log of {size} events under this index: it was altered, put in, swapped or "
        "renumbered, or its proof was."
    ),
    "unproven.size": N_(
        "Its proof is made for the log of {size} events, and no signed checkpoint of this size is here."
    ),
    "unproven.rest": N_("No signed checkpoint covers the events from index {index} on: they can have been put in."),
    "chain.begun": N_("It says that nothing came before it, yet line {line} did: it was put in, or that one was."),
    "chain.unknown": N_("The event that it follows is not here: that one was altered, left out or swapped."),
    "before": N_("What “{field}” said before is not what the last event left."),
    "time": N_("Its time is before that of line {line}, which it follows."),
    "order.row": N_("Its row has the number {row}, and it follows row {last}: the rows were renumbered."),
    "deleted": N_("The row of the event at this index is gone: it was deleted."),
    "swapped": N_("This row holds the event that was logged at index {other}: events were swapped or renumbered."),
    "columns": N_("The column “{column}” of this row does not say what was hashed: it was altered."),
    "actor": N_("Who acted is not the one to whom the event is committed: the row of the actor was altered."),
    "tile": N_("Tile {number} of level {level} is not the one that the leaves give: the tile or a leaf was altered."),
    "state": N_("What the ledger keeps of “{subject}” is not what its events say: {fields}."),
    "state.labels": N_(
        "The ledger keeps of “{subject}” that others may see its history than the portal lets see it: run ckan "
        "opensmartcity ledger baseline, and find out who changed it."
    ),
    "state.gone": N_("The ledger keeps nothing of “{subject}”, which has events."),
    "state.none": N_("{count} datasets have no history yet: run ckan opensmartcity ledger baseline."),
    "unrecorded": N_(
        "The dataset “{name}” does not say what its last event says: {fields}. It was changed past the portal."
    ),
    "unrecorded.gone": N_(
        "The dataset “{name}” is gone without an event that says so: it was deleted past the portal."
    ),
    "signing_key": N_("{reason}"),
    "doubled": N_("Its id stands in line {first} already."),
    "root.derived": N_(
        "The events from index {first} to {last} do not give the root of the checkpoint of {size} events in "
        "{file}, line {line}: at least one was altered, left out, put in or swapped, or the log was built anew."
    ),
    "root.empty": N_("An empty log has another root than this checkpoint says."),
    "rebuilt.derived": N_(
        "The first {size} events are not those of the checkpoint in {file}, line {line}, yet a later checkpoint "
        "fits: the log was built anew after events had been altered, left out or put in."
    ),
    "rebuilt.proof": N_(
        "The log of {old} events is not proven to be the beginning of the log of {new} events: the proof is "
        "damaged, or the log was built anew."
    ),
    "rebuilt.two": N_(
        "Two checkpoints of {size} events have different roots, and both are signed: the log was built anew, or "
        "different readers were shown different logs. The other one is in {file}, line {line}."
    ),
    "shorter.derived": N_(
        "Here are {events} events, and the checkpoint in {file}, line {line}, is signed for {size}: the last ones "
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
    "no_checkpoint": N_("There is no checkpoint that a known key signed: nothing is proven."),
    "origin": N_("This checkpoint is of another log: “{origin}”."),
    "key_from_file": N_(
        "You gave no key, so the one in the file was used. Whoever made the file can have made this key too. "
        "Compare it with the one that the city published elsewhere, and give that one with --key."
    ),
}

# Clocks of two machines differ, and can be set back: that alone does not mean that anything was changed.
_REMARKS = frozenset({"time", "key_from_file", "state.none"})


@dataclass(frozen=True)
class Finding:
    """One thing that a check has to say. A remark does not spoil the verdict."""

    code: str
    message: Message
    line: int | None = None
    index: int | None = None
    event_id: str | None = None
    file: str | None = None
    remark: bool = False


def finding(name: str, /, **values: object) -> Finding:
    """Return a finding by its name, with what fills its text."""
    message = Message(TEXTS[name], {key: str(value) for key, value in values.items()})
    return Finding(name.partition(".")[0], message, remark=name in _REMARKS)
