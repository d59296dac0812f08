"""Where entities come from: names, addresses and the contexts that explain their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
MODELS = "https://raw.githubusercontent.com/smart-data-models/dataModel.DCAT-AP/master/context.jsonld"


@dataclass(frozen=True)
class Portal:
    """A portal: its id, what it is called, and the addresses under which it and each kind of its records are read."""

    id: str
    title: str
    description: str
    home: str
    context: str
    starts: Mapping[str, str]

    @cached_property
    def contexts(self) -> list[str]:
        """Return the contexts of every entity: ours first, for in NGSI-LD the core context has the last word."""
        return [self.context, MODELS, CORE]

    @cached_property
    def urn(self) -> str:
        """Return the id of the catalogue."""
        return urn("Catalogue", self.id)

    def page(self, kind: str, name: str) -> str:
        """Return the address of the page of a record."""
        return self.starts[kind] + quote(name, safe="")


def urn(kind: str, id: str) -> str:
    """Return the id of an entity."""
    return f"urn:ngsi-ld:{kind}:{quote(id, safe='')}"
