"""The newest questions and stories of one record, for the page that is about more than these."""

from __future__ import annotations

from typing import Any

from ckan import model

from ...model import voices
from .dictize import moment

_EACH = 2


def at_a_glance(dataset_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return what everybody who sees the record may read of its questions and stories."""
    rows = voices.at_a_glance(model.Session(), dataset_id, _EACH)
    said = [{**row, "at": moment(row["at"]), "answered_at": moment(row["answered_at"])} for row in rows]
    return {
        "questions": [each for each in said if each["kind"] == "question"],
        "stories": [each for each in said if each["kind"] != "question"],
    }
