"""Strict JSON decoder: duplicate keys in very large objects."""

from ckanext.opensmartcity.exchange.json_reader import Decoder


def test_a_duplicate_key_is_reported_among_very_many():
    keys = [*range(200_000), 7]
    text = "{" + ",".join(f'"k{key}":{key}' for key in keys) + "}"
    decoded = Decoder().value_at(text, 0)
    assert decoded.duplicate_keys == ("k7",)
    assert len(decoded.value) == 200_000
