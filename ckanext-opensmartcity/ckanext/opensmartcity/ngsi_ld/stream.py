"""Streams of NGSI-LD entities: of one record, or of all records that the user may see, in batches."""

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
# Number of records whose algorithms are resolved with one query.
_BATCH = 100


def of_record(context: Context, id: str) -> list[Entity]:
    """Return the entities of catalogue, record and files. Raise ObjectNotFound or NotAuthorized like `package_show`."""
    record = tk.get_action("package_show")(context, {"id": id})
    if record["type"] not in config.standard().types:
        raise tk.ObjectNotFound(tk._("The standard has no such kind of record."))
    return list(chain.from_iterable(_with_catalogue(context, [record])))


def of_catalogue(context: Context) -> Iterator[Entity]:
    """Stream the catalogue and each record with its files. The first query runs before the call returns."""
    tk.check_access("package_search", context, {})
    records = scroll_records(str(context.get("user") or ""), statistics.governed(config.standard()), private=True)
    first = list(islice(records, 1))
    return _released(_with_catalogue(context, chain(first, records)))


def _released(parts: Iterable[Iterable[Entity]]) -> Iterator[Entity]:
    """Yield the entities of all parts without holding a database connection while a slow client reads."""
    try:
        for part in parts:
            release()
            yield from part
    finally:
        release()


def _with_catalogue(context: Context, records: Iterable[Record]) -> Iterator[Iterable[Entity]]:
    """Yield the catalogue entity, then the entities of records batch by batch; each batch is queried beforehand."""
    portal, remaining = _portal(), iter(records)
    yield [catalogue_entity(portal)]
    while batch := list(islice(remaining, _BATCH)):
        yield _entities(context, portal, batch)


def _entities(context: Context, portal: Portal, records: list[Record]) -> Iterable[Entity]:
    assessed = [(record, assess(config.standard(), record, config.settings())) for record in records]
    named = {name for _, assessment in assessed for name in referenced_algorithms(assessment)}
    ids = related_records.ids_by_name(context, named)
    parts = (record_entities(config.standard(), portal, record, assessment, ids) for record, assessment in assessed)
    return chain.from_iterable(parts)


def _portal() -> Portal:
    # Ids and URLs of entities must not depend on the language of the request.
    options = {"qualified": True, "locale": "default"}
    return Portal(
        id=str(tk.config["ckan.site_id"]),
        title=str(tk.config["ckan.site_title"]),
        description=str(tk.config["ckan.site_description"] or ""),
        homepage=str(tk.url_for("home.index", **options)),
        context=str(tk.url_for("opensmartcity_standard.context", **options)),
        page_prefixes={kind: str(tk.url_for(f"{kind}.search", **options)) for kind in config.standard().types},
    )
