"""Records as NGSI-LD entities: the catalogue in the words of Smart Data Models, its governance in ours. Pure Python."""

from __future__ import annotations

from .catalogue import catalogue
from .datasets import entities, named_systems
from .portal import CORE, MODELS, Portal
from .simplifying import simplified

__all__ = ["CORE", "MODELS", "Portal", "catalogue", "entities", "named_systems", "simplified"]
