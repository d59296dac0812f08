"""NGSI-LD serialization: the catalogue in terms of Smart Data Models, the governance answers in our own context.

See ETSI GS CIM 009 for the information model and https://smartdatamodels.org for `dataModel.DCAT-AP`.
"""

from __future__ import annotations

from .attributes import CORE, MODELS, Portal, simplify
from .entities import catalogue_entity, record_entities, referenced_algorithms

__all__ = ["CORE", "MODELS", "Portal", "catalogue_entity", "record_entities", "referenced_algorithms", "simplify"]
