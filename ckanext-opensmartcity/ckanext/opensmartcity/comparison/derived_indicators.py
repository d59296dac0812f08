"""Indicators derived from the public search of any CKAN portal: formats, licences, owners, dates of change.

They need no plugin on the other portal: four `package_search` requests without rows count the datasets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ..exchange.city_indicators import CityError
from ..standard.facts import OPEN_FORMATS, OPEN_LICENCES
from ..standard.i18n import N_

Params = dict[str, str]
Search = Callable[[Params], Any]

_DATASETS = "+dataset_type:dataset"
_MOST_VALUES, _LONGEST_VALUE = 1000, 100
_MOST = 1_000_000_000


@dataclass(frozen=True)
class Derived:
    """Texts of a derived indicator."""

    id: str
    title: str
    definition: str


DERIVED = (
    Derived(
        "derived_formats",
        N_("Datasets in an open format"),
        N_("At least one file of the dataset has an open format for computers."),
    ),
    Derived(
        "derived_licences",
        N_("Datasets with an open licence"),
        N_("The licence of the dataset is one that we know to be open."),
    ),
    Derived(
        "derived_owners",
        N_("Datasets of an organisation"),
        N_("The portal names the organisation that publishes the dataset. It need not be the owner of the data."),
    ),
    Derived(
        "derived_changed",
        N_("Datasets that changed within a year"),
        N_("The record of the dataset was changed in the last 365 days. The data itself may be older."),
    ),
)


def derive(search: Search, today: date) -> tuple[int, dict[str, dict[str, int]]]:
    """Return the number of datasets and the derived indicators. Raise CityError if a response is invalid."""
    first = search({"fq": _DATASETS, "facet.field": '["res_format", "license_id"]', "facet.limit": str(_MOST_VALUES)})
    total, year_ago = _count(first), (today - timedelta(days=365)).isoformat()
    formats = [name for name in _facet(first, "res_format") if name.strip().lower().removeprefix(".") in OPEN_FORMATS]
    quoted = ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in formats]
    counts = {
        # Portals write formats in different ways: search for the exact values of theirs.
        "derived_formats": _count(search({"fq": f"{_DATASETS} +res_format:({' OR '.join(quoted)})"})) if quoted else 0,
        "derived_licences": sum(
            count for value, count in _facet(first, "license_id").items() if value.lower() in OPEN_LICENCES
        ),
        "derived_owners": _count(search({"fq": f"{_DATASETS} +organization:[* TO *]"})),
        "derived_changed": _count(search({"fq": f"{_DATASETS} +metadata_modified:[{year_ago}T00:00:00Z TO *]"})),
    }
    # Separate requests: datasets may have been added or deleted between two of them.
    return total, {name: {"count": min(count, total), "of": total} for name, count in counts.items()}


def _count(result: Any) -> int:
    count = result.get("count") if isinstance(result, dict) else None
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= _MOST:
        raise CityError("package_search: there is no count", is_json=True)
    return count


def _facet(result: Mapping[str, Any], name: str) -> dict[str, int]:
    """Return the number of datasets by facet value; omit values that cannot be searched for."""
    facets = result.get("facets")
    values = facets.get(name) if isinstance(facets, dict) else None
    if not isinstance(values, dict):
        raise CityError(f"package_search: there is no facet {name}", is_json=True)
    return {
        value: count
        for value, count in list(values.items())[:_MOST_VALUES]
        if isinstance(count, int) and 0 <= count <= _MOST and len(value) <= _LONGEST_VALUE and value.isprintable()
    }
