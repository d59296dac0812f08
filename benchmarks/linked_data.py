"""RDF of one record and of a page of the catalogue with all answers, compared with ckanext-dcat without them.

The record has every required question answered, two files and an organisation. The variants take turns. "Own" is what
ckanext-dcat's endpoint for one dataset does: `package_show`, its DCAT-AP 3 profile, and serialization.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.dcat.processors import RDFSerializer
from ckanext.opensmartcity.dcat import serializer as dcat_serializer

from . import portal
from .ledger_cost import new_dataset, new_user
from .results import Result

ROUNDS, WARM_UP, PAGE = 100, 10, 100
OWN = ["euro_dcat_ap_3"]
BOTH = [*OWN, "opensmartcity"]
FORMATS = {"ttl": "Turtle", "jsonld": "JSON-LD"}

Variant = Callable[[], Any]


def measure() -> Iterator[Result]:
    """Measure one record in two formats, and a page of 100 records."""
    with portal.request():
        id = _dataset()
        for form, name in FORMATS.items():
            yield _compared(f"one record, {name}", 1, _of_one(id, form))
        records = [_record(id) | {"id": f"{id}-{number}"} for number in range(PAGE)]
        yield _compared(f"a page of {PAGE} records, Turtle", PAGE, _of_many(records), rounds=8)


def _dataset() -> str:
    user = new_user("editor")
    id = new_dataset(user)
    files = [{"url": f"https://data.example.org/{name}.csv", "format": "CSV", "name": name} for name in "ab"]
    tk.get_action("package_patch")(
        {"ignore_auth": True, "user": user}, {"id": id, "resources": files, "notes": "Counts."}
    )
    return id


def _record(id: str) -> dict[str, Any]:
    model.Session.remove()
    record: dict[str, Any] = tk.get_action("package_show")({"ignore_auth": True}, {"id": id})
    return record


def _content(id: str) -> dcat_serializer.Content:
    model.Session.remove()
    return dcat_serializer.load({"ignore_auth": True}, id)


def _of_one(id: str, form: str) -> dict[str, Variant]:
    def plain() -> str:
        serializer = dcat_serializer.Serializer(profiles=OWN)
        return str(serializer.serialize_dataset(_record(id), _format=form))

    return {
        "our address": lambda: dcat_serializer.serialize(_content(id), form),
        "ckanext-dcat's own": lambda: RDFSerializer(profiles=OWN).serialize_dataset(_record(id), _format=form),
        "its own, profile looked up once as ours": plain,
        "its address with both profiles": lambda: RDFSerializer(profiles=BOTH).serialize_dataset(
            _record(id), _format=form
        ),
    }


def _of_many(records: list[dict[str, Any]]) -> dict[str, Variant]:
    def page(profiles: list[str]) -> Any:
        return RDFSerializer(profiles=profiles).serialize_catalog({}, records, _format="ttl")

    return {"with our profile": lambda: page(BOTH), "ckanext-dcat's own": lambda: page(OWN)}


def _compared(case: str, amount: int, variants: dict[str, Variant], rounds: int = ROUNDS) -> Result:
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds + WARM_UP if rounds == ROUNDS else rounds + 1):
        for name, variant in variants.items():
            start = time.perf_counter()
            variant()
            times[name].append(time.perf_counter() - start)
    spent = {name: statistics.median(each[1:]) for name, each in times.items()}
    first, *others = spent
    ratios = {f"the time of {name}": spent[first] / spent[name] for name in others}
    return Result(case, amount, "records", spent[first], portal.megabytes(), ratios)
