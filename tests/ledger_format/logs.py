"""Synthetic logs, exported in the format of a portal, for tests and benchmarks of the verifier."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ckanext.opensmartcity.ledger_format import history_file
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.event import Change, Event, event_body, leaf_hash
from ckanext.opensmartcity.ledger_format.history_file import HistoryHead
from ckanext.opensmartcity.ledger_format.redaction import (
    Redaction,
    digest_of,
    redact_event,
    redacted_fields,
    redaction_change,
)
from ckanext.opensmartcity.ledger_format.subject_head import SubjectTree
from ckanext.opensmartcity.tlog import tiles as tlog_tiles
from ckanext.opensmartcity.tlog.checkpoint import Checkpoint, sign_checkpoint
from ckanext.opensmartcity.tlog.merkle import EMPTY_ROOT
from ckanext.opensmartcity.tlog.signed_note import generate_pem, load_signer
from ckanext.opensmartcity.tlog.tiles import MemoryTileStore

BEGIN = datetime(2026, 5, 1)  # noqa: DTZ001  (the Z is appended below)
ORIGIN = "city.example/opensmartcity"
ANSWERS = (
    "open",
    "shared",
    "closed",
    None,
    ["NL", "BE"],
    [],
    "Fietstellingen — één per uur",
    {"x": {"state": "unknown"}},
)


def _uuid(*parts):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, parts))))


@dataclass
class Log:
    """Log in memory that a test can tamper with before it is exported."""

    subjects: int = 3
    signer: object = field(default_factory=lambda: load_signer(ORIGIN, generate_pem()))
    bodies: list = field(default_factory=list)
    checkpoints: list = field(default_factory=list)
    hidden: set = field(default_factory=set)
    # What is left of the redacted events, by index. `bodies` holds them as they were.
    left: dict = field(default_factory=dict)
    # Without heads, as in exports of earlier versions.
    heads: bool = True

    def __post_init__(self):
        self._state, self._last, self._seed = {}, {}, uuid.uuid4()
        # Subjects of the events of redactions, which come in no turn.
        self._redactions, self._owners = {}, {}

    def grow(self, count):
        """Append events of all subjects in turn, and sign a checkpoint."""
        for _ in range(count):
            number = len(self.bodies)
            self.bodies.append(event_body(self._event(number, number % self.subjects)))
            self._last[number % self.subjects] = leaf_hash(canonical_bytes(self.bodies[-1])).hex()
        return self.sign()

    def _event(self, number, subject):
        field_name = ("privacy_openness", "fitness_purpose")[number % 5 == 0]
        key, after = (subject, field_name), ANSWERS[(number // self.subjects + subject) % len(ANSWERS)]
        change = Change(field_name, self._state.get(key), after)
        self._state[key] = after
        return Event(
            id=_uuid(self._seed, "event", number),
            request=_uuid(self._seed, "request", number),
            subject_type="dataset",
            subject_id=_uuid("subject", subject),
            action="update" if subject in self._last else "create",
            public=number not in self.hidden,
            at=(BEGIN + timedelta(seconds=number)).isoformat(timespec="microseconds") + "Z",
            role="editor",
            organization="mobility",
            actor="0" * 64,
            nonce=_uuid("nonce", number),
            previous=self._last.get(subject),
            standard_version="1.0",
            standard_digest="sha256:" + "0" * 64,
            changes=(change,),
        )

    def redact(self, index, *, record_in=None, **sides):
        """Redact sides of the changes of an event, record that in an event of its or another subject, and sign."""
        subject = index % self.subjects if record_in is None else record_in
        body, last = self.bodies[index], self._last[subject]
        earlier = self._redactions.get(body["id"])
        self.left[index] = redact_event(self.left.get(index, body), sides, _uuid("nonce", "redacted", len(self.bodies)))
        fields, digest = redacted_fields(self.left[index]), digest_of(self.left[index])
        redaction = Redaction(leaf_hash(canonical_bytes(body)).hex(), fields, digest)
        self._redactions[body["id"]] = redaction
        changes = redaction_change(body["id"], redaction, earlier), Change("reason", None, "Art. 17 GDPR")
        number, state = len(self.bodies), dict(self._state)
        event = replace(self._event(number, subject), action="redact", previous=last, changes=changes, public=True)
        # A redaction changes no answer.
        self._state = state
        self.bodies.append(event_body(event))
        self._last[subject] = leaf_hash(canonical_bytes(self.bodies[-1])).hex()
        self._owners[number] = subject
        return self.sign()

    def leaves(self):
        return [leaf_hash(canonical_bytes(body)) for body in self.bodies]

    def tiles(self):
        store = MemoryTileStore()
        tlog_tiles.append(store, 0, self.leaves())
        return store

    def sign(self, *signers):
        """Sign a checkpoint of the current size and return its note."""
        root = tlog_tiles.root(self.tiles(), len(self.bodies)) if self.bodies else EMPTY_ROOT
        extensions = (self.subject_tree().root().line,) if self.heads else ()
        signed = sign_checkpoint(Checkpoint(ORIGIN, len(self.bodies), root, extensions), signers or [self.signer])
        self.checkpoints.append(signed)
        return str(signed.note)

    def subject_tree(self, size=None):
        tree = SubjectTree()
        for body, leaf in zip(self.bodies[:size], self.leaves()[:size], strict=True):
            tree.add(body["subject"]["id"], leaf)
        return tree

    def history(self, subject):
        """Line with the head of a subject, by its number, at the newest checkpoint."""
        size, store = self.checkpoints[-1].size, MemoryTileStore()
        heads = self.subject_tree(size).heads
        position = next(n for n, head in enumerate(heads) if head.subject_id == _uuid("subject", subject))
        tlog_tiles.append(store, 0, [head.leaf for head in heads])
        proof = tlog_tiles.inclusion_proof(store, position, len(heads))
        return history_file.history_line(HistoryHead(heads[position], position, tuple(proof), size))

    def chain(self):
        """Rebuild the hash chain of a log of one subject and sign it, as a forger with the key would."""
        for before, body in zip(self.bodies, self.bodies[1:], strict=False):
            body["previous"] = leaf_hash(canonical_bytes(before)).hex()
        self.checkpoints.clear()
        return self.sign()

    @property
    def key(self):
        return str(self.signer.key)

    def evidence(self):
        keys = [history_file.key_line([self.signer.key])]
        return keys + [history_file.checkpoint_line(str(signed.note)) for signed in self.checkpoints]

    def whole(self):
        """Lines of the whole log."""
        lines = self.evidence()
        return lines + [self._line(index, leaf) for index, leaf in enumerate(self.leaves())]

    def _line(self, index, leaf, *proof):
        if index in self.hidden:
            return history_file.hidden_line(leaf, index, *proof)
        if index in self.left:
            return history_file.redacted_line(canonical_bytes(self.left[index]).decode(), leaf, index, *proof)
        return history_file.event_line(canonical_bytes(self.bodies[index]).decode(), leaf, index, *proof)

    def part(self, subject, every=None):
        """Lines of one subject, or of every n-th event, each with its inclusion proof."""
        store, size, lines = self.tiles(), self.checkpoints[-1].size, self.evidence()
        if self.heads and every is None:
            lines.append(self.history(subject))
        for index, leaf in enumerate(self.leaves()):
            if self._owners.get(index, index % self.subjects) % (every or self.subjects) == subject:
                lines.append(self._line(index, leaf, tlog_tiles.inclusion_proof(store, index, size), size))
        return lines

    def consistency(self, old, new):
        return history_file.consistency_line(old, new, tlog_tiles.consistency_proof(self.tiles(), old, new))
