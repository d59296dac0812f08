"""RDF serialization of one record as Turtle or JSON-LD: DCAT-AP by ckanext-dcat's profile, answers by ours.

Includes the IRIs of records on this portal as graph nodes.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple
from urllib.parse import quote

import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.dcat.processors import DEFAULT_RDF_PROFILES, RDF_PROFILES_CONFIG_OPTION, RDFSerializer
from ckanext.dcat.utils import catalog_uri
from rdflib import Graph, URIRef
from rdflib.term import Node

from .. import config
from ..exchange.rdf.namespaces import DCAT, DPV, FOAF, RDF
from ..governance.governance import ALGORITHM_TYPE
from ..standard import AnswerType, RecordType

OURS = "opensmartcity"


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
    return str(_Serializer(profiles=list(content.profiles)).serialize_dataset(content.record, _format=form))


def profiles() -> tuple[str, ...]:
    """Return the configured profiles of ckanext-dcat, and ours as the last."""
    # Without ckanext-dcat's plugin the option is not declared, and a default given keeps CKAN from warning.
    configured = str(tk.config.get(RDF_PROFILES_CONFIG_OPTION, None) or " ".join(DEFAULT_RDF_PROFILES)).split()
    return (*configured, *([] if OURS in configured else [OURS]))


class _Serializer(RDFSerializer):
    """Serializer that caches the profiles; that of ckanext-dcat scans all installed packages for each record.

    Fault: docs/upstream.md#dcat-entry-points.
    """

    def _load_profiles(self, profile_names: list[str]) -> list[type]:
        return list(_loaded(tuple(profile_names)))


@cache
def _loaded(names: tuple[str, ...]) -> tuple[type, ...]:
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
