"""Fills a portal with invented datasets in bulk: rows straight into PostgreSQL, documents straight into Solr.

Through the API 100,000 datasets take hours. Here only the first of each licence is made by CKAN's own actions, and the
others have its shape. Their documents come from CKAN's own index building and the hook of our plugin, so a portal
cannot tell them from others; `tests/governance/test_bulk_data.py` compares. What bulk leaves out: events of the ledger,
as on a portal where the plugin was enabled today, and activities.
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
class Made:
    """A dataset as CKAN's index building takes it, and its rows by table."""

    default: dict[str, Any]
    custom: dict[str, Any]
    rows: Mapping[str, list[dict[str, Any]]]


class Filler:
    """Makes datasets of the shape that CKAN gave to the first ones."""

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
        """Return an organisation or a group, made if it is missing."""
        if model.Group.get(slug(title)) is None:
            tk.get_action(f"{kind}_create")(self._context(), {"name": slug(title), "title": title})
        shown = tk.get_action(f"{kind}_show")(self._context(), {"id": slug(title), "include_users": False})
        return dict(shown)

    def _first(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """Have CKAN make a dataset with a licence and everything else that there is; return both its forms."""
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

    def make(self, number: int) -> Made:
        """Make the dataset of a number."""
        found = invent(number, self.seed)
        package = identifier(self.seed, number)
        governed = self._governed(found)
        own = self._own(found, package)
        resources = [self._resource(found, package, each) for each in range(len(found.files))]
        related = {"tags": [self._tags[tag] for tag in found.tags], "groups": [self._groups[t] for t in found.themes]}
        counts = {"num_resources": len(resources), "num_tags": len(found.tags)}
        extras = {name: as_stored(value) for name, value in governed.items()}
        listed = [{"key": key, "value": value} for key, value in extras.items()]
        shared = own | related | counts
        default = _replaced(self._default, shared) | {"url": own["url"], "extras": listed, "resources": resources}
        custom = _replaced(self._custom, shared | governed) | {"resources": [stripped(each) for each in resources]}
        if governed:
            custom.pop("extras", None)
        return Made(default, custom, self._rows(found, own, extras, resources))

    def _governed(self, found: Invention) -> dict[str, Any]:
        record = {**found.own, **found.answers, "type": "dataset"}
        answers = read_record(config.standard(), record, config.settings()).answers
        told = {name: list(value) if isinstance(value, tuple) else value for name, value in answers.items()}
        return told | ({VERSION_FIELD: config.standard().version} if told else {})

    def _own(self, found: Invention, package: str) -> dict[str, Any]:
        owner = self._owners[slug(found.department)]
        day = START + timedelta(minutes=7 * (found.number % 90_000), microseconds=found.number % 999_999 + 1)
        return {
            **found.own,
            "id": package,
            **self._licences[found.own["license_id"]],
            "url": found.own["url"] or None,
            "organization": owner,
            "owner_org": owner["id"],
            "metadata_created": day.isoformat(),
            "metadata_modified": day.isoformat(),
        }

    def _resource(self, found: Invention, package: str, each: int) -> dict[str, Any]:
        shape = self._default["resources"][0]
        mine = {"id": identifier(self.seed, found.number, each), "package_id": package, "position": each}
        return {**shape, **found.files[each], **mine}

    def _rows(
        self, found: Invention, own: dict[str, Any], extras: dict[str, str], resources: list[dict[str, Any]]
    ) -> dict[str, list[dict[str, Any]]]:
        columns = model.Package.__table__.columns.keys()
        package = {key: value for key, value in {**self._default, **own}.items() if key in columns}
        dates = {key: datetime.fromisoformat(own[key]) for key in ("metadata_created", "metadata_modified")}
        members = [(owner, "public") for owner in (self._groups[theme]["id"] for theme in found.themes)]
        members.append((own["owner_org"], "organization"))
        active = "active"
        return {
            "package": [package | dates | {"extras": extras, "plugin_data": None}],
            "resource": [_row(resource) for resource in resources],
            "package_tag": [
                {
                    "id": self._id(found, tag),
                    "package_id": own["id"],
                    "tag_id": self._tags[tag]["id"],
                    "state": "active",
                }
                for tag in found.tags
            ],
            "member": [
                {
                    "id": self._id(found, group),
                    "group_id": group,
                    "table_id": own["id"],
                    "table_name": "package",
                    "capacity": capacity,
                    "state": active,
                }
                for group, capacity in members
            ],
        }

    def _id(self, found: Invention, what: str) -> str:
        return identifier(self.seed, found.number, what)


def slug(title: str) -> str:
    """Return the name of an organisation or group for the address of its page."""
    return title.lower().replace(" ", "-")


def _replaced(shape: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a shape with other values; what is nothing is not there."""
    others = {name: value for name, value in shape.items() if name not in values}
    return others | {name: value for name, value in values.items() if value is not None}


def stripped(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource as the schema of the standard shows it: without a description that nobody wrote."""
    return {key: value for key, value in resource.items() if key != "description" or value is not None}


def _row(resource: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("created", "metadata_modified")
    return {**resource, "extras": None} | {key: datetime.fromisoformat(resource[key]) for key in dates}


def fill(size: int, seed: int = 7, start: int = 0) -> None:
    """Fill the portal with the datasets from `start` to `size`."""
    filler, address = Filler(seed), f"{tk.config['solr_url']}/update"
    with ThreadPoolExecutor(SENDERS) as senders:
        sent: deque[Future[None]] = deque()
        for first in range(start, size, BATCH):
            made = [filler.make(number) for number in range(first, min(first + BATCH, size))]
            _insert(made)
            sent.append(senders.submit(send, address, documents(made)))
            if len(sent) > SENDERS:
                sent.popleft().result()
            print(f"\rfilled {min(first + BATCH, size):,} of {size:,} datasets", end="", file=sys.stderr, flush=True)
        for each in sent:
            each.result()
    make_connection().commit()
    model.Session.commit()
    print(file=sys.stderr)


def _insert(made: Iterable[Made]) -> None:
    tables = {
        "package": model.Package,
        "resource": model.Resource,
        "package_tag": model.PackageTag,
        "member": model.Member,
    }
    for name, table in tables.items():
        if rows := [row for each in made for row in each.rows[name]]:
            model.Session.execute(insert(table.__table__), rows)
    model.Session.commit()


def documents(made: Iterable[Made]) -> list[dict[str, Any]]:
    """Return the documents that CKAN's index building and our hook make of datasets."""
    packages = {each.default["id"]: model.Package(**each.rows["package"][0]) for each in made}
    with collected() as found, mock.patch.object(model.Package, "get", packages.get):
        for each in made:
            index.PackageSearchIndex().index_package(dict(each.default, with_custom_schema=each.custom))
    return found


@contextmanager
def collected() -> Iterator[list[dict[str, Any]]]:
    """Collect what CKAN would send to Solr instead of sending it."""
    found: list[dict[str, Any]] = []
    connection = mock.Mock()
    connection.add.side_effect = lambda docs, **_: found.extend(docs)
    with mock.patch.object(index, "make_connection", return_value=connection):
        yield found


def send(address: str, found: Iterable[Mapping[str, Any]]) -> None:
    """Send documents to Solr, many in one request; what is nothing is left out, as CKAN's client does."""
    kept = [{name: value for name, value in each.items() if value is not None} for each in found]
    headers = {"Content-Type": "application/json"}
    answer = requests.post(address, data=json.dumps(kept), headers=headers, timeout=600)
    answer.raise_for_status()


def main(ini: str, start: int, size: int) -> None:
    """Fill the portal of a configuration."""
    with make_app(load_config(ini))._wsgi_app.test_request_context():
        fill(size, start=start)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
