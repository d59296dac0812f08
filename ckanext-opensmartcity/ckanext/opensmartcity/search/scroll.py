"""Keyset pagination over package_search, in the order of ids.

Ids never change, so that a record which exists throughout is returned exactly once, whatever changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

_PAGE_SIZE = 100


def scroll_records(user: str, *filters: str, private: bool) -> Iterator[dict[str, Any]]:
    """Yield the records that match all Solr filters and that `user` may see, in the order of their ids.

    :param private: whether to include private records
    """
    query = {"sort": "id asc", "rows": _PAGE_SIZE, "facet": False, "include_private": private}
    last = "*"
    while True:
        page = {**query, "fq_list": [*filters, f"id:{{{last} TO *]"]}
        rows = tk.get_action("package_search")(Context(user=user), page)["results"]
        if not rows:
            return
        yield from rows
        last = f'"{rows[-1]["id"]}"'
