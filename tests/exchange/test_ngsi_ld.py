"""NGSI-LD entities: valid by the schemas of Smart Data Models, and expanded to the IRIs of the standard."""

import json
import uuid
from datetime import date

import pytest
from ckanext.opensmartcity.exchange.ngsi_ld import Portal, catalogue_entity, record_entities, simplify
from ckanext.opensmartcity.exchange.ngsi_ld.attributes import web_uri
from ckanext.opensmartcity.portal import demo
from ckanext.opensmartcity.standard import AnswerType, Settings, assess
from ckanext.opensmartcity.standard.jsonld_context import PLACES, fields, json_ld_context, shared_terms
from hypothesis import given
from hypothesis import strategies as st
from support.json_ld import NGSI, OURS, expand, validators

TODAY = date(2026, 6, 1)
PORTAL = Portal(
    "zuiderhaven",
    "Zuiderhaven",
    "",
    "https://city.example/",
    OURS,
    {"dataset": "https://city.example/dataset/", "algorithm": "https://city.example/algorithm/"},
)
COUNTRIES = {AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS}


def stored(package):
    """Return a record of the demo city with the fields that CKAN adds."""
    added = {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, package["name"])), "metadata_created": "2026-01-05T10:00:00.5"}
    files = [{"id": str(uuid.uuid4()), **resource} for resource in package.get("resources", ())]
    return {"type": "dataset", **package, **added, "resources": files}


def entities_of(standard, record, algorithm_ids=None):
    assessment = assess(standard, record, Settings(home="NL", today=TODAY))
    return list(record_entities(standard, PORTAL, record, assessment, algorithm_ids or {}))


def test_the_core_context_comes_last_so_that_no_other_redefines_its_terms(standard, city):
    for entity in [*entities_of(standard, city[0]), catalogue_entity(PORTAL)]:
        assert len(entity["@context"]) == 3
        assert "ngsi-ld-core-context" in entity["@context"][-1]


@pytest.fixture(scope="module")
def city():
    return [stored(package) for package in demo.read_city(TODAY).packages]


@pytest.fixture(scope="module")
def filled(standard):
    """Dataset and algorithm with an answer to every question, even if the rules reject the combination."""
    return [stored({"name": kind, "title": kind, "type": kind, **answers(standard, kind)}) for kind in standard.records]


def answers(standard, kind):
    return {field.name: answer(standard, field) for field in standard.records[kind].fields.values()}


def answer(standard, field):
    if field.type.is_coded:
        codes = list(standard.vocabulary_of(field).codes)
        # All codes except "unknown", which excludes others.
        return [code for code in codes if code != "unknown"] if field.type.is_list else codes[0]
    samples = {
        AnswerType.COUNTRY: "NL",
        AnswerType.COUNTRIES: ["NL", "DE"],
        AnswerType.JURISDICTIONS: ["EU", "NL"],
        AnswerType.DATE: "2026-05-01",
        AnswerType.DURATION: "P5Y",
        AnswerType.UUID: "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        AnswerType.CONTACT: "desk@city.example",
        AnswerType.URI: "https://city.example/x",
        AnswerType.URL: "https://city.example/x",
        AnswerType.URLS: ["https://city.example/x"],
        AnswerType.TEXTS: ["One"],
        AnswerType.TEXTS_OR_URIS: ["One"],
        AnswerType.ALGORITHMS: ["lights"],
    }
    return samples.get(field.type, "A text.")


def test_every_entity_of_the_demo_city_is_valid_by_the_published_schemas(standard, city, metadata):
    schemas = validators(metadata)
    entities = [catalogue_entity(PORTAL), *(entity for record in city for entity in entities_of(standard, record))]
    kinds = {entity["type"] for entity in entities}
    assert kinds == {"Catalogue", "Dataset", "Distribution", "Algorithm"}
    for entity in entities:
        if entity["type"] in schemas:
            errors = [error.message for error in schemas[entity["type"]].iter_errors(simplify(entity))]
            assert errors == [], entity["id"]


def test_the_schemas_reject_invalid_entities(standard, city, metadata):
    schema = validators(metadata)["Dataset"]
    good = simplify(entities_of(standard, city[-1])[0])
    for wrong in ({"title": "text"}, {"accessRights": ["a"]}, {"modified": "yesterday"}, {"id": ""}):
        assert list(schema.iter_errors(good | wrong)), wrong


def test_the_ids_of_entities_are_unique_and_links_lead_to_entities(standard, city):
    entities = [
        catalogue_entity(PORTAL),
        *(entity for record in city for entity in entities_of(standard, record, ids(city))),
    ]
    known = [entity["id"] for entity in entities]
    assert len(known) == len(set(known))
    linked = {
        goal
        for entity in entities
        for attribute in entity.values()
        if isinstance(attribute, dict) and attribute["type"] == "Relationship"
        for goal in ([attribute["object"]] if isinstance(attribute["object"], str) else attribute["object"])
    }
    assert linked <= set(known)
    assert any(goal.startswith("urn:ngsi-ld:Algorithm:") for goal in linked)


def ids(city):
    return {record["name"]: record["id"] for record in city if record["type"] == "algorithm"}


def test_every_governance_term_expands_to_the_iri_of_the_standard(standard, filled, metadata):
    for record in filled:
        entity = entities_of(standard, record)[0]
        (expanded,) = expand(standard, metadata, entity)
        for name, field in standard.records[record["type"]].fields.items():
            if name in entity:
                check_attribute(standard, field, expanded[field.iri], record[name])
        assert not [term for term in expanded if "default-context" in term]
        assert set(standard.records[record["type"]].fields) <= set(entity)


def check_attribute(standard, field, attributes, answer):
    kinds = {kind for attribute in attributes for kind in attribute["@type"]}
    values = answer if isinstance(answer, list) else [answer]
    if field.type.is_coded or field.type in COUNTRIES:
        wanted = {standard.vocabulary_of(field).codes[code].iri for code in values} if field.type.is_coded else set()
        wanted = wanted or {PLACES + code for code in values}
        vocabularies = [
            {each["@id"] for each in attribute[NGSI + "hasVocab"]}
            for attribute in attributes
            if NGSI + "hasVocab" in attribute
        ]
        assert wanted in vocabularies, field.name
    else:
        assert kinds & {NGSI + "Property", NGSI + "Relationship"}, field.name


def test_answers_with_one_term_are_kept_apart(standard, filled, metadata):
    assert shared_terms(standard) == {
        *("ownership_owner", "ownership_owner_uri", "ownership_mandate", "privacy_legal_reference"),
        *("sovereignty_transfer_basis", "privacy_legal_basis", "privacy_special_condition", "algorithm_legal_basis"),
        *("ownership_contact", "algorithm_contact", "privacy_purpose", "algorithm_purpose"),
        *("algorithm_systems", "algorithm_explanation", "privacy_impact_assessment_url", "algorithm_assessments"),
    }
    for record in filled:
        (expanded,) = expand(standard, metadata, entities_of(standard, record)[0])
        for attributes in (values for term, values in expanded.items() if term not in ("@id", "@type")):
            dataset_ids = [json.dumps(attribute.get(NGSI + "datasetId")) for attribute in attributes]
            assert len(dataset_ids) == len(set(dataset_ids)), attributes


def test_plain_records_are_linked_data_with_the_same_context(standard, filled, metadata):
    for record in filled:
        plain = {name: record[name] for name in standard.records[record["type"]].fields}
        (expanded,) = expand(standard, metadata, {"@context": OURS, "@id": "https://city.example/it", **plain})
        for name in plain:
            field = fields(standard)[name]
            if field.type.is_coded:
                codes = record[name] if isinstance(record[name], list) else [record[name]]
                wanted = {standard.vocabulary_of(field).codes[code].iri for code in codes}
                assert wanted <= {value.get("@id") for value in expanded[field.iri]}, name
            else:
                assert expanded[field.iri]


def test_the_context_defines_every_term_of_our_own(standard):
    context = json_ld_context(standard)["@context"]
    for field in fields(standard).values():
        assert context[field.name]["@id"] == field.iri
        if field.type.is_coded:
            codes = standard.vocabulary_of(field).codes
            assert context[field.name]["@context"] == {code: each.iri for code, each in codes.items()}


def test_declarations_are_attributes(standard, city, metadata):
    declared = {"privacy_purpose": {"state": "not_applicable", "reason": "No people."}}
    record = {key: value for key, value in city[-1].items() if key != "privacy_purpose"}
    entity = entities_of(standard, record | {"governance_declared": declared})[0]
    (expanded,) = expand(standard, metadata, entity)
    (attribute,) = expanded[f"{standard.namespace}governance_declared"]
    assert attribute[NGSI + "hasJSON"] == [{"@type": "@json", "@value": declared}]


def test_the_assessment_is_part_of_the_entity(standard, current, metadata):
    record = stored({"name": "counters", **current, "license_id": "notspecified", "fitness_limits": ""})
    entity = entities_of(standard, record)[0]
    assert entity["governance_level"] == {
        "type": "VocabProperty",
        "vocab": "started",
        "observedAt": "2026-06-01T00:00:00Z",
    }
    (expanded,) = expand(standard, metadata, entity)
    own = standard.namespace
    assert expanded[f"{own}governance_missing"][0][NGSI + "hasVocab"] == [{"@id": f"{own}question-fitness_limits"}]
    assert {"@id": f"{own}OSC-015"} in expanded[f"{own}governance_concerns"][0][NGSI + "hasVocab"]


def test_a_record_without_answers_is_a_valid_entity(standard, metadata):
    dataset, file = entities_of(standard, stored({"name": "bare", "resources": [{"url": ""}]}))
    schemas = validators(metadata)
    for entity in (dataset, file):
        assert list(schemas[entity["type"]].iter_errors(simplify(entity))) == []
    assert file["accessURL"]["value"][0].startswith("https://city.example/dataset/bare/resource/")


@given(st.dictionaries(st.sampled_from(("name", "url", "format", "size", "hash", "created", "mimetype")), st.text()))
def test_no_resource_breaks_the_schema(standard, metadata, resource):
    *_, file = entities_of(standard, stored({"name": "odd", "resources": [resource]}))
    assert list(validators(metadata)["Distribution"].iter_errors(simplify(file))) == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/local", "http://[", "", None, 3, "mailto:a@b.example"])
def test_only_http_and_ftp_urls_are_web_uris(address):
    assert web_uri(address) is None


def test_spaces_in_addresses_are_written_as_uris():
    assert web_uri(" https://a.example/b c.csv?é=1 ") == "https://a.example/b%20c.csv?%C3%A9=1"
