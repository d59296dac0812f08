"""NGSI-LD entities of what a reader may see: of one record, or of the whole catalogue, a page of records at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from .. import config
from ..exchange.ngsi_ld import Portal, catalogue_entity, record_entities, referenced_algorithms
from ..governance.model.catalogue import release
from ..search import related_records, statistics
from ..search.scroll import scroll_records
from ..standard import assess

Record = dict[str, Any]
Entity = dict[str, Any]
# The systems that this many records name are looked up together.
_TOGETHER = 100


def of_record(context: Context, id: str) -> list[Entity]:
    """Return the catalogue, a record and its files; ObjectNotFound and NotAuthorized as of `package_show`."""
    record = tk.get_action("package_show")(context, {"id": id})
    if record["type"] not in config.standard().records:
        raise tk.ObjectNotFound(tk._("The standard has no such kind of record."))
    return list(chain.from_iterable(_with_catalogue(context, [record])))


def of_catalogue(context: Context) -> Iterator[Entity]:
    """Yield the catalogue and then each record with its files; asks for the first records before it returns."""
    tk.check_access("package_search", context, {})
    records = scroll_records(str(context.get("user") or ""), statistics.governed(config.standard()), private=True)
    first = list(islice(records, 1))
    return _released(_with_catalogue(context, chain(first, records)))


def _released(parts: Iterable[Iterable[Entity]]) -> Iterator[Entity]:
    """Yield part after part, and hold no connection to the database while a slow reader takes one."""
    try:
        for part in parts:
            release()
            yield from part
    finally:
        release()


def _with_catalogue(context: Context, records: Iterable[Record]) -> Iterator[Iterable[Entity]]:
    """Yield the catalogue, and the entities of many records at a time: all that these need was asked for before."""
    portal, left = _portal(), iter(records)
    yield [catalogue_entity(portal)]
    while together := list(islice(left, _TOGETHER)):
        yield _entities(context, portal, together)


def _entities(context: Context, portal: Portal, records: list[Record]) -> Iterable[Entity]:
    assessed = [(record, assess(config.standard(), record, config.settings())) for record in records]
    named = {name for _, assessment in assessed for name in referenced_algorithms(assessment)}
    ids = related_records.ids_by_name(context, named)
    parts = (record_entities(config.standard(), portal, record, assessment, ids) for record, assessment in assessed)
    return chain.from_iterable(parts)


def _portal() -> Portal:
    # The ids and addresses of things do not depend on the language in which somebody asks for them.
    where = {"qualified": True, "locale": "default"}
    return Portal(
        id=str(tk.config["ckan.site_id"]),
        title=str(tk.config["ckan.site_title"]),
        description=str(tk.config["ckan.site_description"] or ""),
        homepage=str(tk.url_for("home.index", **where)),
        context=str(tk.url_for("opensmartcity_standard.context", **where)),
        page_prefixes={kind: str(tk.url_for(f"{kind}.search", **where)) for kind in config.standard().records},
    )
