"""Invented cities of the comparison: their indicators keep the published format and follow those of the demo city."""

import json

import pytest
from ckanext.opensmartcity.exchange.city_indicators import parse_city
from ckanext.opensmartcity.portal import peer_cities, service
from ckanext.opensmartcity.standard import load_indicators, shipped_folder

PEERS = peer_cities.read_peers()


def own(*counts):
    figures = [
        {"id": f"f{number}", "title": "Named", "definition": "Datasets", "count": count, "of": of, "list": "/dataset"}
        for number, (count, of) in enumerate(counts)
    ]
    part = {"id": "accountable", "label": "Accountable", "question": "Who?", "figures": figures}
    return {
        "as_of": "2026-06-01",
        "standard": {"version": "1.0.0", "digest": "0" * 64},
        "city": "Zuiderhaven",
        "total": 69,
        "characteristics": [part],
    }


@pytest.mark.parametrize("name", PEERS)
def test_the_indicators_are_those_of_the_published_format(name):
    written = peer_cities.derive(own((47, 61), (0, 0), (0, 3), (3, 3), (1, 1)), PEERS[name])
    parsed = parse_city(json.dumps(written).encode())
    assert parsed["name"] == PEERS[name]["title"]
    assert all(0 <= figure["count"] <= figure["of"] for figure in parsed["figures"].values())
    assert parsed["figures"]["f1"] == {"title": "Named", "definition": "Datasets", "count": 0, "of": 0}
    assert "/dataset" not in json.dumps(written)


def test_the_cities_differ_from_each_other_and_from_ours():
    ours = own((47, 61), (32, 61))
    shares = [
        [figure["count"] / figure["of"] for figure in city["characteristics"][0]["figures"]]
        for city in (ours, *(peer_cities.derive(ours, peer) for peer in PEERS.values()))
    ]
    assert len({tuple(share) for share in shares}) == 3


def test_every_figure_that_is_named_is_one_of_the_standard(standard):
    known = load_indicators(standard, shipped_folder(), None).counted.keys()
    assert {name for peer in PEERS.values() for name in peer["figures"]} <= set(known) | {
        "questions_answered",
        "questions_in_time",
    }


def test_the_port_stays_the_same_until_it_is_taken(tmp_path, monkeypatch):
    first = peer_cities.choose_port(tmp_path)
    (tmp_path / "peers" / "fetched").touch()
    assert peer_cities.choose_port(tmp_path) == first
    assert (tmp_path / "peers" / "fetched").exists()
    monkeypatch.setattr(service, "is_free", lambda port: False)
    assert peer_cities.choose_port(tmp_path) != first
    assert not (tmp_path / "peers" / "fetched").exists()
