"""DCAT-AP's own shapes find nothing wrong in what we write.

All the records: OSC_SHAPES=200 in the environment of pytest; a few by default, because shapes take their time.
"""

import os

import pyshacl
import pytest
from ckanext.dcat.processors import RDFSerializer
from rdflib import Graph
from support.real_records import governed, of_the_demo_city

NUMBER = int(os.environ.get("OSC_SHAPES", "16"))


@pytest.fixture(scope="module")
def shapes(shared_data):
    return Graph().parse(shared_data / "dcat-ap-shacl" / "dcat-ap-3.0.1-SHACL.ttl")


def catalogue(records):
    """Return the graph that the catalogue's address gives, read back from its text."""
    text = RDFSerializer().serialize_catalog({}, records, _format="ttl")
    return Graph().parse(data=text, format="turtle")


def violations(graph, shapes):
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes)
    return "" if conforms else report[:6000]


@pytest.mark.usefixtures("with_request_context")
def test_no_violation_in_governed_records_of_real_cities(shapes, shared_data, standard):
    assert violations(catalogue(governed(shared_data, standard, NUMBER)), shapes) == ""


@pytest.mark.usefixtures("with_request_context")
def test_no_violation_in_the_demo_city(shapes):
    assert violations(catalogue(of_the_demo_city()[: None if NUMBER > 100 else NUMBER]), shapes) == ""
