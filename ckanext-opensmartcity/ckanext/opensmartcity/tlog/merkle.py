"""Merkle tree of RFC 9162: root hashes, and inclusion and consistency proofs. Pure functions over SHA-256 hashes.

`inclusion_ranges` and `consistency_ranges` name the subtrees that a proof consists of; `verify_*` check a proof.
`InclusionVerifier` is the fast path for many proofs of one tree, as in an exported history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Range = tuple[int, int]
"""Half-open range of leaf indexes: first, end."""

Node = tuple[int, int]
"""Complete subtree: its level (it has 2 to the power of level leaves) and its index from the left on that level."""

_sha256 = hashlib.sha256


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 9162, 2.1.1): SHA-256 over a one byte and both children."""
    return _sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root hash over adjacent complete subtrees, the largest first; the empty root for none."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


class Frontier:
    """Right edge of a growing tree, one hash per level: enough to append leaves and to compute the root."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Append a leaf hash."""
        node, hashes, rest = leaf, self._hashes, self.size
        while rest & 1:
            node = _sha256(b"\x01" + hashes.pop() + node).digest()
            rest >>= 1
        hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the current root hash."""
        return fold(self._hashes)

    def copy(self) -> Frontier:
        """Return an independent copy."""
        return Frontier(self.size, self._hashes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root hash over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def complete_nodes(leaves: Range) -> list[Node]:
    """Return the complete subtrees that make up a range, left to right. The range must start at a subtree boundary."""
    start, end = leaves
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return the subtrees of an inclusion proof (RFC 9162, 2.1.3.1), the sibling of the leaf first.

    Raises ValueError if the tree has no such leaf.
    """
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
    """Return the subtrees of a consistency proof (RFC 9162, 2.1.4.1). Raises ValueError unless 0 < old <= new."""
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
    # The verifier knows the root of the whole old tree, but not of a part of it.
    return ([(start, end)] if start else []) + ranges[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether a proof shows that a leaf is in the tree of this size and root (RFC 9162, 2.1.3.2)."""
    return len(leaf) == HASH_BYTES and verify_subtree((index, index + 1), size, leaf, proof, root)


def verify_consistency(old: int, new: int, old_root: bytes, proof: Sequence[bytes], new_root: bytes) -> bool:
    """Return whether a proof shows that the old tree is a prefix of the new one (RFC 9162, 2.1.4.2)."""
    if old == 0:
        return new == 0 and not proof and old_root == new_root == EMPTY_ROOT
    return verify_subtree((0, old), new, old_root, proof, new_root)


def verify_inclusion_in_subtree(index: int, subtree: Range, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether a proof shows that a leaf is in a subtree with this root (Merkle Tree Certificates)."""
    start, end = subtree
    return _is_subtree(start, end) and verify_inclusion(index - start, end - start, leaf, proof, root)


def verify_subtree(leaves: Range, size: int, subtree: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether a proof shows that a range of leaves has the root `subtree` in a tree of this size and root.

    Generalizes both proofs of RFC 9162: inclusion is a range of one leaf, consistency a range that begins at 0.
    """
    start, end = leaves
    if start == end:
        return 0 <= start <= size and not proof and subtree == EMPTY_ROOT
    if not _is_subtree(start, end) or end > size or any(len(value) != HASH_BYTES for value in proof):
        return False
    # Climb to the level on which the subtree is one node, or on which its last node is a right child.
    first, last, edge = start, end - 1, size - 1
    while first != last and (last == edge or last & 1):
        first, last, edge = first >> 1, last >> 1, edge >> 1
    if first == last:
        return _climb((first, last, edge), subtree, proof) == (subtree, root)
    return bool(proof) and _climb((first, last, edge), proof[0], proof[1:]) == (subtree, root)


def _climb(at: tuple[int, int, int], seed: bytes, siblings: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the root of the subtree and of the tree computed from siblings, None if there are too many or too few.

    `at` gives positions on one level: of the first node of the subtree, of its last node, of the last node of the tree.
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


def _is_subtree(start: int, end: int) -> bool:
    """Return whether a range can be a subtree: it starts where the smallest complete subtree that covers it starts."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def _split(start: int, end: int) -> int:
    """Return the end of the left subtree: the largest power of two below the number of leaves (RFC 9162, 2.1.1)."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


_PathNode = tuple[int, int, bytes]
"""Node on the path to the root: its index on its level, the index of the last node there, and its hash."""

_NO_NODE: _PathNode = (-1, -1, b"")


class InclusionVerifier:
    """Verifies inclusion proofs of one tree one after the other, reusing the path of the last valid proof.

    Proofs of neighbouring leaves differ in their first hashes only, so that most of the path is known.
    """

    def __init__(self, size: int, root: bytes) -> None:
        self._size = size
        self._root = root
        self._proof: tuple[bytes, ...] = ()
        # Indexed by the number of proof hashes that are still to come.
        self._path: list[_PathNode] = [_NO_NODE]

    def verify(self, index: int, leaf: bytes, proof: tuple[bytes, ...]) -> bool:
        """Return whether a proof shows that a leaf is in the tree; same verdict as `verify_inclusion`."""
        if not 0 <= index < self._size or len(leaf) != HASH_BYTES:
            return False
        node, passed = (index, self._size - 1, leaf), list[_PathNode]()
        rest = len(proof)
        while rest:
            if rest < len(self._path) and self._path[rest] == node and self._proof[-rest:] == proof[-rest:]:
                break
            if node[1] == 0 or len(proof[-rest]) != HASH_BYTES:
                return False
            passed.append(node)
            node = _parent(node, proof[-rest])
            rest -= 1
        if not rest and node != (0, 0, self._root):
            return False
        self._path[rest + 1 :] = passed[::-1]
        self._proof = proof
        return True


def _parent(path_node: _PathNode, sibling: bytes) -> _PathNode:
    """Return the parent of a node and its sibling (RFC 9162, 2.1.3.2, step 4)."""
    index, last, node = path_node
    if not index & 1 and index != last:
        return index >> 1, last >> 1, _sha256(b"\x01" + node + sibling).digest()
    # The last node of a level may have no sibling on several levels: it moves up unchanged.
    while not index & 1 and last:
        index, last = index >> 1, last >> 1
    return index >> 1, last >> 1, _sha256(b"\x01" + sibling + node).digest()
