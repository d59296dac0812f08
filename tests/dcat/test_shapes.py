"""The shapes of DCAT-AP find nothing wrong in what we write: our own of its mandatory properties, and the published.

All the records: OSC_SHAPES=200 in the environment of pytest; a few by default, because shapes take their time.
"""

import os

import pyshacl
import pytest
from ckanext.dcat.processors import RDFSerializer
from rdflib import DCAT, DCTERMS, RDF, Graph
from support.governed_records import governed, of_the_demo_city
from support.metadata import INVENTED

NUMBER = int(os.environ.get("OSC_SHAPES", "16"))


@pytest.fixture(scope="module")
def shapes(metadata):
    name = "mandatory-properties.ttl" if metadata == INVENTED else "dcat-ap-3.0.1-SHACL.ttl"
    return Graph().parse(metadata / "dcat-ap-shacl" / name)


def catalogue(records):
    """Return the graph that the catalogue's address gives, read back from its text."""
    text = RDFSerializer().serialize_catalog({}, records, _format="ttl")
    return Graph().parse(data=text, format="turtle")


def violations(graph, shapes):
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes)
    return "" if conforms else report[:6000]


@pytest.mark.usefixtures("with_request_context")
def test_no_violation_in_governed_records_of_two_cities(shapes, metadata, standard):
    records = governed(metadata, standard, NUMBER)
    assert len(records) == NUMBER or metadata == INVENTED
    assert violations(catalogue(records), shapes) == ""


@pytest.mark.usefixtures("with_request_context")
@pytest.mark.parametrize(
    ("kind", "mandatory"),
    [
        *((kind, name) for kind in (DCAT.Catalog, DCAT.Dataset) for name in (DCTERMS.title, DCTERMS.description)),
        (DCAT.Distribution, DCAT.accessURL),
    ],
    ids=["catalogue-title", "catalogue-description", "dataset-title", "dataset-description", "distribution-access-url"],
)
def test_the_shapes_do_refuse(shapes, kind, mandatory):
    graph = catalogue([record for record in of_the_demo_city() if record["resources"]][:4])
    for node in list(graph.subjects(RDF.type, kind)):
        graph.remove((node, mandatory, None))
    assert str(mandatory).split("/")[-1].split("#")[-1] in violations(graph, shapes)


@pytest.mark.usefixtures("with_request_context")
def test_no_violation_in_the_demo_city(shapes):
    assert violations(catalogue(of_the_demo_city()[: None if NUMBER > 100 else NUMBER]), shapes) == ""
