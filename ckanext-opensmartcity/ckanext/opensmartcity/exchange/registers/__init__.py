"""Algorithm registers of others: their records into ours and back, by the mappings in schemas/registers/. No CKAN."""

from __future__ import annotations

from .exporter import export_record, missing, unplaced
from .importer import SOURCE_KEY, Homeless, Imported, Kept, import_record
from .mapping import Line, Register, RegisterError, load_register, register_ids

__all__ = [
    "SOURCE_KEY",
    "Homeless",
    "Imported",
    "Kept",
    "Line",
    "Register",
    "RegisterError",
    "export_record",
    "import_record",
    "load_register",
    "missing",
    "register_ids",
    "unplaced",
]
