"""JSON-LD expansion and JSON Schema validation offline: all referenced documents are read from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ckanext.opensmartcity.exchange.ngsi_ld import CORE, MODELS
from ckanext.opensmartcity.standard.jsonld_context import json_ld_context
from jsonschema import Draft202012Validator, FormatChecker
from pyld import jsonld
from referencing import Registry, Resource

HERE = Path(__file__).parents[1] / "exchange" / "ngsi_ld_documents"
COMMON = "https://smart-data-models.github.io/data-models/common-schema.json"
OURS = "https://city.example/transparency/context.jsonld"
NGSI = "https://uri.etsi.org/ngsi-ld/"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def expand(standard, metadata, document, ours=OURS):
    """Expand a document; an address that no file stands for is an error."""
    known = {
        CORE: read(HERE / "core-context.jsonld"),
        MODELS: read(metadata / "smart-data-models" / "context.jsonld"),
        ours: json_ld_context(standard),
    }

    def load(url, options):
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": known[url]}

    return jsonld.expand(document, {"documentLoader": load, "base": "https://city.example/"})


def validators(metadata):
    """Return the published JSON Schemas by entity type, which check formats too."""
    common = read(HERE / "common-schema.json")
    registry = Registry().with_resource(COMMON, Resource.from_contents(common))
    return {
        kind: Draft202012Validator(
            read(metadata / "smart-data-models" / kind / "schema.json"),
            registry=registry,
            format_checker=FormatChecker(),
        )
        for kind in ("Catalogue", "Dataset", "Distribution")
    }
