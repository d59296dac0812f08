"""Guards and conversions for RDF of other catalogues, without a portal."""

import json
import time

import pytest
from ckanext.opensmartcity.exchange.rdf import unread_values
from ckanext.opensmartcity.exchange.rdf.addresses import (
    UNKNOWN_BASE,
    catalogue_address,
    escape_address,
    escape_addresses,
    mend_addresses,
)
from ckanext.opensmartcity.exchange.rdf.contact_points import parse_contacts
from ckanext.opensmartcity.exchange.rdf.project_open_data import CONTEXT, POD, state_as_dcat
from ckanext.opensmartcity.exchange.rdf.untrusted_input import has_doctype, read_json_ld, remote_contexts
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCAT, DCTERMS, FOAF, RDF, BNode, Graph, Literal, URIRef
from support.metadata import INVENTED

FAULTY = INVENTED / "faulty-catalogues"
SUBJECT = URIRef("https://riverton.example/1")
SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"


@pytest.mark.parametrize(
    ("text", "contacts"),
    [
        ("mailto:desk@riverton.example?subject=Open%20Data&cc=x@y.example", ["desk@riverton.example"]),
        ("mailto:mailto:desk@riverton.example", ["desk@riverton.example"]),
        ("MAILTO: Desk@Riverton.Example", ["Desk@Riverton.Example"]),
        ("desk@riverton.example; maps@riverton.example", ["desk@riverton.example", "maps@riverton.example"]),
        ("mailto:data%2Bmaps@riverton.example", ["data+maps@riverton.example"]),
        ("http://ask the desk on weekdays or write to desk@riverton.example.", ["desk@riverton.example"]),
        ("ask a@riverton.example or b@riverton.example", []),
        ("https://riverton.example/ask?a=1;b=2", ["https://riverton.example/ask?a=1;b=2"]),
        ("tel:+31 20 123 4567", ["+31 20 123 4567"]),
        ("", []),
        ("the desk", []),
    ],
)
def test_contacts_are_found_however_they_are_decorated(text, contacts):
    assert parse_contacts(text) == contacts


def test_a_doctype_is_found_before_its_entities_expand():
    start = time.monotonic()
    assert has_doctype((FAULTY / "entities.rdf").read_bytes())
    assert time.monotonic() - start < 2
    assert not has_doctype((FAULTY / "spaces.rdf").read_bytes())
    assert not has_doctype(b"<a><!-- <!DOCTYPE a> --></a>")
    assert has_doctype("<!DOCTYPE a><a/>".encode("utf-16"))


@pytest.mark.parametrize("data", [b"", b"<", b"no xml", b"\xff\xfe\x00", b'<?xml version="1.0" encoding="none"?><a/>'])
def test_malformed_xml_has_no_doctype(data):
    assert not has_doctype(data)


@pytest.mark.parametrize(
    ("document", "remote"),
    [
        ({"@context": "https://x.example/c"}, ["https://x.example/c"]),
        ({"@context": [CONTEXT, ["file:///etc/passwd"]]}, ["file:///etc/passwd"]),
        ({"a": [{"@import": "https://x.example/i"}]}, ["https://x.example/i"]),
        ({"@context": f"{SCHEMA}/catalog.jsonld"}, []),
        ({"@graph": [{"@context": [f"{SCHEMA}/catalog.jsonld", {"a": "b:c"}]}]}, []),
        ({"@context": f"https://x.example/{SCHEMA}"}, [f"https://x.example/{SCHEMA}"]),
        ({"conformsTo": SCHEMA, "dataset": [{"title": "x"}]}, []),
    ],
)
def test_only_the_shipped_contexts_are_embedded(document, remote):
    assert list(remote_contexts(read_json_ld(json.dumps(document).encode()))) == remote


def test_types_that_a_data_json_leaves_out_are_added_and_given_ones_stay():
    given = {"conformsTo": SCHEMA, "dataset": [{"title": "x"}, {"@type": "dcat:Resource"}, 7]}
    document = read_json_ld(json.dumps(given).encode())
    assert [each["@type"] for each in document["dataset"][:2]] == ["dcat:Dataset", "dcat:Resource"]
    assert document["@type"] == "dcat:Catalog"
    assert "@type" not in read_json_ld(json.dumps({"dataset": [{"title": "x"}]}).encode())["dataset"][0]


@pytest.mark.parametrize(
    ("level", "right"),
    [("public", "PUBLIC"), (" Restricted Public ", "RESTRICTED"), ("non-public", "NON_PUBLIC"), ("secret", None)],
)
@pytest.mark.parametrize("term", [POD.accessLevel, DCTERMS.accessRights])
def test_access_levels_are_stated_as_access_rights(term, level, right):
    graph = Graph()
    graph.add((SUBJECT, term, Literal(level)))
    state_as_dcat(graph, str(DCTERMS.accessRights))
    table = "http://publications.europa.eu/resource/authority/access-right/"
    expected = (
        (SUBJECT, term, Literal(level)) if right is None else (SUBJECT, DCTERMS.accessRights, URIRef(table + right))
    )
    assert list(graph) == [expected]


def parse(text, base=UNKNOWN_BASE):
    prefixes = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
    return Graph().parse(data=prefixes + text, format="turtle", publicID=base)


def test_a_relative_address_is_told_where_nobody_describes_it_and_a_label_where_somebody_does():
    graph = parse(
        "<#d> a dcat:Dataset ; dcat:landingPage <a/b.html>, <https://r.example> ; dct:publisher <p> ."
        "<p> dct:title 'P' ."
    )
    lost = mend_addresses(graph, UNKNOWN_BASE)
    assert [(each.predicate, each.address) for each in lost] == [(DCAT.landingPage, "a/b.html")]
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert isinstance(dataset, BNode)
    assert lost[0].subject == dataset
    assert isinstance(graph.value(dataset, DCTERMS.publisher), BNode)
    assert set(graph.objects(dataset, DCAT.landingPage)) == {URIRef("https://r.example")}


def test_an_address_of_a_file_is_never_kept():
    graph = parse("<https://r.example/d> dcat:landingPage <file:///etc/passwd>, <FILE://host/x> .")
    assert {each.address for each in mend_addresses(graph, UNKNOWN_BASE)} == {"file:///etc/passwd", "FILE://host/x"}
    assert len(graph) == 0


@pytest.mark.parametrize("base", [UNKNOWN_BASE, "https://r.example/a/catalog.ttl"])
def test_a_mailbox_without_scheme_is_a_mailbox(base):
    graph = parse("<https://r.example/d> dct:creator <desk@r.example> .", base)
    assert mend_addresses(graph, base) == []
    assert list(graph.objects()) == [URIRef("mailto:desk@r.example")]


def test_the_address_of_a_catalogue_is_that_of_the_only_one():
    assert (
        catalogue_address(parse("<https://r.example/c> a dcat:Catalog . <> a dcat:Catalog .")) == "https://r.example/c"
    )
    assert (
        catalogue_address(parse("<https://r.example/c> a dcat:Catalog . <https://r.example/e> a dcat:Catalog ."))
        is None
    )
    assert catalogue_address(parse("<> a dcat:Catalog . <urn:x:y> a dcat:Catalog .")) is None


@given(st.text())
def test_an_escaped_address_can_be_written_and_is_escaped_once(text):
    escaped = escape_address(text)
    assert escape_address(escaped) == escaped
    assert URIRef(f"https://r.example/{escaped}").n3()


@given(st.text(max_size=30))
def test_no_address_in_a_description_breaks_its_serialization(text):
    graph = Graph()
    graph.add((URIRef(f"https://r.example/{text}"), DCTERMS.relation, URIRef(text)))
    escape_addresses(graph, URIRef(f"https://r.example/{text}"))
    assert graph.serialize(format="nt")


TERMS = [DCTERMS.subject, DCAT.theme, FOAF.page, URIRef("https://r.example/vocabulary#depth"), DCTERMS.title]
LEAVES = st.text(min_size=1, max_size=12).filter(str.strip) | st.sampled_from(
    ["mailto:a@r.example", "a, b", "[1]", "{"]
)
NODES = st.recursive(
    LEAVES, lambda inner: st.dictionaries(st.sampled_from(TERMS), inner, min_size=1, max_size=2), max_leaves=4
)


def add(graph, subject, predicate, value):
    node = BNode() if isinstance(value, dict) else Literal(value)
    graph.add((subject, predicate, node))
    for term, inner in value.items() if isinstance(value, dict) else ():
        add(graph, node, term, inner)


def leaves(value):
    return [leaf for inner in value.values() for leaf in leaves(inner)] if isinstance(value, dict) else [value]


def texts(value):
    if isinstance(value, dict | list):
        return [text for inner in (value.values() if isinstance(value, dict) else value) for text in texts(inner)]
    return [str(value)]


@given(st.lists(st.tuples(st.sampled_from(TERMS), NODES), max_size=5), st.lists(LEAVES, max_size=3))
def test_each_value_of_a_description_is_in_the_record_or_in_an_extra(statements, known):
    graph = Graph()
    for term, value in statements:
        add(graph, SUBJECT, term, value)
    kept = set(known)
    for text in unread_values(graph, SUBJECT, {"extras": [{"key": "k", "value": text} for text in known]}).values():
        kept.add(text)
        try:
            kept.update(texts(json.loads(text)))
        except ValueError:
            continue
    spaced = {" ".join(text.split()).removeprefix("mailto:") for text in kept}
    for _, value in statements:
        for leaf in leaves(value):
            assert " ".join(leaf.split()).removeprefix("mailto:") in spaced


def test_unread_values_are_named_by_their_property_and_keep_their_shape():
    graph = parse(
        "<https://riverton.example/1> dct:title 'A' , 'B' ; dct:subject <https://e.example/7> ;"
        " <https://r.example/v#depth> 4 ;"
        " dct:creator [ dct:title 'Team' ; dct:relation <https://r.example/t> ] ."
        "<https://e.example/7> dct:title 'Docs' ."
    )
    assert unread_values(graph, SUBJECT, {"title": "A"}) == {
        "dct_creator": '[{"dct_relation": "https://r.example/t", "dct_title": "Team"}]',
        "dct_subject": '[{"dct_title": "Docs", "uri": "https://e.example/7"}]',
        "dct_title": "B",
        "rdf_depth": "4",
    }
    assert unread_values(graph, SUBJECT, {"title": ["A", "B"]}, {DCTERMS.creator, DCTERMS.subject}) == {
        "rdf_depth": "4"
    }


def test_a_description_without_end_ends():
    graph = Graph()
    graph.add((SUBJECT, DCTERMS.relation, URIRef("https://r.example/2")))
    graph.add((URIRef("https://r.example/2"), DCTERMS.relation, SUBJECT))
    for number in range(40):
        graph.add(
            (URIRef(f"https://r.example/n{number}"), DCTERMS.relation, URIRef(f"https://r.example/n{number + 1}"))
        )
    graph.add((SUBJECT, DCTERMS.relation, URIRef("https://r.example/n0")))
    assert "https://r.example/2" in unread_values(graph, SUBJECT, {})["dct_relation"]
