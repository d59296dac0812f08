"""What the pages of the history ask: changes as sentences, moments in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from flask import g

from ..governance.governance import reader, request_language
from ..governance.helpers.transparency import opensmartcity_date
from . import report


def opensmartcity_unreached(link: Mapping[str, Any]) -> str:
    """Say since when a link could not be reached, and when that was tried last."""
    since, tried = link["failing_since"][:10], link["checked_at"][:10]
    if since == tried:
        return str(tk._("A link could not be reached on {date}:")).format(date=opensmartcity_date(since))
    text = tk._("A link could not be reached since {since}, and was tried last on {tried}:")
    return str(text).format(since=opensmartcity_date(since), tried=opensmartcity_date(tried))


def link_note(dataset_id: str | None, resource: Mapping[str, Any]) -> str | None:
    """Say of one resource that its link could not be reached; None for all others. One query a page."""
    if not dataset_id:
        return None
    link = _unreached(dataset_id).get(resource.get("id"))
    if link is None or link["url"] != resource.get("url"):
        return None
    text = tk._("Could not be reached since {date}. {reason}")
    return str(text).format(date=opensmartcity_date(link["failing_since"][:10]), reason=link["message"])


def _unreached(dataset_id: str) -> dict[Any, dict[str, Any]]:
    kept: dict[str, dict[Any, dict[str, Any]]] = g.setdefault("opensmartcity_unreached", {})
    if dataset_id not in kept:
        found = report.unreached(dataset_id, reader(request_language()))
        kept[dataset_id] = {link["resource"]: link for link in found}
    return kept[dataset_id]
