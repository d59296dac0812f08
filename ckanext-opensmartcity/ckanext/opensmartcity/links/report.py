"""Report of the link checker: results of its actions, and notes on pages about links that do not answer.

Times are ISO 8601 texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import ckan.plugins.toolkit as tk
from ckan import model
from flask import g

from ..governance import model as governance_model
from ..governance.dictize import iso_time
from ..governance.governance import reader, request_language
from ..governance.helpers.transparency import opensmartcity_date
from ..http_client.errors import MESSAGES, STATUS
from ..http_client.link_checker import FAILED, REACHED
from ..standard import Language
from . import model as links_model


class LinkResult(TypedDict):
    """Result of the last check of a URL; `state` is None before the first check."""

    url: str
    state: str | None
    problem: str | None
    status: int | None
    message: str | None
    checked_at: str | None
    reached_at: str | None
    failing_since: str | None


class ResourceLink(LinkResult):
    """Link of a resource."""

    resource: str
    name: str | None


class DatasetReference(TypedDict):
    """Dataset that contains a link."""

    name: str
    type: str
    title: str


class ListedLink(LinkResult):
    """Link with up to five datasets that contain it."""

    datasets: list[DatasetReference]


class LinksResult(TypedDict):
    """Links of one dataset."""

    dataset: str
    links: list[ResourceLink]


class LinkPage(TypedDict):
    """Page of links in a state."""

    state: str
    links: list[ListedLink]
    next_cursor: str | None


STATES = (FAILED, REACHED)


def of(dataset_id: str, reader: Language) -> list[ResourceLink]:
    """Return the resources of a dataset with the results of their links, [] before the tables exist."""
    rows = links_model.of(model.Session(), dataset_id) if governance_model.ready() else []
    return [{"resource": row["resource"], "name": row["name"], **_dictize(row, reader)} for row in rows]


def unreached(dataset_id: str, reader: Language) -> list[ResourceLink]:
    """Return the resources of a dataset whose links failed."""
    return [each for each in of(dataset_id, reader) if each["state"] == FAILED]


def counts() -> tuple[int, int] | None:
    """Return the number of reached links and of all checked links, None if none has been checked."""
    by_state = links_model.counts(model.Session()) if governance_model.ready() else {}
    total = sum(by_state.values())
    return (by_state.get(REACHED, 0), total) if total else None


def page(state: str, cursor: str | None, limit: int, reader: Language) -> LinkPage:
    """Return a page of links in a state, ordered by host (keyset pagination)."""
    rows = (
        links_model.listed(model.Session(), state, _parse_cursor(cursor), limit + 1) if governance_model.ready() else []
    )
    shown = rows[:limit]
    more = len(rows) > limit
    return {
        "state": state,
        "links": [{**_dictize(row, reader), "datasets": row["names"] or []} for row in shown],
        "next_cursor": f"{shown[-1]['id'].hex()}{shown[-1]['host']}" if more else None,
    }


def _parse_cursor(cursor: str | None) -> tuple[str, bytes]:
    """Parse a cursor, the id in 64 hexadecimal digits followed by the host. Raise ValidationError."""
    if not cursor:
        return "", b""
    try:
        return cursor[64:], bytes.fromhex(cursor[:64])
    except ValueError as error:
        raise tk.ValidationError({"cursor": [tk._("Give the next_cursor of the page before.")]}) from error


def _dictize(row: Mapping[str, Any], reader: Language) -> LinkResult:
    """Return the result of the last check of a link; for HTTP errors the message contains the status code."""
    problem, status = row["problem"], row["status"]
    message = reader.translate(MESSAGES[problem]) if problem is not None else None
    return {
        "url": row["url"],
        "state": row["state"],
        "problem": problem,
        "status": status,
        "message": f"{message} ({status})" if problem == STATUS else message,
        "checked_at": iso_time(row["checked_at"]),
        "reached_at": iso_time(row["reached_at"]),
        "failing_since": iso_time(row["failing_since"]),
    }


def opensmartcity_unreached(link: Mapping[str, Any]) -> str:
    """Return since when a link fails and the date of the last check, as text."""
    since, tried = link["failing_since"][:10], link["checked_at"][:10]
    if since == tried:
        return str(tk._("A link could not be reached on {date}:")).format(date=opensmartcity_date(since))
    text = tk._("A link could not be reached since {since}, and was tried last on {tried}:")
    return str(text).format(since=opensmartcity_date(since), tried=opensmartcity_date(tried))


def link_note(dataset_id: str | None, resource: Mapping[str, Any]) -> str | None:
    """Return a note if the link of a resource fails, else None. One query per page, cached in `g`."""
    if not dataset_id:
        return None
    link = _unreached(dataset_id).get(str(resource.get("id")))
    if link is None or link["url"] != resource.get("url"):
        return None
    text = tk._("Could not be reached since {date}. {reason}")
    return str(text).format(date=opensmartcity_date((link["failing_since"] or "")[:10]), reason=link["message"])


def _unreached(dataset_id: str) -> dict[str, ResourceLink]:
    cache: dict[str, dict[str, ResourceLink]] = g.setdefault("opensmartcity_unreached", {})
    if dataset_id not in cache:
        links = unreached(dataset_id, reader(request_language()))
        cache[dataset_id] = {link["resource"]: link for link in links}
    return cache[dataset_id]
