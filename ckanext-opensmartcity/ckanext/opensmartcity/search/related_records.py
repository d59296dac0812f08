"""Which systems use a dataset, and which datasets a system uses: as far as the reader may see the other side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from .. import config
from ..governance.governance import ALGORITHM_TYPE, NAME
from ..governance.model.packages import former_names
from ..standard import AnswerType
from ..standard.answers import InvalidAnswer, raw_entries
from .fields import FORMER_NAMES, SYSTEMS

MOST_DATASETS = 100


def related(context: Context, record: dict[str, Any]) -> dict[str, Any]:
    """Return `systems` of a dataset, or `datasets` and `datasets_total` of an algorithm record."""
    if record["type"] == ALGORITHM_TYPE:
        return _datasets(context, record)
    return {"systems": _systems(context, _named(record))}


def _named(record: dict[str, Any]) -> list[str]:
    """Return the systems that a dataset names, each once."""
    fields = config.standard().records[record["type"]].fields.values()
    entries = (
        entry for field in fields if field.type is AnswerType.ALGORITHMS for entry in _entries(record, field.name)
    )
    return list(dict.fromkeys(entries))


def _entries(record: dict[str, Any], name: str) -> Iterator[str]:
    try:
        yield from (str(entry).strip() for entry in raw_entries(record.get(name)))
    except InvalidAnswer:
        return


def _systems(context: Context, named: list[str]) -> list[dict[str, Any]]:
    """Say for each named system what the reader may see of it: no more than the name given, if nothing."""
    asked = _literals(named)
    if not asked:
        return [_unseen(name) for name in named]
    query = f"+dataset_type:{ALGORITHM_TYPE} +(id:{asked} OR name:{asked} OR {FORMER_NAMES}:{asked})"
    _, found = _search(context, query, [FORMER_NAMES], rows=1000)
    # What a system is called now counts before what another was called once, and an id before both.
    keys = (FORMER_NAMES, "name", "id")
    by_name = {name: system for key in keys for system in found for name in _as_list(system, key)}
    return [_shown(by_name[name], name) if name in by_name else _unseen(name) for name in named]


def ids_of(context: Context, named: Iterable[str]) -> dict[str, str]:
    """Return the ids of named systems, as far as the reader may see them."""
    return {system["named"]: system["id"] for system in _systems(context, sorted(named)) if system["id"]}


def _as_list(system: dict[str, Any], key: str) -> list[str]:
    value = system.get(key) or []
    return [value] if isinstance(value, str) else list(value)


def _datasets(context: Context, record: dict[str, Any]) -> dict[str, Any]:
    """Return the datasets that name a system by its id, its name, or a name that it had and nobody else has now."""
    names = [record["id"], record["name"], *_still_free(context, record)]
    total, found = _search(context, f"{SYSTEMS}:{_literals(names)}", [], rows=MOST_DATASETS)
    return {"datasets": [_shown(dataset) for dataset in found], "datasets_total": total}


def _still_free(context: Context, record: dict[str, Any]) -> list[str]:
    package = context.get("package")
    former = former_names(package) if package is not None and package.id == record["id"] else []
    if not former:
        return []
    # Whether a name is taken must not depend on what the reader may see.
    everybody = tk.fresh_context(context, ignore_auth=True)
    _, taken = _search(everybody, f"+dataset_type:{ALGORITHM_TYPE} +name:{_literals(former)}", [], rows=len(former))
    return [name for name in former if name not in {system["name"] for system in taken}]


def _search(context: Context, query: str, more: list[str], rows: int) -> tuple[int, list[dict[str, Any]]]:
    """Search with the reader's permission labels, for no more than what a link needs."""
    asked = {"fq": query, "fl": ["id", "name", "title", "dataset_type", *more], "rows": rows}
    asked |= {"sort": "title_string asc", "facet": "false", "include_private": True}
    found = tk.get_action("package_search")(tk.fresh_context(context), asked)
    return int(found["count"]), list(found["results"])


def _literals(names: Iterable[str]) -> str:
    """Return names for a query; nothing where none can be a name or id of a record."""
    quoted = [f'"{name}"' for name in names if NAME.fullmatch(name)]
    return f"({' OR '.join(quoted)})" if quoted else ""


def _shown(found: dict[str, Any], named: str | None = None) -> dict[str, Any]:
    kind, name = str(found["dataset_type"]), str(found["name"])
    shown = {"id": found["id"], "name": name, "title": found.get("title") or name}
    return ({"named": named} if named else {}) | shown | {"link": tk.url_for(f"{kind}.read", id=name, qualified=True)}


def _unseen(name: str) -> dict[str, Any]:
    return {"named": name, "id": None, "name": None, "title": None, "link": None}
