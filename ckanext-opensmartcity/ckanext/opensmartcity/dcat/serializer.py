"""RDF serialization of one record as Turtle or JSON-LD: DCAT-AP by ckanext-dcat's profile, answers by ours.

Includes the IRIs of records on this portal as graph nodes.
"""

from __future__ import annotations

from functools import cache
from typing import Any
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


def show(context: Context, id: str) -> dict[str, Any]:
    """Return the record to serialise, if the user may see its governance."""
    record: dict[str, Any] = tk.get_action("package_show")(context, {"id": id})
    tk.check_access("governance_show", context, {"id": record["id"]})
    return record


def told(record: dict[str, Any]) -> Any:
    """Return all on which the RDF of a record depends: the record, the day of its assessment, and the profiles."""
    return [record, config.settings().day.isoformat(), config.settings().home, profiles()]


def serialise(record: dict[str, Any], form: str) -> str:
    """Return a record in the form `ttl` or `jsonld`."""
    return str(_Serializer(profiles=list(profiles())).serialize_dataset(record, _format=form))


def profiles() -> tuple[str, ...]:
    """Return the profiles that the portal is configured with, and ours."""
    # Without ckanext-dcat's plugin the option is not declared, and a default given keeps CKAN from warning.
    configured = str(tk.config.get(RDF_PROFILES_CONFIG_OPTION, None) or " ".join(DEFAULT_RDF_PROFILES)).split()
    return (*configured, *([] if OURS in configured else [OURS]))


class _Serializer(RDFSerializer):
    """ckanext-dcat's own looks for its profiles among all installed packages, for each record anew; this one once."""

    def _load_profiles(self, profile_names: list[str]) -> list[type]:
        return list(_loaded(tuple(profile_names)))


@cache
def _loaded(names: tuple[str, ...]) -> tuple[type, ...]:
    return tuple(RDFSerializer(profiles=list(names))._profiles)


def system_page(named: str) -> str:
    """Return the address of the page of a system, by what a dataset calls it."""
    return f"{_portal()}/{ALGORITHM_TYPE}/{quote(named, safe='')}"


def page_of(graph: Graph, subject: URIRef, record: dict[str, Any]) -> None:
    """State where people read about a system: the address by which datasets name it."""
    if record.get("type") == ALGORITHM_TYPE and record.get("name"):
        page = URIRef(system_page(record["name"]))
        graph.add((subject, DCAT.landingPage, page))
        graph.add((page, RDF.type, FOAF.Document))


def systems_elsewhere(graph: Graph, subject: Node, kind: RecordType, answers: dict[str, Any]) -> None:
    """Name systems of another portal by their address: their names mean nothing here, or something else."""
    links = [str(node) for node in graph.objects(subject, DPV.hasAlgorithmicLogic) if isinstance(node, URIRef)]
    abroad = sorted(link for link in links if not link.startswith(f"{_portal()}/"))
    to = next((field.name for field in kind.fields.values() if field.type is AnswerType.URLS), None)
    if abroad and to:
        for field in kind.fields.values():
            if field.type is AnswerType.ALGORITHMS:
                answers.pop(field.name, None)
        answers[to] = list(dict.fromkeys([*answers.get(to, ()), *abroad]))


def _portal() -> str:
    return str(catalog_uri()).rstrip("/")
