"""Exporting: the whole log or one history as lines that anyone can check, hashes where the reader may not see more."""
# MERGED Downloading: one history as a file for everybody who may see the dataset, with what they may not see as hashes.

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from sqlalchemy.orm import Session

from ..ledger_format import history_file
from ..ledger_format.event import leaf_hash
from ..tlog import tiles
from ..tlog.tiles import TileKey
from . import access
from .errors import LogError
from .model import log as ledger_log
from .model import log_stream
from .model.event_queries import Viewer
from .model.log import StoredCheckpoint, StoredTiles

EVERYTHING = Viewer([], all=True, shown=True)


def whole(session: Session, viewer: Viewer) -> Iterator[str]:
    """Yield the lines of the whole log up to its newest checkpoint, with all older checkpoints."""
    newest = _newest(session)
    yield from _heads(session, [stored.note for stored in ledger_log.every(session, newest.size)])
    for line in log_stream.whole(session, newest.size, viewer):
        if line.visible:
            yield history_file.event_line(line.body, line.hash, line.index)
        else:
            yield history_file.hidden_line(line.hash, line.index)


def part(session: Session, subject_id: str, viewer: Viewer, kept: Sequence[int] = ()) -> Iterator[str]:
    """Yield the lines of one history, each with its proof; last the events that wait for the next checkpoint.

    `kept` are sizes of checkpoints that the reader kept: that these are of the same log is proven too.
    A reader may be slow: the session is closed while lines are taken, and has to be for nothing else.
    """
    try:
        for lines in _part(session, subject_id, viewer, kept):
            session.close()
            yield from lines
    finally:
        session.close()


def _part(session: Session, subject_id: str, viewer: Viewer, kept: Sequence[int]) -> Iterator[list[str]]:
    newest, store = _newest(session), _RememberedTiles(session)
    heads = _heads(session, [newest.note])
    sizes = [size for size in kept if 0 < size <= newest.size]
    yield [*heads, *(_consistency(store, size, newest.size) for size in sizes)]
    for leaves in log_stream.part(session, subject_id, newest.size, viewer):
        yield [_proven(store, leaf, newest.size) for leaf in leaves]
    waiting = log_stream.unlogged(session, subject_id, newest.size, viewer)
    yield [history_file.event_line(body, leaf_hash(body.encode()), None) for body in waiting]


def _consistency(store: StoredTiles, kept: int, size: int) -> str:
    return history_file.consistency_line(kept, size, tiles.consistency_proof(store, kept, size))


def _proven(store: StoredTiles, leaf: log_stream.Line, size: int) -> str:
    proof = tiles.inclusion_proof(store, leaf.index, size)
    if leaf.visible:
        return history_file.event_line(leaf.body, leaf.hash, leaf.index, proof, size)
    return history_file.hidden_line(leaf.hash, leaf.index, proof, size)


def _newest(session: Session) -> StoredCheckpoint:
    found = ledger_log.latest(session)
    if found is None:
        raise LogError("No checkpoint has been signed yet. Run: ckan opensmartcity ledger checkpoint")
    return found


def _heads(session: Session, notes: Sequence[str]) -> Iterator[str]:
    yield history_file.key_line([entry.key for entry in ledger_log.keys(session)])
    yield from map(history_file.checkpoint_line, notes)


class _RememberedTiles(StoredTiles):
    """Tiles that are read once for many proofs; forgotten all at once where they become many."""

    MOST = 1_000

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._known: dict[TileKey, bytes] = {}

    def read_tiles(self, keys: Collection[TileKey]) -> Mapping[TileKey, bytes]:
        """Return those of the tiles that there are."""
        missing = [key for key in keys if key not in self._known]
        if len(self._known) + len(missing) > self.MOST:
            self._known.clear()
            missing = list(keys)
        if missing:
            self._known.update(super().read_tiles(missing))
        return self._known


# Each costs a proof, and nobody needs many.
_MOST_KEPT = 10
_MOST_DIGITS = 18


def kept_sizes(given: Sequence[str]) -> list[int]:
    """Return the sizes of checkpoints kept, as an address gives them; ValidationError for what is none."""
    texts = [text.strip() for text in given if text.strip()]
    if len(texts) > _MOST_KEPT or not all(map(_is_size, texts)):
        raise tk.ValidationError({"kept": [tk._("Give the number in the second line of your checkpoint.")]})
    return [int(text) for text in texts]


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def history_lines(context: Context, id_or_name: str, kept: Sequence[int] = ()) -> Iterator[str]:
    """Return the lines of the history of a dataset, with proof that the log goes on from the checkpoints kept.

    ObjectNotFound also where no checkpoint has been signed yet.
    """
    tk.check_access("governance_history", context, {"id": id_or_name})
    history = access.find(context, id_or_name)
    session = model.Session()
    if ledger_log.latest(session) is None:
        raise tk.ObjectNotFound(tk._("No checkpoint has been signed yet."))
    lines = part(session, history.subject_id, access.viewer(context), kept)
    return (f"{line}\n" for line in lines)
