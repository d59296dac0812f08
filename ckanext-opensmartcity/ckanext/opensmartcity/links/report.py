"""Reports of link checks: links of one dataset, list of failed links, counts; with their template helpers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import g

from ..governance import model as governance_model
from ..governance.governance import reader, request_language
from ..governance.helpers.transparency import opensmartcity_date
from ..http_client.errors import MESSAGES, STATUS
from ..http_client.link_checker import FAILED, REACHED
from ..standard import Language
from . import model as links_model

STATES = (FAILED, REACHED)
_TIMES = ("checked_at", "reached_at", "failing_since")


def of(dataset_id: str, reader: Language) -> list[dict[str, Any]]:
    """Return each resource of a dataset with what is known of its link, nothing before the tables are there."""
    rows = links_model.of(model.Session(), dataset_id) if governance_model.ready() else []
    return [{"resource": row["resource"], "name": row["name"], **_dictize(row, reader)} for row in rows]


def unreached(dataset_id: str, reader: Language) -> list[dict[str, Any]]:
    """Return the resources of a dataset whose links could not be reached."""
    return [each for each in of(dataset_id, reader) if each["state"] == FAILED]


def counts() -> tuple[int, int] | None:
    """Return how many links were reached, and of how many that is known; None where none has been checked."""
    found = links_model.counts(model.Session()) if governance_model.ready() else {}
    total = sum(found.values())
    return (found.get(REACHED, 0), total) if total else None


def page(state: str, cursor: str | None, limit: int, reader: Language) -> dict[str, Any]:
    """Return a page of links in a state, host by host."""
    rows = links_model.listed(model.Session(), state, _after(cursor), limit + 1) if governance_model.ready() else []
    shown = rows[:limit]
    more = len(rows) > limit
    return {
        "state": state,
        "links": [{**_dictize(row, reader), "datasets": row["names"] or []} for row in shown],
        "next_cursor": f"{shown[-1]['id'].hex()}{shown[-1]['host']}" if more else None,
    }


def _after(cursor: str | None) -> tuple[str, bytes]:
    """Read a cursor: the id in 64 digits, and the host."""
    if not cursor:
        return "", b""
    try:
        return cursor[64:], bytes.fromhex(cursor[:64])
    except ValueError as error:
        raise tk.ValidationError({"cursor": [tk._("Give the next_cursor of the page before.")]}) from error


def _dictize(row: Mapping[str, Any], reader: Language) -> dict[str, Any]:
    """Return the result of the last check of a link; for HTTP errors the message contains the status code."""
    problem, status = row["problem"], row["status"]
    message = reader.translate(MESSAGES[problem]) if problem is not None else None
    return {
        "url": row["url"],
        "state": row["state"],
        "problem": problem,
        "status": status,
        "message": f"{message} ({status})" if problem == STATUS else message,
        **{name: row[name].isoformat(timespec="seconds") if row[name] else None for name in _TIMES},
    }


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
        found = unreached(dataset_id, reader(request_language()))
        kept[dataset_id] = {link["resource"]: link for link in found}
    return kept[dataset_id]
