"""RDF of records with the optional ckanext-dcat; modules that need it are imported only if it is installed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec


@cache
def is_available() -> bool:
    """Return whether RDF can be read and written."""
    return all(find_spec(name) is not None for name in ("rdflib", "ckanext.dcat"))
