"""Hashes of events: the leaf hash of RFC 9162, and the commitment to an actor."""

from ckanext.opensmartcity.ledger_format.event import commitment, leaf_hash


def test_a_leaf_hash_begins_with_a_zero_byte():
    """The hash of the empty leaf, a published test vector of Certificate Transparency."""
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_a_commitment_covers_the_salt_and_the_user():
    """Computed with sha256sum over `c2FsdA:user-1`."""
    assert commitment("c2FsdA", "user-1") == "db8fb879ee739dce48f3fa4defbae56a6a091af7361cf1dc36401465bb31098a"
    assert commitment("c2FsdA", "user-1") != commitment("other", "user-1")
