"""Transparency log: Merkle tree and tiles (RFC 9162, C2SP), signed notes, checkpoints."""
