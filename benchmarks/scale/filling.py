"""Bulk generator of datasets: rows directly into PostgreSQL, documents directly into Solr.

Through the API 100,000 datasets take hours. Here only the first dataset of each licence is created by CKAN's actions,
as the template of all others. Index documents are built by CKAN and our plugin's hook, so they equal those of saved
datasets; `tests/governance/test_bulk_data.py` compares them. Ledger events are left out, as on a portal that enabled
the plugin today, and so are activities.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import ckan.plugins.toolkit as tk
import requests
from ckan import logic, model
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.lib.search import index
from ckan.lib.search.common import make_connection
from ckanext.opensmartcity import config
from ckanext.opensmartcity.governance.validators import as_stored
from ckanext.opensmartcity.standard import read_record
from ckanext.opensmartcity.standard.migration import VERSION_FIELD
from sqlalchemy import insert

from .invention import DEPARTMENTS, LICENCES, TAGS, THEMES, Invention, identifier, invent

BATCH = 500
SENDERS = 2
START = datetime(2025, 1, 1)  # noqa: DTZ001  (CKAN stores instants without a zone)
LICENCE = ("license_id", "license_title", "license_url", "isopen")


@dataclass(frozen=True)
class Dataset:
    """A dataset in the two forms that CKAN's indexing needs (default and custom schema), and its rows by table."""

    default: dict[str, Any]
    custom: dict[str, Any]
    rows: Mapping[str, list[dict[str, Any]]]


class Filler:
    """Generates datasets after the templates that CKAN created."""

    def __init__(self, seed: int = 7) -> None:
        self.seed = seed
        self._user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
        for title in THEMES:
            self._group(title, "group")
        owners = [self._group(title, "organization") for title in DEPARTMENTS]
        shown = [self._first(number) for number in range(len(LICENCES))]
        self._default, self._custom = shown[0]
        shape = self._default["organization"]
        self._owners = {owner["name"]: {key: owner[key] for key in shape} for owner in owners}
        self._licences = {default["license_id"]: {key: default.get(key) for key in LICENCE} for default, _ in shown}
        self._tags = {tag["name"]: tag for tag in self._default["tags"]}
        self._groups = {group["name"]: group for group in self._default["groups"]}

    def _context(self) -> dict[str, Any]:
        return {"ignore_auth": True, "user": self._user["name"]}

    def _group(self, title: str, kind: str) -> dict[str, Any]:
        """Return an organisation or a group; create it if it is missing."""
        if model.Group.get(slug(title)) is None:
            tk.get_action(f"{kind}_create")(self._context(), {"name": slug(title), "title": title})
        shown = tk.get_action(f"{kind}_show")(self._context(), {"id": slug(title), "include_users": False})
        return dict(shown)

    def _first(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Create a dataset with a licence and all related objects through CKAN; return both its forms."""
        name = f"first-{LICENCES[number]}"
        if model.Package.get(name) is None:
            record = {
                "name": name,
                "title": name,
                "owner_org": slug(DEPARTMENTS[number]),
                "license_id": LICENCES[number],
                "groups": [{"name": theme} for theme in THEMES],
                "tags": [{"name": tag} for tag in TAGS],
                "resources": [{"name": "File", "url": "https://files.city.example/a.csv", "format": "CSV"}],
            }
            tk.get_action("package_create")(self._context(), record)
        return logic.package_show_default_and_custom_schemas(self._context(), name)  # type: ignore[no-any-return]

    def make(self, number: int) -> Dataset:
        """Generate the dataset with a number; deterministic for a seed."""
        invention = invent(number, self.seed)
        package = identifier(self.seed, number)
        governed = self._governed(invention)
        own = self._own(invention, package)
        resources = [self._resource(invention, package, index) for index in range(len(invention.files))]
        related = {
            "tags": [self._tags[tag] for tag in invention.tags],
            "groups": [self._groups[t] for t in invention.themes],
        }
        counts = {"num_resources": len(resources), "num_tags": len(invention.tags)}
        extras = {name: as_stored(value) for name, value in governed.items()}
        listed = [{"key": key, "value": value} for key, value in extras.items()]
        shared = own | related | counts
        default = _replaced(self._default, shared) | {"url": own["url"], "extras": listed, "resources": resources}
        custom = _replaced(self._custom, shared | governed) | {
            "resources": [stripped(resource) for resource in resources]
        }
        if governed:
            custom.pop("extras", None)
        return Dataset(default, custom, self._rows(invention, own, extras, resources))

    def _governed(self, invention: Invention) -> dict[str, Any]:
        record = {**invention.own, **invention.answers, "type": "dataset"}
        answers = read_record(config.standard(), record, config.settings()).answers
        governed = {name: list(value) if isinstance(value, tuple) else value for name, value in answers.items()}
        return governed | ({VERSION_FIELD: config.standard().version} if governed else {})

    def _own(self, invention: Invention, package: str) -> dict[str, Any]:
        owner = self._owners[slug(invention.department)]
        day = START + timedelta(minutes=7 * (invention.number % 90_000), microseconds=invention.number % 999_999 + 1)
        return {
            **invention.own,
            "id": package,
            **self._licences[invention.own["license_id"]],
            "url": invention.own["url"] or None,
            "organization": owner,
            "owner_org": owner["id"],
            "metadata_created": day.isoformat(),
            "metadata_modified": day.isoformat(),
        }

    def _resource(self, invention: Invention, package: str, index: int) -> dict[str, Any]:
        shape = self._default["resources"][0]
        mine = {"id": identifier(self.seed, invention.number, index), "package_id": package, "position": index}
        return {**shape, **invention.files[index], **mine}

    def _rows(
        self, invention: Invention, own: dict[str, Any], extras: dict[str, str], resources: list[dict[str, Any]]
    ) -> dict[str, list[dict[str, Any]]]:
        columns = model.Package.__table__.columns.keys()
        package = {key: value for key, value in {**self._default, **own}.items() if key in columns}
        dates = {key: datetime.fromisoformat(own[key]) for key in ("metadata_created", "metadata_modified")}
        members = [(owner, "public") for owner in (self._groups[theme]["id"] for theme in invention.themes)]
        members.append((own["owner_org"], "organization"))
        active = "active"
        return {
            "package": [package | dates | {"extras": extras, "plugin_data": None}],
            "resource": [_row(resource) for resource in resources],
            "package_tag": [
                {
                    "id": self._id(invention, tag),
                    "package_id": own["id"],
                    "tag_id": self._tags[tag]["id"],
                    "state": "active",
                }
                for tag in invention.tags
            ],
            "member": [
                {
                    "id": self._id(invention, group),
                    "group_id": group,
                    "table_id": own["id"],
                    "table_name": "package",
                    "capacity": capacity,
                    "state": active,
                }
                for group, capacity in members
            ],
        }

    def _id(self, invention: Invention, what: str) -> str:
        return identifier(self.seed, invention.number, what)


def slug(title: str) -> str:
    """Return the name (URL slug) of an organisation or group."""
    return title.lower().replace(" ", "-")


def _replaced(shape: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template with other values; values of None are left out."""
    others = {name: value for name, value in shape.items() if name not in values}
    return others | {name: value for name, value in values.items() if value is not None}


def stripped(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource as the standard's schema shows it: without an empty description."""
    return {key: value for key, value in resource.items() if key != "description" or value is not None}


def _row(resource: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("created", "metadata_modified")
    return {**resource, "extras": None} | {key: datetime.fromisoformat(resource[key]) for key in dates}


def fill(size: int, seed: int = 7, start: int = 0) -> None:
    """Create the datasets with numbers from `start` to `size`, and their index documents."""
    filler, address = Filler(seed), f"{tk.config['solr_url']}/update"
    with ThreadPoolExecutor(SENDERS) as senders:
        pending: deque[Future[None]] = deque()
        for first in range(start, size, BATCH):
            datasets = [filler.make(number) for number in range(first, min(first + BATCH, size))]
            _insert(datasets)
            pending.append(senders.submit(send, address, documents(datasets)))
            if len(pending) > SENDERS:
                pending.popleft().result()
            print(f"\rfilled {min(first + BATCH, size):,} of {size:,} datasets", end="", file=sys.stderr, flush=True)
        for future in pending:
            future.result()
    make_connection().commit()
    model.Session.commit()
    print(file=sys.stderr)


def _insert(datasets: Iterable[Dataset]) -> None:
    tables = {
        "package": model.Package,
        "resource": model.Resource,
        "package_tag": model.PackageTag,
        "member": model.Member,
    }
    for name, table in tables.items():
        if rows := [row for dataset in datasets for row in dataset.rows[name]]:
            model.Session.execute(insert(table.__table__), rows)
    model.Session.commit()


def documents(datasets: Iterable[Dataset]) -> list[dict[str, Any]]:
    """Return the index documents that CKAN and our plugin's hook build for datasets."""
    packages = {dataset.default["id"]: model.Package(**dataset.rows["package"][0]) for dataset in datasets}
    with collected() as collection, mock.patch.object(model.Package, "get", packages.get):
        for dataset in datasets:
            index.PackageSearchIndex().index_package(dict(dataset.default, with_custom_schema=dataset.custom))
    return collection


@contextmanager
def collected() -> Iterator[list[dict[str, Any]]]:
    """Collect the documents that CKAN would send to Solr."""
    collection: list[dict[str, Any]] = []
    connection = mock.Mock()
    connection.add.side_effect = lambda docs, **_: collection.extend(docs)
    with mock.patch.object(index, "make_connection", return_value=connection):
        yield collection


def send(address: str, collection: Iterable[Mapping[str, Any]]) -> None:
    """Send documents to Solr in one request; values of None are left out, as by CKAN's client."""
    payload = [{name: value for name, value in document.items() if value is not None} for document in collection]
    headers = {"Content-Type": "application/json"}
    response = requests.post(address, data=json.dumps(payload), headers=headers, timeout=600)
    response.raise_for_status()


def main(ini: str, start: int, size: int) -> None:
    """Fill the portal that an ini file configures."""
    with make_app(load_config(ini))._wsgi_app.test_request_context():
        fill(size, start=start)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
