"""JSON values read strictly, however many keys an object has."""

from ckanext.opensmartcity.exchange.json_decoder import Decoder


def test_a_key_that_stands_twice_is_told_among_very_many():
    keys = [*range(200_000), 7]
    text = "{" + ",".join(f'"k{key}":{key}' for key in keys) + "}"
    found = Decoder().value_at(text, 0)
    assert found.repeated == ("k7",)
    assert len(found.value) == 200_000
