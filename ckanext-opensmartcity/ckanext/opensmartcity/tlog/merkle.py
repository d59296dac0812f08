"""The Merkle tree of RFC 9162: roots, what a proof consists of, and what a proof proves. Hashes in, hashes out."""
# MERGED Inclusion proofs of one tree, one after the other: those of neighbours are alike but for their first hashes.

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Range = tuple[int, int]
"""The leaves from the first number up to, not including, the second."""

Node = tuple[int, int]
"""A complete subtree: its level (it has 2 to the power of level leaves) and its place from the left on that level."""

_sha256 = hashlib.sha256


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 9162, 2.1.1): SHA-256 over a one byte and both children."""
    return _sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees that stand side by side, the largest first; of an empty tree for none."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


class Frontier:
    """The right edge of a growing tree: enough to add leaves and to know the root, in memory for one hash a level."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        node, hashes, rest = leaf, self._hashes, self.size
        while rest & 1:
            node = _sha256(b"\x01" + hashes.pop() + node).digest()
            rest >>= 1
        hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        return fold(self._hashes)

    def copy(self) -> Frontier:
        """Return a frontier that grows by itself from here."""
        return Frontier(self.size, self._hashes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the hashes of leaves."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def complete_nodes(leaves: Range) -> list[Node]:
    """Return the complete subtrees that a range is made of, left to right; the range begins where a subtree may."""
    start, end = leaves
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the subtrees whose hashes prove that a leaf is in a tree (RFC 9162, 2.1.3.1), the leaf's sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    ranges, start, end = [], 0, size
    while end - start > 1:
        split = _split(start, end)
        if index < split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """Return the subtrees whose hashes prove that an old tree is the beginning of a new one (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} leaves cannot be proven to be the beginning of one of {new}")
    ranges, start, end = [], 0, new
    while old < end:
        split = _split(start, end)
        if old <= split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    # The whole old tree is known to whoever asks; a part of it is not.
    return ([(start, end)] if start else []) + ranges[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a proof shows that a leaf is in the tree of this size and root (RFC 9162, 2.1.3.2)."""
    return len(leaf) == HASH_BYTES and verify_subtree((index, index + 1), size, leaf, proof, root)


def verify_consistency(old: int, new: int, old_root: bytes, proof: Sequence[bytes], new_root: bytes) -> bool:
    """Tell whether a proof shows that the old tree is the beginning of the new one (RFC 9162, 2.1.4.2)."""
    if old == 0:
        return new == 0 and not proof and old_root == new_root == EMPTY_ROOT
    return verify_subtree((0, old), new, old_root, proof, new_root)


def verify_inclusion_in_subtree(index: int, subtree: Range, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a proof shows that a leaf is in a subtree of this root."""
    start, end = subtree
    return _is_subtree(start, end) and verify_inclusion(index - start, end - start, leaf, proof, root)


def verify_subtree(leaves: Range, size: int, subtree: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a proof shows that these leaves have the root `subtree` in a tree of this size and root.

    Inclusion and consistency are the two ends of this: one leaf, or all from the first.
    """
    start, end = leaves
    if start == end:
        return 0 <= start <= size and not proof and subtree == EMPTY_ROOT
    if not _is_subtree(start, end) or end > size or any(len(value) != HASH_BYTES for value in proof):
        return False
    first, last, edge = _skip(start, end - 1, size - 1)
    if first == last:
        return _climb((first, last, edge), subtree, proof) == (subtree, root)
    return bool(proof) and _climb((first, last, edge), proof[0], proof[1:]) == (subtree, root)


def _climb(at: tuple[int, int, int], seed: bytes, siblings: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of the subtree and of the tree that siblings lead to, None where there are too many or too few.

    `at` is, on one level, the place of the subtree's first node, of its last node, and of the tree's last node.
    """
    first, last, edge = at
    below = above = seed
    for sibling in siblings:
        if edge == 0:
            return None
        if last & 1 or last == edge:
            if first < last:
                below = _sha256(b"\x01" + sibling + below).digest()
            above = _sha256(b"\x01" + sibling + above).digest()
            while not last & 1 and edge:
                first, last, edge = first >> 1, last >> 1, edge >> 1
        else:
            above = _sha256(b"\x01" + above + sibling).digest()
        first, last, edge = first >> 1, last >> 1, edge >> 1
    return (below, above) if edge == 0 else None


def _skip(first: int, last: int, edge: int) -> tuple[int, int, int]:
    """Climb to the level on which the subtree is one node, or on which its last node is a right child."""
    while first != last and (last == edge or last & 1):
        first, last, edge = first >> 1, last >> 1, edge >> 1
    return first, last, edge


def _is_subtree(start: int, end: int) -> bool:
    """Tell whether a range can be a subtree: it begins where the smallest complete subtree that holds it does."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def _split(start: int, end: int) -> int:
    """Return where the left subtree ends: after the largest power of two of leaves that leaves some for the right."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


_Place = tuple[int, int, bytes]
"""A node on the way to the root: its place on its level, that of the last node there, and its hash."""

_NOWHERE: _Place = (-1, -1, b"")


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
