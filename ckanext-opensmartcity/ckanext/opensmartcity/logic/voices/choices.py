"""What the forms of stewards let choose from."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ...model import catalogue
from ..governance import request_language

_NEWEST = 20


def organizations() -> list[dict[str, str]]:
    """Return the organisations to which a question can be passed on."""
    return [{"name": name, "title": title} for name, title in catalogue.organizations()]


def public_events(dataset_id: str) -> list[dict[str, Any]]:
    """Return the newest changes of a record that everybody may see."""
    asked = {"id": dataset_id, "limit": _NEWEST, "lang": request_language()}
    try:
        events = tk.get_action("governance_history")({"user": "", "ignore_auth": False}, asked)["events"]
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return []
    return [event for event in events if not event["hidden"]]
