"""Every record of a kind, one after the other, by the search index: each that is there throughout is met once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

_PAGE = 100


def walk(user: str, *filters: str, private: bool) -> Iterator[dict[str, Any]]:
    """Yield what `user` may see of the records that all filters of Solr let through, in the order of their ids."""
    last = "*"
    while rows := _page(user, (*filters, f"id:{{{last} TO *]"), private):
        yield from rows
        last = f'"{rows[-1]["id"]}"'


def _page(user: str, filters: tuple[str, ...], private: bool) -> list[dict[str, Any]]:
    query = {"fq_list": list(filters), "sort": "id asc", "rows": _PAGE, "facet": False, "include_private": private}
    found = tk.get_action("package_search")(Context(user=user), query)
    rows: list[dict[str, Any]] = found["results"]
    return rows
