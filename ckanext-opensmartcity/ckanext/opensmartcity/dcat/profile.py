"""Profile `opensmartcity` of ckanext-dcat: serializes and parses governance answers, after its DCAT-AP profile."""

from __future__ import annotations

from typing import Any

from ckanext.dcat.profiles.base import RDFProfile
from rdflib import Graph, URIRef
from rdflib.term import Node

from .. import config
from ..exchange.provenance import get_provenance, set_provenance
from ..exchange.rdf import (
    RecordDescription,
    add_answers,
    add_provenance,
    bind_prefixes,
    read_answers,
    read_provenance,
    record_type_of,
)
from ..exchange.rdf.namespaces import DCTERMS, ODRL2, PROV
from ..exchange.rdf.property_mapping import property_plan
from ..standard import read_record
from ..standard.assessment import assess_reading
from ..standard.migration import recorded_version
from ..standard.model import DATASET
from .reading_fixes import (
    drop_node_ids,
    drop_unknown_lists,
    keep_unread_values,
    read_agents,
    read_contact,
    read_licence,
    state_licence,
)
from .serializer import add_landing_page, algorithm_url, external_algorithms
from .upstream_fixes import (
    fill_catalogue,
    fill_dataset,
    keep_nested,
    mend_attributions,
    mend_formats,
    mend_publisher,
    read_formats,
    without_filling,
    without_repeats,
)


class OpenSmartCityProfile(RDFProfile):
    """Governance answers as linked data."""

    def __init__(self, graph: Graph, dataset_type: str = "dataset", compatibility_mode: bool = False) -> None:
        # The base class loads the form's schema for each record; this profile does not need it.
        self.g = graph
        self.compatibility_mode = compatibility_mode

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Add the answers of a record to the graph of the other profiles, and work around their errors."""
        standard = config.standard()
        if str(dataset_dict.get("type") or DATASET) not in standard.types:
            return
        bind_prefixes(self.g, standard.namespace)
        mend_attributions(self.g, dataset_ref)
        mend_publisher(self.g, dataset_ref, dataset_dict)
        mend_formats(self.g, dataset_ref)
        state_licence(self.g, dataset_ref, dataset_dict)
        reading = read_record(standard, dataset_dict, config.settings())
        described = RecordDescription(
            reading, assess_reading(standard, reading), recorded_version(standard, dataset_dict), algorithm_url
        )
        add_answers(self.g, dataset_ref, standard, described)
        if reading.answers or reading.declarations:
            source = get_provenance(dataset_dict) or self.g.value(dataset_ref, DCTERMS.publisher)
            if source is not None:
                add_provenance(self.g, dataset_ref, standard, source)
        add_landing_page(self.g, dataset_ref, dataset_dict)
        fill_dataset(self.g, dataset_ref)

    def parse_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> dict[str, Any]:
        """Add the answers in a graph to the dict of the other profiles, with their provenance."""
        standard = config.standard()
        parsed = read_answers(self.g, dataset_ref, standard)
        kind = record_type_of(self.g, dataset_ref, standard)
        if kind != DATASET:
            dataset_dict["type"] = kind
        drop_unknown_lists(dataset_dict, kind)
        drop_node_ids(self.g, dataset_ref, dataset_dict)
        read_agents(self.g, dataset_ref, dataset_dict)
        read_contact(self.g, dataset_ref, dataset_dict)
        read_licence(self.g, dataset_ref, dataset_dict)
        external_algorithms(self.g, dataset_ref, standard.records[kind], parsed.record)
        without_repeats(dataset_dict, standard.records[kind], parsed)
        keep_nested(dataset_dict, standard)
        read_formats(self.g, dataset_dict)
        without_filling(dataset_dict)
        dataset_dict.update(parsed.record)
        source = read_provenance(self.g, dataset_ref, standard) if parsed.record else None
        if source is not None:
            dataset_dict["extras"] = set_provenance(dataset_dict.get("extras") or [], source)
        plan = property_plan(standard, kind)
        converted: set[Node] = {plan.exact[name] for name in parsed.record if name in plan.exact}
        converted |= {PROV.wasGeneratedBy, PROV.qualifiedAttribution}
        if parsed.ours:
            # Written by this plugin: each answer stands under its exact property and repeats it in public terms.
            converted |= {*map(URIRef, plan.shared), ODRL2.hasPolicy}
            converted |= {term for term in self.g.predicates(dataset_ref) if str(term).startswith(standard.namespace)}
        keep_unread_values(self.g, dataset_ref, dataset_dict, converted)
        return dataset_dict

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: URIRef) -> None:
        """Add properties of the catalogue that DCAT-AP requires."""
        bind_prefixes(self.g, config.standard().namespace)
        fill_catalogue(self.g, catalog_ref)
