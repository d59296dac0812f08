"""Transparency log: Merkle tree (RFC 9162), tiles, signed notes and checkpoints (C2SP).

`merkle` computes roots and verifies inclusion and consistency proofs, `tiles` stores the tree, `signed_note` signs and
verifies with Ed25519, `checkpoint` is the signed head of a log. Nothing of the other libraries is imported.
"""
