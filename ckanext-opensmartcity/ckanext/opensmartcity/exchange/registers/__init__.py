"""Import from and export to other algorithm registers, by the mappings in `schemas/registers/`.

An imported record carries its source record along in the extra `register_source`, so that an export gives back every
field, also those without a counterpart in our standard.
"""

from __future__ import annotations

from .exporter import export_record, missing_required, unexportable_answers
from .importer import SOURCE_KEY, Imported, MappedValue, UnmappedValue, import_record
from .mapping import Line, Register, RegisterError, load_register, register_ids

__all__ = [
    "SOURCE_KEY",
    "Imported",
    "Line",
    "MappedValue",
    "Register",
    "RegisterError",
    "UnmappedValue",
    "export_record",
    "import_record",
    "load_register",
    "missing_required",
    "register_ids",
    "unexportable_answers",
]
