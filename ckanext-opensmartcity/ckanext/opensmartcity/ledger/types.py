"""Results of the ledger's actions."""

from __future__ import annotations

from typing import Any, TypedDict

from ..governance.types import Time


class ActorDict(TypedDict, total=False):
    """Actor of an event: role, organisation and label in the reader's language; `user` only for editors."""

    role: str
    organization: str | None
    label: str
    user: str


class _Subject(TypedDict):
    type: str
    id: str


class EventSubject(_Subject, total=False):
    """Dataset, algorithm or organisation of an event; `name` and `title` only in lists of the whole portal."""

    name: str
    title: str | None


class _Change(TypedDict, total=False):
    redacted: list[str]


class EventChange(_Change):
    """Value of one field before and after, as stored and in words; null for no answer.

    `redacted` names the sides whose values were erased: they are null too, and in words it says why.
    """

    field: str
    before: Any
    after: Any
    label: str
    before_display: str | list[str] | None
    after_display: str | list[str] | None


class RedactionDict(TypedDict):
    """Redaction of an event: id and time of the event that records it, ground, role, and the erased sides by field."""

    event: str
    at: Time
    ground: str | None
    role: str
    label: str
    fields: dict[str, list[str]]


class EventDict(TypedDict, total=False):
    """Event as the API returns it.

    Of a hidden one only `hidden`, `leaf_hash`, `index` and `checkpoint` are set, and `withheld` if it is hidden because
    the dataset was purged. `redactions` is set if values were erased; `event` is then what is left of it.
    """

    hidden: bool
    withheld: bool
    id: str
    at: Time
    action: str
    action_label: str
    subject: EventSubject
    request: str
    actor: ActorDict
    changes: list[EventChange]
    public: bool
    index: int | None
    checkpoint: int | None
    leaf_hash: str
    event: dict[str, Any]
    redactions: list[RedactionDict]


class HistoryDataset(TypedDict):
    """Dataset of a history; `state` is `purged` if it no longer exists."""

    id: str
    name: str | None
    title: str | None
    type: str | None
    state: str
    private: bool | None
    gone_at: str | None
    gone_why: str | None


class HistoryResult(TypedDict):
    """Result of governance_history."""

    dataset: HistoryDataset
    events: list[EventDict]
    next_cursor: str | None


class ChangesResult(TypedDict, total=False):
    """Result of governance_changes: `next_since` if the caller gave `since`, else `next_cursor`."""

    events: list[EventDict]
    next_cursor: str | None
    next_since: str


class CheckpointDict(TypedDict):
    """Signed checkpoint: the signed note and the values in it."""

    checkpoint: str
    size: int
    root: str
    at: str


class KeyDict(TypedDict):
    """Published verifier key, and the sizes of the log from which and until which it signs."""

    key: str
    since: int
    until: int | None
    at: str


class SelfVerificationDict(TypedDict, total=False):
    """Last verification that the portal ran on its own ledger. `first_findings` is for sysadmins only."""

    at: str
    seconds: float
    verdict: str
    size: int | None
    events: int
    redacted: int
    findings: int
    stops_signing: bool
    first_findings: list[str]


class CheckpointResult(CheckpointDict):
    """Result of governance_checkpoint_show."""

    origin: str
    keys: list[KeyDict]
    self_verification: SelfVerificationDict | None


class CheckpointListResult(TypedDict):
    """Result of governance_checkpoint_list."""

    checkpoints: list[CheckpointDict]
    next_cursor: str | None


# "from" is a keyword of Python.
ConsistencyDict = TypedDict("ConsistencyDict", {"from": int, "to": int, "proof": list[str]})
ConsistencyDict.__doc__ = "Proof that the log of the size `from` is the beginning of the log of the size `to`."


class ProofResult(TypedDict, total=False):
    """Result of governance_proof: an inclusion proof (`index` to `text`) or `consistency`. Hashes are in hex."""

    checkpoint: str
    consistency: ConsistencyDict
    index: int
    leaf: str
    proof: list[str]
    size: int
    text: str
