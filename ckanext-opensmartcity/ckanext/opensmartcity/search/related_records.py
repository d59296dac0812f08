"""Links between datasets and algorithm records, restricted to the records that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import current_app

from .. import config
from ..governance.governance import ALGORITHM_TYPE, NAME
from ..governance.model.packages import former_names
from ..governance.types import RecordLink, RecordLinks, SystemLink
from ..standard import AnswerType
from ..standard.answers import InvalidAnswer, raw_entries
from .fields import FORMER_NAMES, algorithm_fields

MAX_DATASETS = 100
# Key of an action's context: whether a record is returned with its links to others, which need the search index.
CONTEXT_KEY = "opensmartcity_related"


def related(context: Context, record: dict[str, Any]) -> RecordLinks:
    """Return `systems` of a dataset, or `datasets` and `datasets_total` of an algorithm record."""
    if not context.get(CONTEXT_KEY, True):
        return {}
    if record["type"] == ALGORITHM_TYPE:
        return _datasets(context, record)
    names: dict[str, None] = {}
    for field in config.standard().types[record["type"]].fields.values():
        if field.type is AnswerType.ALGORITHMS:
            with suppress(InvalidAnswer):
                names |= dict.fromkeys(str(entry).strip() for entry in raw_entries(record.get(field.name)))
    return {"systems": _algorithms(context, list(names))}


def _algorithms(context: Context, names: list[str]) -> list[SystemLink]:
    """Return the algorithm record for each name, with only the name itself if the reader may not see a record."""
    literals = _literals(names)
    # The algorithm type can be missing: an administrator may load other schemas, or switch the register off.
    if not literals or f"{ALGORITHM_TYPE}.read" not in current_app.view_functions:
        return [_unseen(name) for name in names]
    query = f"+dataset_type:{ALGORITHM_TYPE} +(id:{literals} OR name:{literals} OR {FORMER_NAMES}:{literals})"
    _, algorithms = _search(context, query, [FORMER_NAMES], rows=1000)
    # A present name takes precedence over a former name of another record, and an id over both.
    by_name: dict[str, dict[str, Any]] = {}
    for key in (FORMER_NAMES, "name", "id"):
        for algorithm in algorithms:
            value = algorithm.get(key) or []
            by_name |= dict.fromkeys([value] if isinstance(value, str) else value, algorithm)
    return [{"named": name, **_dictize_link(by_name[name])} if name in by_name else _unseen(name) for name in names]


def ids_by_name(context: Context, names: Iterable[str]) -> dict[str, str]:
    """Return the ids of algorithm records by name, without those that the reader may not see."""
    return {link["named"]: link["id"] for link in _algorithms(context, sorted(names)) if link["id"]}


def _datasets(context: Context, record: dict[str, Any]) -> RecordLinks:
    """Return the datasets that name an algorithm by id, by name, or by a former name that is not in use again."""
    names = [record["id"], record["name"], *_unused_former_names(context, record)]
    named = [f"{field}:{_literals(names)}" for field in algorithm_fields(config.standard())]
    if not named:
        return {"datasets": [], "datasets_total": 0}
    total, datasets = _search(context, " OR ".join(named), [], rows=MAX_DATASETS)
    return {"datasets": [_dictize_link(dataset) for dataset in datasets], "datasets_total": total}


def _unused_former_names(context: Context, record: dict[str, Any]) -> list[str]:
    package = context.get("package")
    former = former_names(package) if package is not None and package.id == record["id"] else []
    if not former:
        return []
    # Whether a name is in use must not depend on the reader's permissions.
    unrestricted = tk.fresh_context(context, ignore_auth=True)
    _, taken = _search(unrestricted, f"+dataset_type:{ALGORITHM_TYPE} +name:{_literals(former)}", [], rows=len(former))
    return [name for name in former if name not in {algorithm["name"] for algorithm in taken}]


def _search(context: Context, fq: str, fields: list[str], rows: int) -> tuple[int, list[dict[str, Any]]]:
    """Return count and rows of a search with the reader's permission labels, with the fields that a link needs."""
    query = {"fq": fq, "fl": ["id", "name", "title", "dataset_type", *fields], "rows": rows}
    query |= {"sort": "title_string asc", "facet": "false", "include_private": True}
    results = tk.get_action("package_search")(tk.fresh_context(context), query)
    return int(results["count"]), list(results["results"])


def _literals(names: Iterable[str]) -> str:
    """Return names as a Solr group of phrases; an empty string if none can be a name or id of a record."""
    quoted = [f'"{name}"' for name in names if NAME.fullmatch(name)]
    return f"({' OR '.join(quoted)})" if quoted else ""


def _dictize_link(row: dict[str, Any]) -> RecordLink:
    kind, name = str(row["dataset_type"]), str(row["name"])
    url = tk.url_for(f"{kind}.read", id=name, qualified=True)
    return {"id": row["id"], "name": name, "title": row.get("title") or name, "link": url}


def _unseen(name: str) -> SystemLink:
    return {"named": name, "id": None, "name": None, "title": None, "link": None}
