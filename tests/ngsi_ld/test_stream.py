"""The demo city as NGSI-LD, as its portal serves it."""

import json
import tracemalloc

import pysolr
import pytest
import requests
from ckan import model
from ckanext.opensmartcity.exchange.ngsi_ld import MODELS
from ckanext.opensmartcity.ngsi_ld import stream
from ckanext.opensmartcity.search import scroll
from ckanext.opensmartcity.standard import load_standard, shipped_folder
from ckanext.opensmartcity.standard.jsonld_context import fields, json_ld_context
from support.json_ld import expand, validators
from support.query_budget import counted

STREAM = "/transparency/ngsi-ld.jsonl"


def entities(portal, path=STREAM, who=None, **options):
    headers = {"Authorization": portal.logins[who]["token"]} if who else {}
    answer = requests.get(portal.address + path, headers=headers, params=options, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json() if path.endswith("jsonld") else [json.loads(line) for line in answer.text.splitlines()]


def found(portal, who=None, **query):
    headers = {"Authorization": portal.logins[who]["token"]} if who else {}
    asked = {"rows": 1000, "include_private": True, **query}
    address = f"{portal.address}/api/3/action/package_search"
    return requests.post(address, json=asked, headers=headers, timeout=120).json()["result"]["results"]


@pytest.fixture(scope="module")
def everything(portal):
    return entities(portal, who="sysadmin")


def test_every_record_of_the_city_is_valid_by_the_published_schemas(portal, metadata):
    schemas, made = validators(metadata), entities(portal, who="sysadmin", options="keyValues")
    assert len(made) > 100
    for entity in made:
        if entity["type"] in schemas:
            assert [error.message for error in schemas[entity["type"]].iter_errors(entity)] == [], entity["id"]


def test_every_governance_term_of_the_city_has_its_iri(everything, metadata):
    standard = load_standard(shipped_folder())
    ours = next(each for each in everything[0]["@context"] if each.endswith("/transparency/context.jsonld"))
    known = fields(standard)
    for entity in everything:
        (expanded,) = expand(standard, metadata, entity, ours)
        assert {known[name].iri for name in entity if name in known} <= set(expanded)
        assert not [term for term in expanded if "default-context" in term]


@pytest.mark.parametrize("who", [None, "steward", "auditor", "sysadmin"])
def test_the_stream_holds_what_the_reader_may_see_and_no_more(portal, who):
    wanted = {f"urn:ngsi-ld:{each['type'].capitalize()}:{each['id']}" for each in found(portal, who)}
    streamed = [each["id"] for each in entities(portal, who=who) if each["type"] in ("Dataset", "Algorithm")]
    assert len(streamed) == len(set(streamed))
    assert set(streamed) == wanted


def test_private_records_are_in_the_stream_of_their_readers_alone(portal):
    private = [each for each in found(portal, "sysadmin") if each["private"]]
    assert private
    body = requests.get(portal.address + STREAM, timeout=120).text
    for record in private:
        assert record["id"] not in body
        assert record["name"] not in body


def test_the_file_of_a_record_is_its_part_of_the_stream(portal, everything):
    record = next(each for each in found(portal) if each["name"] == "shared-bike-trips")
    alone = entities(portal, "/dataset/shared-bike-trips/transparency.ngsi-ld.jsonld", who="sysadmin")
    files = {f"urn:ngsi-ld:Distribution:{each['id']}" for each in record["resources"]}
    wanted = {f"urn:ngsi-ld:Dataset:{record['id']}", *files}
    assert [each["type"] for each in alone[:2]] == ["Catalogue", "Dataset"]
    assert {each["id"] for each in alone[1:]} == wanted
    assert alone == [everything[0], *(each for each in everything if each["id"] in wanted)]


def test_systems_are_linked_by_the_id_of_their_entity(portal, everything):
    systems = {each["id"] for each in everything if each["type"] == "Algorithm"}
    links = [each["algorithm_systems"]["object"] for each in everything if "algorithm_systems" in each]
    assert len(links) > 3
    assert {goal for goals in links for goal in goals} <= systems


def test_ids_and_addresses_are_the_same_in_every_language(portal):
    path = "/dataset/shared-bike-trips/transparency.ngsi-ld.jsonld"
    assert entities(portal, f"/nl{path}") == entities(portal, path)


def test_the_stream_asks_the_search_page_by_page(portal, monkeypatch):
    monkeypatch.setattr(scroll, "_PAGE_SIZE", 10)
    with counted(monkeypatch) as calls:
        made = portal.wsgi.test_client().get(STREAM, buffered=False)
        lines = iter(made.response)
        next(lines)
        begun = len(calls.solr)
        rest = sum(1 for _ in lines)
    assert begun <= 2
    assert rest > 100
    records = len(found(portal))
    # A search for each page, one for the systems of a hundred records, and one that finds that there is no more.
    assert len(calls.solr) <= records / 10 + records / 100 + 4, str(calls)


@pytest.mark.parametrize("who", ["steward", "sysadmin"])
def test_a_slow_reader_of_the_stream_holds_no_connection_to_the_database(portal, monkeypatch, who):
    monkeypatch.setattr(scroll, "_PAGE_SIZE", 10)
    monkeypatch.setattr(stream, "_BATCH", 10)
    headers = {"Authorization": portal.logins[who]["token"]}
    model.Session.remove()
    pool = model.meta.engine.pool
    before = pool.checkedout()
    made = portal.wsgi.test_client().get(STREAM, buffered=False, headers=headers)
    held = [pool.checkedout() for _ in made.response]
    assert len(held) > 100
    assert max(*held, pool.checkedout()) <= before


def peak_of(portal, monkeypatch, records):
    """Return the most memory that a stream of so many records takes, and how many entities it has."""
    sample = found(portal)[:50]

    def repeated(*arguments, **named):
        for number in range(records):
            yield sample[number % len(sample)] | {"id": f"{number:032x}", "name": f"record-{number}"}

    monkeypatch.setattr(stream, "scroll_records", repeated)
    made = portal.wsgi.test_client().get(STREAM, buffered=False)
    tracemalloc.start()
    try:
        entities = sum(1 for _ in made.response)
        return tracemalloc.get_traced_memory()[1], entities
    finally:
        tracemalloc.stop()


def test_the_stream_takes_no_more_memory_for_more_records(portal, monkeypatch):
    peak_of(portal, monkeypatch, 100)
    few, _ = peak_of(portal, monkeypatch, 200)
    many, entities = peak_of(portal, monkeypatch, 700)
    assert entities > 700
    assert many < few + 2_000_000, (few, many)


def test_a_file_costs_what_showing_the_record_costs_and_a_search_for_its_systems(portal, monkeypatch):
    client = portal.wsgi.test_client()
    client.get("/dataset/shared-bike-trips/transparency.json")
    with counted(monkeypatch) as plain:
        client.get("/dataset/shared-bike-trips/transparency.json")
    with counted(monkeypatch) as ours:
        client.get("/dataset/shared-bike-trips/transparency.ngsi-ld.jsonld")
    assert len(ours.sql) <= len(plain.sql), str(ours)
    assert len(ours.solr) <= len(plain.solr) + 1, str(ours)


@pytest.mark.parametrize("path", ["/transparency/context.jsonld", "/transparency/openapi.json"])
def test_what_describes_the_standard_and_the_api_asks_no_service(portal, monkeypatch, path):
    with counted(monkeypatch) as calls:
        assert portal.wsgi.test_client().get(path).status_code == 200
    # CKAN itself asks at each request whether its settings have changed.
    ours = [statement for statement in calls.sql if "system_info" not in statement]
    assert (ours, calls.solr) == ([], []), str(calls)


@pytest.mark.parametrize("path", [STREAM, "/dataset/shared-bike-trips/transparency.ngsi-ld.jsonld"])
def test_an_unknown_form_is_refused(portal, path):
    assert requests.get(portal.address + path, params={"options": "sysAttrs"}, timeout=120).status_code == 400


def test_what_is_not_there_is_not_found(portal):
    path = "/dataset/no-such-dataset/transparency.ngsi-ld.jsonld"
    assert requests.get(portal.address + path, timeout=120).status_code == 404


def test_without_a_search_the_stream_says_so_before_it_begins(portal, monkeypatch):
    def refuse(*arguments, **named):
        raise pysolr.SolrError("Failed to connect to server")

    monkeypatch.setattr(pysolr.Solr, "_send_request", refuse)
    assert portal.wsgi.test_client().get(STREAM).status_code == 503


def test_the_context_is_served_for_programs_of_other_sites_to_keep(portal):
    address = f"{portal.address}/transparency/context.jsonld"
    answer = requests.get(address, timeout=120)
    assert answer.json() == json.loads(json.dumps(json_ld_context(load_standard(shipped_folder()))))
    assert answer.headers["Content-Type"].startswith("application/ld+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer.headers["Cache-Control"]
    again = requests.get(address, headers={"If-None-Match": answer.headers["ETag"]}, timeout=120)
    assert again.status_code == 304


def test_entities_name_the_contexts_that_explain_them(everything):
    ours, models, core = everything[0]["@context"]
    assert ours.endswith("/transparency/context.jsonld")
    assert models == MODELS
    assert "ngsi-ld-core-context" in core
