"""Reference Merkle tree, written from the recursive definitions of RFC 9162, 2.1; slow, and shares no code with `tlog`.

D_n is a list of entries (bytes), as in the RFC. Subtree proofs follow the recursive definition of Merkle Tree
Certificates (draft-ietf-plants-merkle-tree-certs), which generalizes that of consistency proofs.
"""

from __future__ import annotations

import hashlib


def leaf_hash(entry: bytes) -> bytes:
    """Return HASH(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def split(n: int) -> int:
    """Return k, the largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def tree_hash(entries: list[bytes]) -> bytes:
    """Return MTH(D_n) (2.1.1)."""
    n = len(entries)
    if n == 0:
        return hashlib.sha256(b"").digest()
    if n == 1:
        return leaf_hash(entries[0])
    k = split(n)
    return hashlib.sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def inclusion_path(m: int, entries: list[bytes]) -> list[bytes]:
    """Return PATH(m, D_n) (2.1.3.1)."""
    n = len(entries)
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return [*inclusion_path(m, entries[:k]), tree_hash(entries[k:])]
    return [*inclusion_path(m - k, entries[k:]), tree_hash(entries[:k])]


def consistency_proof(m: int, entries: list[bytes]) -> list[bytes]:
    """Return PROOF(m, D_n) = SUBPROOF(m, D_n, true) (2.1.4.1)."""
    return _subproof(m, entries, is_complete=True)


def _subproof(m: int, entries: list[bytes], *, is_complete: bool) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if is_complete else [tree_hash(entries)]
    k = split(n)
    if m <= k:
        return [*_subproof(m, entries[:k], is_complete=is_complete), tree_hash(entries[k:])]
    return [*_subproof(m - k, entries[k:], is_complete=False), tree_hash(entries[:k])]


def subtree_proof(start: int, end: int, entries: list[bytes]) -> list[bytes]:
    """Return the proof that the leaves from start to end are a subtree of the tree over D_n."""
    return _subtree_subproof(start, end, entries, is_complete=True)


def _subtree_subproof(start: int, end: int, entries: list[bytes], *, is_complete: bool) -> list[bytes]:
    n = len(entries)
    if (start, end) == (0, n):
        return [] if is_complete else [tree_hash(entries)]
    k = split(n)
    if end <= k:
        return [*_subtree_subproof(start, end, entries[:k], is_complete=is_complete), tree_hash(entries[k:])]
    if k <= start:
        return [*_subtree_subproof(start - k, end - k, entries[k:], is_complete=is_complete), tree_hash(entries[:k])]
    return [*_subtree_subproof(0, end - k, entries[k:], is_complete=False), tree_hash(entries[:k])]


def is_subtree(start: int, end: int) -> bool:
    """Return whether start is a multiple of the smallest power of two that is not below end - start."""
    width = 1
    while width < end - start:
        width *= 2
    return start < end and start % width == 0
