"""Hooks of package_search: filters and facet counts as of today, facet labels in the language of the request."""

from __future__ import annotations

import json
import re
from collections import Counter, OrderedDict
from fnmatch import fnmatchcase
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.exceptions import CkanConfigurationException
from flask import has_request_context

from .. import config
from ..governance.governance import ALGORITHM_TYPE, request_language
from ..standard import language
from ..standard.yaml_source import nearest
from . import condition_query, facet_counts, fields
from .facet_fields import buckets, indexed_facets, requests
from .facet_query import rewrite
from .index_document import facet_values

_QUERIES = ("q", "fq")
# Filter that CKAN's list of a dataset type adds.
_LIST_TYPE = re.compile(r"\+dataset_type:[\w-]+")
# What `hold_back_facets` leaves for `add_facet_counts`, among the extras of a search, which CKAN hands through.
_FACETS, _ROWS = "opensmartcity_facets", "opensmartcity_rows"
# Stored field with the whole record.
_RECORD = "validated_data_dict"
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
    """Rewrite filters on facets of the standard for their index fields as of today.

    :raises SearchQueryError: a filter on a facet has a syntax error
    """
    standard, today = config.standard(), config.settings().day
    for name in _QUERIES:
        if isinstance(params.get(name), str):
            params[name] = rewrite(params[name], standard, today)
    if params.get("fq_list"):
        params["fq_list"] = [rewrite(query, standard, today) for query in params["fq_list"]]
    return params


def hold_back_facets(params: dict[str, Any]) -> dict[str, Any]:
    """Take the facets and rows' fields of the standard out of a search; `add_facet_counts` answers for them."""
    standard = config.standard()
    extras = params.setdefault("extras", {})
    extras[_FACETS] = [name for name in _listed(params, "facet.field") if fields.is_facet(standard, name)]
    if extras[_FACETS]:
        params["facet.field"] = [name for name in _listed(params, "facet.field") if name not in extras[_FACETS]]
    extras[_ROWS] = [
        name for name in fields.facet_names(standard) if any(fnmatchcase(name, each) for each in _listed(params, "fl"))
    ]
    if extras[_ROWS]:
        params["fl"] = [*(name for name in _listed(params, "fl") if name not in extras[_ROWS]), _RECORD]
    return params


def _listed(params: dict[str, Any], name: str) -> list[str]:
    """Return the names in a parameter that is a list of texts, each of which may have several names."""
    value = params.get(name)
    return [each for text in value for each in text.replace(",", " ").split()] if isinstance(value, list) else []


def add_list_filters(params: dict[str, Any]) -> dict[str, Any]:
    """Add the filters of the list behind an indicator, if the search names one in an `ext_*` parameter."""
    if filters := list(condition_query.list_filters(params.get("extras"))):
        # CKAN's list of datasets restricts itself to one type; ours may count several as datasets.
        if (params.get("extras") or {}).get(condition_query.PUBLIC):
            params["fq"] = _LIST_TYPE.sub("", params.get("fq") or "")
        params["fq_list"] = [*(params.get("fq_list") or ()), *filters]
    return params


def add_facet_counts(results: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Count the facets of the standard as of today, and label their values in the language of the request."""
    facet_counts.capture_params(params)
    extras = params.get("extras") or {}
    standard, reader = config.standard(), language(request_language())
    wanted = tk.asbool(params.get("facet", True)) and not params.get("abort_search")
    for name, counts in _count_today(params, extras.get(_FACETS, []) if wanted else []).items():
        # Keep an active filter that matches nothing, so that the reader can remove it.
        filtered = tk.request.args.getlist(name) if has_request_context() else []
        counts |= {value: 0 for value in filtered if value not in counts}
        results["facets"][name] = counts
        results["search_facets"][name] = {
            "title": name,
            "items": [
                {"name": code, "display_name": fields.facet_label(standard, name, code, reader), "count": count}
                for code, count in counts.items()
            ],
        }
    if extras.get(_ROWS):
        given = params["fl"].split()[:-1]
        _add_values(results["results"], extras[_ROWS], keep=_RECORD in given or "*" in given)
    return results


def _count_today(params: dict[str, Any], names: list[str]) -> dict[str, dict[str, int]]:
    """Return the counts of facets as of today, in one request, limited as CKAN limits those of other facets."""
    if not names:
        return {}
    facets = indexed_facets(config.standard())
    selected = facet_counts.CapturedQuery(facet_counts.selecting_params(params), 0)
    counted = requests([facets[name] for name in names], config.settings().day)
    response = facet_counts.query_index(selected, counted, rows=0).raw_response["facets"]
    limit = int(params.get("facet.limit") or tk.config["search.facets.limit"])
    least = int(params.get("facet.mincount", 1))
    result = {}
    for name in names:
        counts: Counter[str] = Counter()
        for value, bucket in buckets(facets[name], response):
            counts[value] += bucket["count"]
        most = counts.most_common(limit if limit >= 0 else None)
        result[name] = {value: count for value, count in most if count >= least}
    return result


def _add_values(rows: list[dict[str, Any]], names: list[str], *, keep: bool) -> None:
    """Add the values of facets as of today to rows that a caller restricted by `fl`."""
    for row in rows:
        record = row.get(_RECORD) if keep else row.pop(_RECORD, None)
        values = facet_values(json.loads(record)) if record else {}
        row |= {name: values[name] for name in names if name in values}
