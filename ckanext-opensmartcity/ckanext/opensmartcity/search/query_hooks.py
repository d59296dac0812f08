"""What a search asks of the index and what readers are told: levels and concerns as of today, facets in words."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.exceptions import CkanConfigurationException
from ckan.lib import search
from flask import has_request_context

from .. import config
from ..governance.governance import ALGORITHM_TYPE, request_language
from ..standard import language
from ..standard.yaml_source import nearest
from . import condition_query, encoding, facet_counts, fields

_QUERIES = ("q", "fq")
_ASKED_AGAIN = ("q", "defType", "mm", "qf", "tie", "df", "bf", "boost")
# Records of the algorithm register have neither resources nor licences.
_NOT_IN_REGISTER = ("res_format", "license_id", "groups")


def check() -> None:
    """Stop the portal's start where a facet is configured that the standard does not have."""
    standard = config.standard()
    for name in config.facets():
        if not fields.is_facet(standard, name):
            hint = nearest(name, fields.facet_names(standard))
            raise CkanConfigurationException(f"{config.FACETS} names '{name}', which is no facet of the standard{hint}")


def add_facets(shown: OrderedDict[str, str], record_type: str | None) -> OrderedDict[str, str]:
    """Add the filters of the standard to those of CKAN, and each by which the reader filters already."""
    standard, reader = config.standard(), language(request_language())
    asked = [name for name in tk.request.args if fields.is_facet(standard, name)] if has_request_context() else []
    if record_type == ALGORITHM_TYPE:
        ours = {
            name: fields.facet_title(standard, name, reader)
            for name in dict.fromkeys((*fields.REGISTER, fields.LEVEL, *asked))
        }
        return OrderedDict(ours | {name: shown[name] for name in shown if name not in _NOT_IN_REGISTER})
    for name in dict.fromkeys((*config.facets(), *asked)):
        shown[name] = fields.facet_title(standard, name, reader)
    return shown


def ask(params: dict[str, Any]) -> dict[str, Any]:
    """Rewrite filters on facets of the standard into the form in which the index holds them."""
    standard, today = config.standard(), config.settings().day
    for name in _QUERIES:
        if isinstance(params.get(name), str):
            params[name] = encoding.rewrite(params[name], standard, today)
    if params.get("fq_list"):
        params["fq_list"] = [encoding.rewrite(query, standard, today) for query in params["fq_list"]]
    return params


def narrow(params: dict[str, Any]) -> dict[str, Any]:
    """Keep to the records behind a number, where a search asks for them."""
    if found := list(condition_query.narrowing(params.get("extras"))):
        params["fq_list"] = [*(params.get("fq_list") or ()), *found]
    return params


def tell(found: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Count the facets of the standard as of today, and say each value in the language of the request."""
    facet_counts.catch(params)
    standard, reader = config.standard(), language(request_language())
    ours = [name for name in found["search_facets"] if fields.is_facet(standard, name)]
    counts = _counts(found, params, ours)
    for name in ours:
        # A filter that nothing meets must still be seen, to be taken away.
        counts[name] |= {value: 0 for value in _filtered_by(name) if value not in counts[name]}
    for name in ours:
        found["facets"][name] = counts[name]
        found["search_facets"][name] = {
            "title": name,
            "items": [
                {"name": code, "display_name": fields.facet_label(standard, name, code, reader), "count": count}
                for code, count in counts[name].items()
            ],
        }
    # Other rows are whole records, which hold no codes of the index.
    if any(part in params.get("fl", "*") for part in (fields.PREFIX, "*")):
        _decode_rows(found["results"])
    return found


def _filtered_by(name: str) -> list[str]:
    return tk.request.args.getlist(name) if has_request_context() else []


def _counts(found: dict[str, Any], params: dict[str, Any], ours: Iterable[str]) -> dict[str, dict[str, int]]:
    counts = {name: Counter(found["facets"][name]) for name in ours}
    turning = [name for name in ours if name in encoding.TURNING]
    if turning:
        _turn(counts, turning, params)
    return {name: _decoded(name, values) for name, values in counts.items()}


def _turn(counts: dict[str, Counter[str]], turning: list[str], params: dict[str, Any]) -> None:
    """Move the records whose turn has come from where they were counted to where they belong; two requests at most."""
    limit = int(params.get("facet.limit") or tk.config["search.facets.limit"])
    if any(0 <= limit <= len(counts[name]) for name in turning):
        # The answer was cut off: sums need all of it.
        counts.update(_facets(params, "*:*", turning)[1])
    for turn, before, after in ((0, "", encoding.LATE), (1, encoding.LATE, encoding.LATER)):
        asked = [name + suffix for name in turning for suffix in (before, after)]
        total, late = _facets(params, encoding.turned(encoding.TURNS[turn], config.settings().day), asked)
        if not total:
            break
        for name in turning:
            counts[name].subtract(late[name + before])
            counts[name].update(late[name + after])
    for name in turning:
        counts[name] = Counter(dict((+counts[name]).most_common(limit if limit > 0 else None)))


def _facets(params: dict[str, Any], query: str, names: list[str]) -> tuple[int, dict[str, Counter[str]]]:
    """Ask the same search again for facets only, among the records of a query; the permission filter is in its `fq`."""
    asked = {name: params[name] for name in _ASKED_AGAIN if name in params}
    again = search.query_for("package")
    again.run(asked | {"fq": query, "fq_list": list(params["fq"]), "rows": 0, "facet.field": names, "facet.limit": -1})
    return again.count, {name: Counter(again.facets.get(name, {})) for name in names}


def _decoded(name: str, counts: Counter[str]) -> dict[str, int]:
    encoded = encoding.is_encoded(config.standard(), name)
    return {encoding.decode(code) if encoded else code: count for code, count in counts.items()}


def _decode_rows(rows: Iterable[Any]) -> None:
    """Give codes back in rows for which a caller asked by `fl`."""
    for row in rows:
        for name in row if isinstance(row, dict) else ():
            if name.startswith(fields.PREFIX) and encoding.is_encoded(config.standard(), name):
                row[name] = [encoding.decode(code) for code in row[name]]
