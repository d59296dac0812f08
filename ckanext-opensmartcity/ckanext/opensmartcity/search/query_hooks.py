"""Hooks of package_search: filters and facet counts as of today, facet labels in the language of the request."""

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
from . import condition_query, facet_counts, fields, solr_codes

_QUERIES = ("q", "fq")
_REPEATED = ("q", "defType", "mm", "qf", "tie", "df", "bf", "boost")
# Records of the algorithm register have neither resources nor licences.
_NOT_IN_REGISTER = ("res_format", "license_id", "groups")


def check() -> None:
    """Raise CkanConfigurationException if a configured facet does not belong to the standard."""
    standard = config.standard()
    for name in config.facets():
        if not fields.is_facet(standard, name):
            hint = nearest(name, fields.facet_names(standard))
            raise CkanConfigurationException(f"{config.FACETS} names '{name}', which is no facet of the standard{hint}")


def add_facets(shown: OrderedDict[str, str], record_type: str | None) -> OrderedDict[str, str]:
    """Add the configured facets of the standard to CKAN's, and all by which the request filters."""
    standard, reader = config.standard(), language(request_language())
    filtered = [name for name in tk.request.args if fields.is_facet(standard, name)] if has_request_context() else []
    if record_type == ALGORITHM_TYPE:
        ours = {
            name: fields.facet_title(standard, name, reader)
            for name in dict.fromkeys((*fields.list_facets(standard, record_type), fields.LEVEL, *filtered))
        }
        return OrderedDict(ours | {name: shown[name] for name in shown if name not in _NOT_IN_REGISTER})
    for name in dict.fromkeys((*config.facets(), *fields.list_facets(standard, record_type or ""), *filtered)):
        shown[name] = fields.facet_title(standard, name, reader)
    return shown


def rewrite_filters(params: dict[str, Any]) -> dict[str, Any]:
    """Rewrite filters on facets of the standard for their indexed representation, as of today."""
    standard, today = config.standard(), config.settings().day
    for name in _QUERIES:
        if isinstance(params.get(name), str):
            params[name] = solr_codes.rewrite(params[name], standard, today)
    if params.get("fq_list"):
        params["fq_list"] = [solr_codes.rewrite(query, standard, today) for query in params["fq_list"]]
    return params


def add_list_filters(params: dict[str, Any]) -> dict[str, Any]:
    """Add the filters of the list behind an indicator, if the search names one in an `ext_*` parameter."""
    if filters := list(condition_query.list_filters(params.get("extras"))):
        params["fq_list"] = [*(params.get("fq_list") or ()), *filters]
    return params


def label_facets(results: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Count the facets of the standard as of today, and label their values in the language of the request."""
    facet_counts.capture_params(params)
    standard, reader = config.standard(), language(request_language())
    names = [name for name in results["search_facets"] if fields.is_facet(standard, name)]
    indexed = {name: Counter(results["facets"][name]) for name in names}
    turning = [name for name in names if name in solr_codes.TURNING]
    if turning:
        _apply_turns(indexed, turning, params)
    counts: dict[str, dict[str, int]] = {}
    for name in names:
        decode = solr_codes.decode if solr_codes.is_encoded(standard, name) else str
        counts[name] = {decode(code): count for code, count in indexed[name].items()}
        # Keep an active filter that matches nothing, so that the reader can remove it.
        filtered = tk.request.args.getlist(name) if has_request_context() else []
        counts[name] |= {value: 0 for value in filtered if value not in counts[name]}
    for name in names:
        results["facets"][name] = counts[name]
        results["search_facets"][name] = {
            "title": name,
            "items": [
                {"name": code, "display_name": fields.facet_label(standard, name, code, reader), "count": count}
                for code, count in counts[name].items()
            ],
        }
    # Without `fl`, results are whole records, which contain no encoded values.
    if any(part in params.get("fl", "*") for part in (fields.PREFIX, "*")):
        _decode_rows(results["results"])
    return results


def _apply_turns(counts: dict[str, Counter[str]], turning: list[str], params: dict[str, Any]) -> None:
    """Count records that had a turn under their present values, with at most three more queries."""
    limit = int(params.get("facet.limit") or tk.config["search.facets.limit"])
    if any(0 <= limit <= len(counts[name]) for name in turning):
        # The counts were truncated by the limit, but the sums below need all values.
        counts.update(_facets(params, "*:*", turning)[1])
    for turn, before, after in ((0, "", solr_codes.LATE), (1, solr_codes.LATE, solr_codes.LATER)):
        phases = [name + suffix for name in turning for suffix in (before, after)]
        total, late = _facets(params, solr_codes.turned(solr_codes.TURNS[turn], config.settings().day), phases)
        if not total:
            break
        for name in turning:
            counts[name].subtract(late[name + before])
            counts[name].update(late[name + after])
    for name in turning:
        counts[name] = Counter(dict((+counts[name]).most_common(limit if limit > 0 else None)))


def _facets(params: dict[str, Any], query: str, names: list[str]) -> tuple[int, dict[str, Counter[str]]]:
    """Repeat a search for the facets of its records that match a query. `fq` of `params` has the permission filter."""
    repeated = {name: params[name] for name in _REPEATED if name in params}
    facets = {"rows": 0, "facet.field": names, "facet.limit": -1}
    package_query = search.query_for("package")
    package_query.run({**repeated, "fq": query, "fq_list": list(params["fq"]), **facets})
    return package_query.count, {name: Counter(package_query.facets.get(name, {})) for name in names}


def _decode_rows(rows: Iterable[Any]) -> None:
    """Decode facet values in rows that a caller restricted by `fl`."""
    for row in rows:
        for name in row if isinstance(row, dict) else ():
            if name.startswith(fields.PREFIX) and solr_codes.is_encoded(config.standard(), name):
                row[name] = [solr_codes.decode(code) for code in row[name]]
