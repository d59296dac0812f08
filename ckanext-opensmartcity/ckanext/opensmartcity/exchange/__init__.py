"""Records in and out: JSON, JSON Lines and CSV, read one by one however large the file is. No CKAN."""

from __future__ import annotations

from .problems import Problem, Row
from .records import FORMATS, Names, names_of, read_records

__all__ = ["FORMATS", "Names", "Problem", "Row", "names_of", "read_records"]
