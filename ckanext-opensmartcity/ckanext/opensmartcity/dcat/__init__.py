"""Records as RDF, with ckanext-dcat where it is installed: it is optional, so nothing here imports it at load."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec


@cache
def is_available() -> bool:
    """Tell whether this portal can read and write RDF."""
    return all(find_spec(name) is not None for name in ("rdflib", "ckanext.dcat"))
