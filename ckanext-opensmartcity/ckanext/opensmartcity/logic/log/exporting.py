"""Exporting: the whole log or one history as lines that anyone can check, hashes where the reader may not see more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from ...ledger import history, tiles
from ...ledger.event import leaf_hash
from ...ledger.storage import TileKey
from ...model import checkpoints, exports
from ...model.checkpoints import StoredCheckpoint
from ...model.leaves import StoredTiles
from ...model.pages import Viewer
from .errors import LogError

EVERYTHING = Viewer([], all=True, shown=True)


def whole(session: Session, viewer: Viewer) -> Iterator[str]:
    """Yield the lines of the whole log up to its newest checkpoint, with all older checkpoints."""
    newest = _newest(session)
    yield from _heads(session, [stored.note for stored in checkpoints.every(session, newest.size)])
    for line in exports.whole(session, newest.size, viewer):
        if line.visible:
            yield history.event_line(line.body, line.hash, line.index)
        else:
            yield history.hidden_line(line.hash, line.index)


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
    for leaves in exports.part(session, subject_id, newest.size, viewer):
        yield [_proven(store, leaf, newest.size) for leaf in leaves]
    waiting = exports.unlogged(session, subject_id, newest.size, viewer)
    yield [history.event_line(body, leaf_hash(body.encode()), None) for body in waiting]


def _consistency(store: StoredTiles, kept: int, size: int) -> str:
    return history.consistency_line(kept, size, tiles.consistency_proof(store, kept, size))


def _proven(store: StoredTiles, leaf: exports.Line, size: int) -> str:
    proof = tiles.inclusion_proof(store, leaf.index, size)
    if leaf.visible:
        return history.event_line(leaf.body, leaf.hash, leaf.index, proof, size)
    return history.hidden_line(leaf.hash, leaf.index, proof, size)


def _newest(session: Session) -> StoredCheckpoint:
    found = checkpoints.latest(session)
    if found is None:
        raise LogError("No checkpoint has been signed yet. Run: ckan opensmartcity ledger checkpoint")
    return found


def _heads(session: Session, notes: Sequence[str]) -> Iterator[str]:
    yield history.key_line([entry.key for entry in checkpoints.keys(session)])
    yield from map(history.checkpoint_line, notes)


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
