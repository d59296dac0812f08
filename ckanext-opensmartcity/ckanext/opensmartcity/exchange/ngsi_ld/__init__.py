"""Records as NGSI-LD entities: the catalogue in the words of Smart Data Models, its governance in ours. Pure Python."""

from __future__ import annotations

from .attributes import CORE, MODELS, Portal, simplified
from .entities import catalogue, entities, named_systems

__all__ = ["CORE", "MODELS", "Portal", "catalogue", "entities", "named_systems", "simplified"]
