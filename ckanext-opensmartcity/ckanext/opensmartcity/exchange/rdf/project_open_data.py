"""Project Open Data Metadata Schema 1.1 (`data.json`, also DCAT-US 1.1 of ArcGIS Hub), read as DCAT.

The schema is JSON-LD with a context at a URL, which many files leave out. The terms are embedded here, so that no file
makes the portal load anything. See https://resources.data.gov/resources/dcat-us/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef

from .namespaces import DCAT, DCTERMS, FOAF

POD = Namespace("https://project-open-data.cio.gov/v1.1/schema#")

_SCHEMA = re.compile(r"https?://(?:www\.)?project-open-data\.cio\.gov/v1\.1/schema", re.IGNORECASE)
_ADDRESS = {"@type": "@id"}
_DUBLIN_CORE = "title description issued modified language license spatial publisher identifier temporal format".split()
_OWN = "accessLevel bureauCode dataQuality describedByType primaryITInvestmentUII programCode rights".split()
CONTEXT: dict[str, Any] = {
    "@vocab": "http://www.w3.org/ns/dcat#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dc": str(DCTERMS),
    "foaf": str(FOAF),
    "org": "http://www.w3.org/ns/org#",
    "pod": str(POD),
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    **{name: f"dc:{name}" for name in (*_DUBLIN_CORE, "accrualPeriodicity")},
    **{name: f"pod:{name}" for name in _OWN},
    "conformsTo": {"@id": "dc:conformsTo", **_ADDRESS},
    "accessURL": {"@id": "dcat:accessURL", **_ADDRESS},
    "downloadURL": {"@id": "dcat:downloadURL", **_ADDRESS},
    "describedBy": {"@id": "http://www.w3.org/2007/05/powder#describedby", **_ADDRESS},
    "homepage": "foaf:homepage",
    "fn": "vcard:fn",
    "hasEmail": "vcard:hasEmail",
    "name": "foaf:name",
    "subOrganizationOf": "org:subOrganizationOf",
}

_ACCESS_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
_ACCESS_LEVELS = {"public": "PUBLIC", "restricted public": "RESTRICTED", "non-public": "NON_PUBLIC"}


def is_catalogue(document: Mapping[str, Any]) -> bool:
    """Tell whether a JSON object is a `data.json`, by the schema that it names in `conformsTo` or `@context`."""
    named = (document.get("conformsTo"), document.get("@context"))
    return isinstance(document.get("dataset"), list) and any(
        isinstance(value, str) and _SCHEMA.match(value) for value in named
    )


def complete(document: dict[str, Any]) -> None:
    """Add the context and the types that a `data.json` may leave out, in place."""
    document.setdefault("@context", CONTEXT)
    document.setdefault("@type", "dcat:Catalog")
    for dataset in filter(_is_object, document["dataset"]):
        dataset.setdefault("@type", "dcat:Dataset")
        distributions = dataset.get("distribution")
        for distribution in filter(_is_object, distributions if isinstance(distributions, list) else ()):
            distribution.setdefault("@type", "dcat:Distribution")


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def embed_context(context: Any) -> Any:
    """Return a JSON-LD context with the URL of this schema replaced by its terms, also within a list."""
    if isinstance(context, list):
        return [embed_context(entry) for entry in context]
    return CONTEXT if isinstance(context, str) and _SCHEMA.match(context) else context


# Terms that feeds of ArcGIS Hub misspell.
_MISSPELT = {URIRef(f"{DCAT}accessUrl"): DCAT.accessURL, URIRef(f"{DCAT}downloadUrl"): DCAT.downloadURL}


def state_as_dcat(graph: Graph, openness: str | None) -> None:
    """State access levels in the terms of the EU's authority table, as DCAT-AP does, and correct misspelt terms.

    `openness` is the term that answers who may use a dataset. Feeds of ArcGIS Hub write the words of access levels
    there.
    """
    for wrong, right in _MISSPELT.items():
        for subject, address in list(graph.subject_objects(wrong)):
            graph.remove((subject, wrong, address))
            graph.add((subject, right, address))
    if openness is None:
        return
    right = URIRef(openness)
    for predicate in (POD.accessLevel, right):
        for subject, level in list(graph.subject_objects(predicate)):
            code = _ACCESS_LEVELS.get(str(level).strip().lower())
            if code is not None and isinstance(level, Literal):
                graph.remove((subject, predicate, level))
                graph.add((subject, right, URIRef(_ACCESS_RIGHTS + code)))
