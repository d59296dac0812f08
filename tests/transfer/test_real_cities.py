"""Catalogues of two cities, invented and real, move in with their own fields and without governance; nothing breaks."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.metadata import INVENTED


@pytest.fixture(autouse=True)
def portal(loaded_plugins, clean_db, clean_index):
    """A portal with the plugin and nothing in it: two cities have records of the same names."""


KEPT = (
    "name",
    "title",
    "notes",
    "license_id",
    "author",
    "author_email",
    "maintainer",
    "maintainer_email",
    "version",
    "url",
)


def read(path):
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def from_tokyo(record):
    """A record of another CKAN: its fields, extras, tags and resources."""
    return {name: record[name] for name in KEPT if record.get(name)} | {
        "organization": record["organization"]["name"],
        "tags": [{"name": tag["name"]} for tag in record["tags"]],
        "extras": [{"key": extra["key"], "value": extra["value"]} for extra in record["extras"]],
        "resources": [
            {name: resource[name] for name in ("url", "name", "description", "format") if resource.get(name)}
            for resource in record["resources"]
        ],
    }


def from_toronto(record):
    """A package definition: owner and refresh rate become free extras, as they have no field of CKAN's own."""
    extras = ("dataset_category", "refresh_rate", "owner_division", "owner_section", "owner_unit", "limitations")
    return {
        "name": record["_name"],
        "title": record["title"],
        "notes": record.get("notes") or "",
        "organization": "city-of-toronto",
        "maintainer_email": record.get("owner_email") or "",
        "tags": [tag if isinstance(tag, dict) else {"name": tag} for tag in record.get("tags") or []],
        "extras": [{"key": key, "value": str(record[key])} for key in extras if record.get(key)],
        "resources": [
            {"name": name, "format": str(definition.get("format") or ""), "url": definition.get("url") or ""}
            for name, definition in (record.get("resources") or {}).items()
        ],
    }


CITIES = {
    "tokyo": ("tokyo-ckan/package_show.jsonl", from_tokyo, {"invented": 9, "real": 415}),
    "toronto": ("toronto-operations/datasets.jsonl", from_toronto, {"invented": 8, "real": 246}),
}


@pytest.fixture(params=CITIES)
def city(request, metadata):
    """The datasets of one city as `package_create` takes them."""
    path, convert, numbers = CITIES[request.param]
    records = [convert(record) for record in read(metadata / path)]
    assert len(records) == numbers["invented" if metadata == INVENTED else "real"]
    return records


def move_in(records):
    organizations = {name: factories.Organization(name=name)["id"] for name in {r["organization"] for r in records}}
    taken = set()
    for record in records:
        record["owner_org"] = organizations[record.pop("organization")]
        if record["name"] in taken:  # two of Tokyo's records are there twice
            record["name"] += "-2"
        taken.add(record["name"])
    return [call_action("package_create", **record) for record in records]


def extras_of(dataset):
    """The free fields by key: CKAN keeps them in no order."""
    return {extra["key"]: extra["value"] for extra in dataset["extras"]}


def test_a_catalogue_moves_in_unharmed_and_silent(city, app, current):
    created = move_in(city)
    for record, dataset in zip(city, created, strict=True):
        stored = call_action("package_show", id=dataset["id"])
        assert extras_of(stored) == extras_of(record)
        assert len(stored["resources"]) == len(record["resources"])
        assert call_action("governance_show", id=dataset["id"])["level"] == "silent"
        page = app.get(f"/dataset/{dataset['name']}/transparency")
        assert "The city has not answered yet." in page.body
        assert "osc-level-started" not in page.body.partition("<footer")[0]

    today = datetime.now(tz=timezone.utc).date()
    reviewed = {"governance_reviewed_on": str(today), "governance_review_due": str(today + timedelta(365))}
    governed = call_action("package_patch", id=created[0]["id"], **current | reviewed)
    assert call_action("governance_show", id=governed["id"])["level"] == "current"
    assert extras_of(governed) == extras_of(created[0])
