"""Import and export formats without CKAN: JSON, JSON Lines and CSV, streamed record by record.

`rdf/` and `ngsi_ld/` serialize records as linked data, `registers/` converts algorithm records of other registers.
"""

from __future__ import annotations

from .problems import Problem, Row
from .records import FORMATS, FieldNames, field_names, read_records

__all__ = ["FORMATS", "FieldNames", "Problem", "Row", "field_names", "read_records"]
