"""Records of two cities and of the demo city with invented answers, in the format of `package_show`."""

import json
from datetime import date
from itertools import islice
from pathlib import Path

from ckanext.opensmartcity.portal import demo
from support.rdf_answers import made_up

CITIES = ("tokyo-ckan/package_show.jsonl", "toronto-operations/datasets.jsonl")
_PLAIN = ("notes", "author", "author_email", "maintainer", "maintainer_email", "url", "version", "license_id")


def governed(metadata: Path, standard, number):
    """Return up to that many records, half from each city."""
    records = []
    for place, path in enumerate(CITIES):
        with (metadata / path).open(encoding="utf-8") as lines:
            for line in islice(lines, number // 2):
                record = _as_shown(json.loads(line), f"{place}-{len(records)}")
                records.append(record | made_up(standard, len(records)))
    return records


def _as_shown(record, id):
    tags = [tag if isinstance(tag, str) else tag["name"] for tag in record.get("tags") or ()]
    return {name: record[name] for name in _PLAIN if isinstance(record.get(name), str)} | {
        "id": f"record-{id}",
        "name": f"record-{id}",
        "title": record["title"],
        "metadata_created": "2026-01-02T03:04:05.000006",
        "metadata_modified": "2026-02-03T04:05:06.000007",
        "tags": [{"name": tag} for tag in tags],
        "extras": record["extras"] if isinstance(record.get("extras"), list) else [],
        "resources": list(_resources(record, id)),
    }


def _resources(record, id):
    resources = record.get("resources") or ()
    if isinstance(resources, dict):
        resources = [{"name": name, **definition} for name, definition in resources.items()]
    for place, resource in enumerate(resources):
        kept = {key: resource[key] for key in ("name", "url", "format", "description", "mimetype") if resource.get(key)}
        yield {"url": "https://data.example.org/file", **kept, "id": f"{id}-{place}", "package_id": f"record-{id}"}


def of_the_demo_city():
    """Return the records of the demo city."""
    return [
        {**package, "id": package["name"], "resources": list(_resources(package, package["name"])), "extras": []}
        for package in demo.read_city(date(2026, 11, 24)).packages
    ]
