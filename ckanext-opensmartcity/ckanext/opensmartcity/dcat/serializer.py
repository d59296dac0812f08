"""RDF serialization of one record as Turtle or JSON-LD: DCAT-AP by ckanext-dcat's profile, answers by ours.

Includes the IRIs of records on this portal as graph nodes.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.dcat import logic
from ckanext.dcat.processors import DEFAULT_RDF_PROFILES, RDF_PROFILES_CONFIG_OPTION, RDFSerializer
from ckanext.dcat.utils import catalog_uri
from rdflib import ConjunctiveGraph, Graph, URIRef
from rdflib.term import Node

from .. import config
from ..exchange.rdf.addresses import escape_address, escape_addresses
from ..exchange.rdf.namespaces import DCAT, DPV, FOAF, RDF
from ..governance.governance import ALGORITHM_TYPE
from ..standard import AnswerType, RecordType

OURS = "opensmartcity"
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:.", re.IGNORECASE)
log = logging.getLogger(__name__)


class Content(NamedTuple):
    """All inputs of the RDF of a record: its dataset dict, day and home of the assessment, profiles."""

    record: dict[str, Any]
    day: str
    home: str | None
    profiles: tuple[str, ...]


def load(context: Context, id: str) -> Content:
    """Return the content to serialize. Raise NotAuthorized if the user may not see the governance of the record."""
    record: dict[str, Any] = tk.get_action("package_show")(context, {"id": id})
    tk.check_access("governance_show", context, {"id": record["id"]})
    settings = config.settings()
    return Content(record, settings.day.isoformat(), settings.home, profiles())


def serialize(content: Content, form: str) -> str:
    """Serialize a record as `ttl` or `jsonld`."""
    return str(Serializer(profiles=list(content.profiles)).serialize_dataset(content.record, _format=form))


def profiles() -> tuple[str, ...]:
    """Return the configured profiles of ckanext-dcat, and ours as the last."""
    # Without ckanext-dcat's plugin the option is not declared, and a default given keeps CKAN from warning.
    configured = str(tk.config.get(RDF_PROFILES_CONFIG_OPTION, None) or " ".join(DEFAULT_RDF_PROFILES)).split()
    return (*configured, *([] if OURS in configured else [OURS]))


class Serializer(RDFSerializer):
    """Serializer of ckanext-dcat in which one record cannot break the page of a catalogue.

    Addresses that no serialization can write are escaped, and a record that a profile fails on is left out and logged.
    """

    def _load_profiles(self, profile_names: list[str]) -> list[type]:
        return list(profile_classes(tuple(profile_names)))

    def graph_from_dataset(self, dataset_dict: dict[str, Any]) -> URIRef:
        """Add a record to the graph and return its node. Raise UnserializableError, with the id of the record."""
        try:
            subject: URIRef = super().graph_from_dataset(with_valid_uri(dataset_dict))
            escape_addresses(self.g, subject)
        except Exception as error:
            raise UnserializableError(str(dataset_dict.get("id"))) from error
        return subject

    def serialize_catalog(
        self,
        catalog_dict: dict[str, Any] | None = None,
        dataset_dicts: list[dict[str, Any]] | None = None,
        *args: Any,
        **options: Any,
    ) -> Any:
        """Serialize a page of the catalogue without the records that cannot be serialized."""
        remaining = list(dataset_dicts or ())
        while True:
            try:
                return super().serialize_catalog(catalog_dict, remaining, *args, **options)
            except UnserializableError as error:
                log.exception("Record %s is left out of the catalogue in RDF", error.id)
                remaining = [record for record in remaining if str(record.get("id")) != error.id]
                self.g = ConjunctiveGraph()


class UnserializableError(Exception):
    """Record of which no RDF can be made."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id


def with_valid_uri(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record whose `uri` is a valid address, or that has none, so that it gets one of this portal."""
    extras = [
        {**extra, "value": _valid_uri(extra["value"])} if extra["key"] == "uri" else extra
        for extra in record.get("extras") or ()
    ]
    extras = [extra for extra in extras if extra["key"] != "uri" or extra["value"]]
    return {**record, "extras": extras} | ({"uri": _valid_uri(record["uri"])} if record.get("uri") else {})


def _valid_uri(text: Any) -> str:
    address = escape_address(str(text))
    return address if _ABSOLUTE.match(address) else ""


@cache
def use_for_catalogues() -> None:
    """Let the actions of ckanext-dcat use our serializer; it has no option for that."""
    logic.RDFSerializer = Serializer


@cache
def profile_classes(names: tuple[str, ...]) -> tuple[type, ...]:
    """Return the profiles of some names, cached, because ckanext-dcat scans all installed packages for them.

    Fault: docs/upstream.md#dcat-entry-points.
    """
    return tuple(RDFSerializer(profiles=list(names))._profiles)


def algorithm_url(named: str) -> str:
    """Return the URL of the page of an algorithm, by the name or id that a dataset uses."""
    return f"{_portal()}/{ALGORITHM_TYPE}/{quote(named, safe='')}"


def add_landing_page(graph: Graph, subject: URIRef, record: dict[str, Any]) -> None:
    """Add the page of an algorithm as landing page; datasets refer to the algorithm by its URL."""
    if record.get("type") == ALGORITHM_TYPE and record.get("name"):
        page = URIRef(algorithm_url(record["name"]))
        graph.add((subject, DCAT.landingPage, page))
        graph.add((page, RDF.type, FOAF.Document))


def external_algorithms(graph: Graph, subject: Node, kind: RecordType, answers: dict[str, Any]) -> None:
    """Replace references to algorithms of other portals by their URLs; their names have no meaning on this portal."""
    links = [str(node) for node in graph.objects(subject, DPV.hasAlgorithmicLogic) if isinstance(node, URIRef)]
    external = sorted(link for link in links if not link.startswith(f"{_portal()}/"))
    to = next((field.name for field in kind.fields.values() if field.type is AnswerType.URLS), None)
    if external and to:
        for field in kind.fields.values():
            if field.type is AnswerType.ALGORITHMS:
                answers.pop(field.name, None)
        answers[to] = list(dict.fromkeys([*answers.get(to, ()), *external]))


def _portal() -> str:
    return str(catalog_uri()).rstrip("/")
