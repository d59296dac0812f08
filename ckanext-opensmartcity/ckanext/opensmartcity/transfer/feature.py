"""Transfer: import records from files and registers, and migrate those of earlier versions of the standard."""

from __future__ import annotations

from ..feature import Feature
from . import cli

FEATURE = Feature(name="transfer", commands=[cli.import_records, cli.migrate_records])
