"""RDF round trip of every answer in every format, and public terms for other consumers."""

import pytest
from ckanext.opensmartcity.exchange.provenance import Provenance
from ckanext.opensmartcity.exchange.rdf import (
    RecordDescription,
    add_answers,
    add_provenance,
    bind_prefixes,
    read_answers,
    read_provenance,
    record_type_of,
)
from ckanext.opensmartcity.exchange.rdf.property_mapping import is_class, property_plan
from ckanext.opensmartcity.standard import DECLARED_FIELD, Settings, assess_reading, read_record
from ckanext.opensmartcity.standard.answers import InvalidAnswer, parse_answer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, URIRef
from support.rdf_answers import made_up, values_of

SUBJECT = URIRef("https://city.example/dataset/1")
FORMATS = {"turtle": "turtle", "json-ld": "json-ld", "pretty-xml": "xml", "xml": "xml", "nt": "nt"}


def graph_of(standard, record):
    reading = read_record(standard, record, Settings())
    version = record.get("governance_standard_version")
    graph = Graph()
    bind_prefixes(graph, standard.namespace)
    described = RecordDescription(
        reading, assess_reading(standard, reading), version, "https://city.example/algorithm/{}".format
    )
    add_answers(graph, SUBJECT, standard, described)
    return graph


def round_trip(graph, form):
    options = {"auto_compact": True} if form == "json-ld" else {}
    return Graph().parse(data=graph.serialize(format=form, **options), format=FORMATS[form])


def cases(standard):
    for kind, record in standard.records.items():
        for name, field in record.fields.items():
            for value in values_of(standard, field):
                yield {"type": kind, name: value}


@pytest.mark.parametrize("form", FORMATS)
def test_whole_records_come_back_field_by_field(standard, form):
    for kind in standard.records:
        for number in range(12):
            record = made_up(standard, number, kind)
            read = read_answers(round_trip(graph_of(standard, record), form), SUBJECT, standard)
            assert {"type": kind, **read.record} == record
            assert not read.refused
            assert record_type_of(graph_of(standard, record), SUBJECT, standard) == kind


def test_each_value_of_each_field_comes_back_alone(standard):
    for record in cases(standard):
        read = read_answers(graph_of(standard, record), SUBJECT, standard)
        assert {"type": record["type"], **read.record} == record


@pytest.mark.parametrize("form", ["turtle", "json-ld", "pretty-xml"])
@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_a_steward_may_write_comes_back(standard, form, data):
    fields = standard.records["dataset"].fields
    name = data.draw(st.sampled_from(["fitness_purpose", "fitness_limits", "ownership_owner", "ownership_suppliers"]))
    text = st.text(st.characters(codec="utf-8"), max_size=60)
    raw = data.draw(st.lists(text, max_size=4) if name == "ownership_suppliers" else text)
    try:
        answer = parse_answer(fields[name], raw, standard)
    except InvalidAnswer:
        return
    record = {} if answer is None else {name: list(answer) if isinstance(answer, tuple) else answer}
    if read_record(standard, record, Settings()).placeholders:
        record = {}  # Nothing is known, so that nothing is published.
    assert read_answers(round_trip(graph_of(standard, record), form), SUBJECT, standard).record == record


def test_every_answer_is_said_with_the_term_of_its_field(standard):
    for kind, type_ in standard.records.items():
        for field in type_.fields.values():
            value = "done" if field.name == "privacy_impact_assessment" else values_of(standard, field)[0]
            graph, term = graph_of(standard, {"type": kind, field.name: value}), URIRef(field.iri)
            said = (None, RDF.type, term) if is_class(field.iri) else (None, term, None)
            assert said in graph, field.name


def test_every_code_is_said_with_its_iri(standard):
    for kind, type_ in standard.records.items():
        for field in type_.fields.values():
            for code in standard.vocabulary_of(field).codes.values() if field.type.is_coded else ():
                value = [code.code] if field.type.is_list else code.code
                graph = graph_of(standard, {"type": kind, field.name: value})
                assert (SUBJECT, property_plan(standard, kind).exact[field.name], URIRef(code.iri)) in graph


def test_no_two_questions_are_stated_under_one_property_with_the_same_values(standard):
    for kind, type_ in standard.records.items():
        exact = property_plan(standard, kind).exact
        free = [exact[name] for name, field in type_.fields.items() if not field.type.is_coded]
        assert len(set(free)) == len(free)


def test_a_duty_to_delete_is_an_odrl_policy_with_its_term(standard):
    record = {"retention_type": "fixed_period", "retention_period": "P18M", "retention_disposition": "delete"}
    text = graph_of(standard, record).serialize(format="turtle")
    assert "odrl:action odrl:delete" in text
    assert 'odrl:rightOperand "P18M"^^xsd:duration' in text
    archived = graph_of(standard, record | {"retention_disposition": "archive"}).serialize(format="turtle")
    assert "odrl:" not in archived


def test_an_invalid_answer_is_dropped_and_reported(standard):
    graph = graph_of(standard, {"ownership_owner": "Parks"})
    graph.add((SUBJECT, URIRef(f"{standard.namespace}retention_period"), Literal("seven years")))
    graph.add((SUBJECT, URIRef(f"{standard.namespace}ownership_owner"), Literal("Roads")))
    read = read_answers(graph, SUBJECT, standard)
    assert read.record == {}
    assert set(read.refused) == {"retention_period", "ownership_owner"}


def test_a_declaration_of_a_question_that_we_do_not_have_is_left_out(standard):
    graph = graph_of(standard, {DECLARED_FIELD: {"ownership_mandate": {"state": "unknown"}}})
    node = graph.value(SUBJECT, URIRef(f"{standard.namespace}declared"))
    graph.set((node, URIRef(f"{standard.namespace}question"), URIRef("https://elsewhere.example/q")))
    assert read_answers(graph, SUBJECT, standard).record == {}


FOREIGN = """
@prefix dct: <http://purl.org/dc/terms/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix dcatap: <http://data.europa.eu/r5r/> .
<https://there.example/catalogue> a dcat:Catalog ; dct:publisher <https://there.example/id> ;
  dcat:dataset <https://city.example/dataset/1> .
<https://there.example/id> foaf:name "City of There" .
<https://city.example/dataset/1> a dcat:Dataset ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/RESTRICTED> ;
  dct:rightsHolder [ foaf:name "Roads of There" ] ;
  dct:provenance "somebody counted" ;
  dct:conformsTo <https://std.example/a>, [ dct:title "GTFS" ] ;
  dcatap:applicableLegislation <http://data.europa.eu/eli/reg_impl/2023/138/oj> ;
  dcat:contactPoint [ vcard:hasEmail <mailto:jan.jansen@there.example>, <mailto:data@there.example> ] .
"""


def test_only_public_terms_of_other_catalogues_are_answers(standard):
    graph = Graph().parse(data=FOREIGN, format="turtle")
    read = read_answers(graph, SUBJECT, standard)
    assert read.ours is False
    assert read.record == {
        "privacy_openness": "shared",
        "ownership_owner": "Roads of There",
        "ownership_mandate": "http://data.europa.eu/eli/reg_impl/2023/138/oj",
        "fitness_standards": read.record["fitness_standards"],
        "ownership_contact": "data@there.example",
    }
    assert sorted(read.record["fitness_standards"]) == ["GTFS", "https://std.example/a"]
    assert read_provenance(graph, SUBJECT, standard) == Provenance("City of There", "https://there.example/id")


@pytest.mark.parametrize("provenance", [Provenance("City of There"), Provenance("Roads", "https://roads.example/id")])
def test_provenance_survives_a_round_trip(standard, provenance):
    graph = Graph().parse(data=FOREIGN, format="turtle")
    add_provenance(graph, SUBJECT, standard, provenance)
    assert read_provenance(round_trip(graph, "json-ld"), SUBJECT, standard) == provenance
