"""Export of the whole log or one history as JSON Lines with proofs, for `opensmartcity verify`.

Events that the reader may not see are exported as hashes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from sqlalchemy.orm import Session

from ..ledger_format import history_file
from ..ledger_format.subject_head import subject_root
from ..tlog import tiles
from ..tlog.checkpoint import parse_checkpoint
from ..tlog.tiles import TileKey
from . import access
from .model import log as ledger_log
from .model import log_stream, subject_heads
from .model.event_queries import Viewer
from .model.log import StoredCheckpoint, StoredTiles
from .model.log_stream import Line
from .row_check import is_redacted, leaf_of
from .signer import LogError

EVERYTHING = Viewer([], all=True, shown=True)


def whole(session: Session, viewer: Viewer) -> Iterator[str]:
    """Yield the lines of the whole log up to its newest checkpoint, with all older checkpoints."""
    newest = _newest(session)
    yield from _header(session, [stored.note for stored in ledger_log.every(session, newest.size)])
    for leaf in log_stream.whole(session, newest.size, viewer):
        yield _line(leaf)
    # An event may have been redacted since the checkpoint.
    yield from _waiting(session, None, newest.size, viewer)


def part(session: Session, subject_id: str, viewer: Viewer, kept: Sequence[int] = ()) -> Iterator[str]:
    """Yield the lines of one history, each with its inclusion proof; last the events that wait for a checkpoint.

    `kept` are sizes of checkpoints that the reader kept; each gets a consistency proof. The session is closed between
    batches, because the reader may be slow: it must not be used for anything else.
    """
    try:
        for lines in _part(session, subject_id, viewer, kept):
            session.close()
            yield from lines
    finally:
        session.close()


def _part(session: Session, subject_id: str, viewer: Viewer, kept: Sequence[int]) -> Iterator[list[str]]:
    # The heads are those of the newest checkpoint: read both in one snapshot.
    log_stream.begin_snapshot(session)
    newest, store = _newest(session), _CachedTiles(session)
    sizes = [size for size in kept if 0 < size <= newest.size]
    yield [
        *_header(session, [newest.note]),
        *(
            history_file.consistency_line(size, newest.size, tiles.consistency_proof(store, size, newest.size))
            for size in sizes
        ),
        *_history_head(session, subject_id, newest),
    ]
    for leaves in log_stream.part(session, subject_id, newest.size, viewer):
        yield [_line(leaf, tiles.inclusion_proof(store, leaf.index, newest.size), newest.size) for leaf in leaves]
    yield list(_waiting(session, subject_id, newest.size, viewer))


def _line(leaf: Line, proof: Sequence[bytes] | None = None, size: int = 0) -> str:
    """Serialize a leaf of the log with as much of its event as the reader may see, and as is left of it."""
    if not leaf.visible:
        return history_file.hidden_line(leaf.hash, leaf.index, proof, size)
    write = history_file.redacted_line if is_redacted(leaf.body) else history_file.event_line
    return write(leaf.body, leaf.hash, leaf.index, proof, size)


def _waiting(session: Session, subject_id: str | None, size: int, viewer: Viewer) -> Iterator[str]:
    """Yield the lines of the events of a subject, or of all redactions, that wait for a checkpoint."""
    for body, logged in log_stream.unlogged(session, subject_id, size, viewer):
        write = history_file.redacted_line if is_redacted(body) else history_file.event_line
        yield write(body, leaf_of(body, logged), None)


def _history_head(session: Session, subject_id: str, newest: StoredCheckpoint) -> Iterator[str]:
    """Yield the line that proves the history to be complete, if the checkpoint commits to the heads of histories."""
    if subject_root(parse_checkpoint(newest.note).checkpoint):
        history = subject_heads.find(session, subject_id, newest.size)
        if history:
            yield history_file.history_line(history)


def _newest(session: Session) -> StoredCheckpoint:
    checkpoint = ledger_log.latest(session)
    if checkpoint is None:
        raise LogError("No checkpoint has been signed yet. Run: ckan opensmartcity ledger checkpoint")
    return checkpoint


def _header(session: Session, notes: Sequence[str]) -> Iterator[str]:
    yield history_file.key_line([entry.key for entry in ledger_log.keys(session)])
    yield from map(history_file.checkpoint_line, notes)


class _CachedTiles(StoredTiles):
    """Tiles cached for many proofs; the cache is cleared when it holds more than `MOST` tiles."""

    MOST = 1_000

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._known: dict[TileKey, bytes] = {}

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return the tiles that exist."""
        missing = [key for key in keys if key not in self._known]
        if len(self._known) + len(missing) > self.MOST:
            self._known.clear()
            missing = list(keys)
        if missing:
            self._known.update(super().read_tiles(missing))
        return self._known


# Each size costs a proof.
_MOST_KEPT = 10
_MOST_DIGITS = 18


def parse_sizes(given: Sequence[str]) -> list[int]:
    """Parse the sizes of kept checkpoints from query parameters; raise ValidationError if one is not a size."""
    texts = [text.strip() for text in given if text.strip()]
    valid = all(text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS for text in texts)
    if len(texts) > _MOST_KEPT or not valid:
        raise tk.ValidationError({"kept": [tk._("Give the number in the second line of your checkpoint.")]})
    return [int(text) for text in texts]


def history_lines(context: Context, id_or_name: str, kept: Sequence[int] = ()) -> Iterator[str]:
    """Return the lines of the history of a dataset, with consistency proofs for the kept checkpoints.

    Raise NotAuthorized, or ObjectNotFound, also if no checkpoint has been signed yet.
    """
    tk.check_access("governance_history", context, {"id": id_or_name})
    history = access.find(context, id_or_name)
    session = model.Session()
    if ledger_log.latest(session) is None:
        raise tk.ObjectNotFound(tk._("No checkpoint has been signed yet."))
    lines = part(session, history.subject_id, access.viewer(context), kept)
    return (f"{line}\n" for line in lines)
