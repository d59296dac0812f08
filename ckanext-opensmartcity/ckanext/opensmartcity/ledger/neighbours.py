"""Inclusion proofs of one tree, one after the other: those of neighbours are alike but for their first hashes.

Where a proof reaches the very hash that the last one had reached at that place, and goes on with the very same hashes,
it leads to the same root. So of most proofs only a few hashes are computed; every one of them is compared.
"""

from __future__ import annotations

import hashlib

from .merkle import HASH_BYTES

_Place = tuple[int, int, bytes]
"""A node on the way to the root: its place on its level, that of the last node there, and its hash."""

_NOWHERE: _Place = (-1, -1, b"")
_sha256 = hashlib.sha256


class ProvenTree:
    """A tree of known size and root, with the last proof that led to it."""

    def __init__(self, size: int, root: bytes) -> None:
        self._size = size
        self._root = root
        self._proof: tuple[bytes, ...] = ()
        # By the number of hashes that were still to come.
        self._path: list[_Place] = [_NOWHERE]

    def includes(self, index: int, leaf: bytes, proof: tuple[bytes, ...]) -> bool:
        """Tell whether a proof shows that a leaf is in the tree: the verdict of `merkle.verify_inclusion`."""
        if not 0 <= index < self._size or len(leaf) != HASH_BYTES:
            return False
        place, passed = (index, self._size - 1, leaf), list[_Place]()
        rest = len(proof)
        while rest and not self._knows(place, proof, rest):
            if place[1] == 0 or len(proof[-rest]) != HASH_BYTES:
                return False
            passed.append(place)
            place = _above(place, proof[-rest])
            rest -= 1
        if not rest and place != (0, 0, self._root):
            return False
        self._path[rest + 1 :] = passed[::-1]
        self._proof = proof
        return True

    def _knows(self, place: _Place, proof: tuple[bytes, ...], rest: int) -> bool:
        known = rest < len(self._path) and self._path[rest] == place
        return known and self._proof[-rest:] == proof[-rest:]


def _above(place: _Place, sibling: bytes) -> _Place:
    """Return the node that a node and its sibling give (RFC 9162, 2.1.3.2, step 4)."""
    at, edge, node = place
    if not at & 1 and at != edge:
        return at >> 1, edge >> 1, _sha256(b"\x01" + node + sibling).digest()
    # The last node of a level may have no sibling for some levels: it goes up as it is.
    while not at & 1 and edge:
        at, edge = at >> 1, edge >> 1
    return at >> 1, edge >> 1, _sha256(b"\x01" + sibling + node).digest()
