"""The newest answers, as feeds tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ...model import voices
from ..history import labels
from .dictize import moment

_MOST = 20


def answers_about(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the newest answers about one record that is still there."""
    if dataset["state"] != "active":
        return []
    return [_answer(row) for row in voices.answered_of_record(model.Session(), dataset["id"], _MOST)]


def public_answers() -> list[dict[str, Any]]:
    """Return the newest answers about public records."""
    return [_answer(row) for row in voices.answered_of_portal(model.Session(), labels.user_labels(None), _MOST)]


def _answer(row: Any) -> dict[str, Any]:
    here = {"package_type": row.dataset_type, "id": row.dataset}
    page = tk.url_for("opensmartcity_questions.page", qualified=True, **here)
    return {
        "id": str(row.id),
        "at": moment(row.answered_at),
        "title": row.dataset_title,
        "text": row.text,
        "answer": row.answer,
        "by": row.organization_title or tk.config["ckan.site_title"],
        "url": f"{page}#question-{row.id}",
    }
