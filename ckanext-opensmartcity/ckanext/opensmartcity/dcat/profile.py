"""The profile `opensmartcity` of ckanext-dcat: stands after its DCAT-AP profile and adds and reads the answers."""

from __future__ import annotations

from typing import Any

from ckanext.dcat.profiles.base import RDFProfile
from rdflib import Graph, URIRef

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
from ..exchange.rdf.namespaces import DCTERMS
from ..standard import read_record
from ..standard.assessment import assess_reading
from ..standard.migration import recorded_version
from .serializer import page_of, system_page, systems_elsewhere
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
        # The base class asks for the form's schema, a cost for each record, and nothing here needs it.
        self.g = graph
        self.compatibility_mode = compatibility_mode

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Add the answers of a record to what other profiles say of it."""
        standard = config.standard()
        if str(dataset_dict.get("type") or "dataset") not in standard.records:
            return
        bind_prefixes(self.g, standard.namespace)
        mend_attributions(self.g, dataset_ref)
        mend_publisher(self.g, dataset_ref, dataset_dict)
        mend_formats(self.g, dataset_ref)
        reading = read_record(standard, dataset_dict, config.settings())
        described = RecordDescription(
            reading, assess_reading(standard, reading), recorded_version(standard, dataset_dict), system_page
        )
        add_answers(self.g, dataset_ref, standard, described)
        if reading.answers or reading.declarations:
            source = get_provenance(dataset_dict) or self.g.value(dataset_ref, DCTERMS.publisher)
            if source is not None:
                add_provenance(self.g, dataset_ref, standard, source)
        page_of(self.g, dataset_ref, dataset_dict)
        fill_dataset(self.g, dataset_ref)

    def parse_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> dict[str, Any]:
        """Add the answers that a graph gives to what other profiles read of the record, and say whose they are."""
        standard = config.standard()
        read = read_answers(self.g, dataset_ref, standard)
        kind = record_type_of(self.g, dataset_ref, standard)
        if kind != "dataset":
            dataset_dict["type"] = kind
        systems_elsewhere(self.g, dataset_ref, standard.records[kind], read.record)
        without_repeats(dataset_dict, standard.records[kind], read.record)
        keep_nested(dataset_dict, standard)
        read_formats(self.g, dataset_dict)
        without_filling(dataset_dict)
        dataset_dict.update(read.record)
        giver = read_provenance(self.g, dataset_ref, standard) if read.record else None
        if giver is not None:
            dataset_dict["extras"] = set_provenance(dataset_dict.get("extras") or [], giver)
        return dataset_dict

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: URIRef) -> None:
        """Complete what is said of the catalogue itself."""
        bind_prefixes(self.g, config.standard().namespace)
        fill_catalogue(self.g, catalog_ref)
