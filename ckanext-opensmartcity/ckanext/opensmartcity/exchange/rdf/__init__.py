"""Governance answers as RDF and back, with rdflib: DPV, ODRL, PROV, GeoDCAT-AP and terms of our own."""

from __future__ import annotations

from .attribution import add_provenance, read_provenance
from .namespaces import bind_prefixes
from .parser import ParsedAnswers, read_answers, record_type_of
from .serializer import RecordDescription, add_answers
from .unread_values import unread_values

__all__ = [
    "ParsedAnswers",
    "RecordDescription",
    "add_answers",
    "add_provenance",
    "bind_prefixes",
    "read_answers",
    "read_provenance",
    "record_type_of",
    "unread_values",
]
