"""Answers as linked data and back: DPV, ODRL, PROV, GeoDCAT and our own terms. Needs rdflib, and no CKAN."""

from __future__ import annotations

from .attribution import add_giver, read_giver
from .namespaces import bind
from .parser import ReadAnswers, kind_of, read_answers
from .serializer import Described, add_answers

__all__ = [
    "Described",
    "ReadAnswers",
    "add_answers",
    "add_giver",
    "bind",
    "kind_of",
    "read_answers",
    "read_giver",
]
