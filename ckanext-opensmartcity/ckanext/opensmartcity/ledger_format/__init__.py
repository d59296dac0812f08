"""The history that an outsider can check: events, a Merkle tree over them (RFC 9162), signed checkpoints. No CKAN."""
