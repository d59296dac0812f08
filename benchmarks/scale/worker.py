"""Process of one portal: runs the operations read from standard input and prints their times, both as JSON lines."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.lib import search

from .invention import invent
from .portals import PLAIN

FACETS = '["organization", "groups", "tags", "res_format", "license_id"]'


class Work:
    """Operations of a portal; each method prepares one and returns the function to time."""

    def __init__(self, kind: str) -> None:
        self._plain = kind == PLAIN
        self._user = _editor()
        self._ids: list[str] = []

    def create(self, number: int) -> Callable[[], Any]:
        """Create a dataset."""
        record = self._record(number)
        return lambda: self._ids.append(self._call("package_create", **record)["id"])

    def patch(self, number: int) -> Callable[[], Any]:
        """Change one answer of an existing dataset."""
        dataset = self._ids[number % len(self._ids)]
        return lambda: self._call("package_patch", id=dataset, ownership_owner=f"Department {number}")

    def show(self, number: int) -> Callable[[], Any]:
        """Show ten datasets."""
        chosen = [self._ids[(number + offset) % len(self._ids)] for offset in range(10)]
        return lambda: [self._call("package_show", id=dataset) for dataset in chosen]

    def search(self, number: int) -> Callable[[], Any]:
        """Search for a page of full rows with the facets of CKAN's page."""
        params = {"q": "city", "facet.field": FACETS, "rows": 20, "start": number % 5}
        return lambda: self._call("package_search", **params)

    def index(self, number: int) -> Callable[[], Any]:
        """Index ten datasets again, as a rebuild does."""
        chosen = [self._ids[(number + offset) % len(self._ids)] for offset in range(10)]
        return lambda: search.rebuild(package_ids=chosen, quiet=True)

    def _call(self, action: str, **data: Any) -> Any:
        return tk.get_action(action)({"user": self._user}, data)

    def _record(self, number: int) -> dict[str, Any]:
        invention = invent(number)
        answers = {name: self._value(value) for name, value in invention.answers.items()}
        own = {**invention.own, "name": f"bench-{uuid.uuid4().hex}", "owner_org": f"{self._user}-org", "private": False}
        return {**own, **answers, "resources": list(invention.files), "tags": [{"name": tag} for tag in invention.tags]}

    def _value(self, answer: Any) -> Any:
        return json.dumps(answer) if self._plain and isinstance(answer, list) else answer


def _editor() -> str:
    """Create an editor with an organisation, and return the user name."""
    name, site = f"bench-{uuid.uuid4().hex[:12]}", {"ignore_auth": True}
    site["user"] = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    details = {"name": name, "email": f"{name}@example.org", "password": uuid.uuid4().hex}
    tk.get_action("user_create")(dict(site), details)
    members = [{"name": name, "capacity": "editor"}]
    tk.get_action("organization_create")(dict(site), {"name": f"{name}-org", "users": members})
    return name


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Run an operation like a separate request; return wall-clock and processor seconds."""
    model.Session.remove()
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def main(ini: str, kind: str) -> None:
    """Run operations until standard input ends."""
    answers = sys.stdout
    with redirect_stdout(sys.stderr), make_app(load_config(ini))._wsgi_app.test_request_context():
        work = Work(kind)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            answers.write(json.dumps(_timed(getattr(work, name)(**arguments))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
