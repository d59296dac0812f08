"""Fingerprint of the rules by which a record was indexed, so that outdated index documents are known."""

from __future__ import annotations

from ..standard import Settings, Standard, standard_digest
from ..standard.predicates import indexed_names

# Index format version. Increment when the indexed representation changes.
INDEX_FORMAT = 4


def mark(standard: Standard, settings: Settings) -> str:
    """Return the fingerprint of the standard, the options and the index format by which a record is assessed."""
    options = f"{settings.home or '-'}/{settings.review_months}"
    return f"{standard_digest(standard)}/{options}/{INDEX_FORMAT}/{' '.join(indexed_names())}"
