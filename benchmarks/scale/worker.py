"""The process of one portal: does what it is told on standard input, and answers how long it took."""

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
    """What a portal is told to do; each method is one thing, timed without its preparation."""

    def __init__(self, kind: str) -> None:
        self._plain = kind == PLAIN
        self._user = _editor()
        self._ids: list[str] = []

    def create(self, number: int) -> Callable[[], Any]:
        """Create a dataset."""
        record = self._record(number)
        return lambda: self._ids.append(self._call("package_create", **record)["id"])

    def patch(self, number: int) -> Callable[[], Any]:
        """Change one answer of a dataset that is there."""
        dataset = self._ids[number % len(self._ids)]
        return lambda: self._call("package_patch", id=dataset, ownership_owner=f"Department {number}")

    def show(self, number: int) -> Callable[[], Any]:
        """Show a dataset, ten times over."""
        chosen = [self._ids[(number + each) % len(self._ids)] for each in range(10)]
        return lambda: [self._call("package_show", id=dataset) for dataset in chosen]

    def search(self, number: int) -> Callable[[], Any]:
        """Search with the facets of CKAN's own page, and have a page of full rows."""
        asked = {"q": "city", "facet.field": FACETS, "rows": 20, "start": number % 5}
        return lambda: self._call("package_search", **asked)

    def index(self, number: int) -> Callable[[], Any]:
        """Write ten datasets anew into the search index, as a rebuild does."""
        chosen = [self._ids[(number + each) % len(self._ids)] for each in range(10)]
        return lambda: search.rebuild(package_ids=chosen, quiet=True)

    def _call(self, action: str, **data: Any) -> Any:
        return tk.get_action(action)({"user": self._user}, data)

    def _record(self, number: int) -> dict[str, Any]:
        found = invent(number)
        answers = {name: self._value(value) for name, value in found.answers.items()}
        own = {**found.own, "name": f"bench-{uuid.uuid4().hex}", "owner_org": f"{self._user}-org", "private": False}
        return {**own, **answers, "resources": list(found.files), "tags": [{"name": tag} for tag in found.tags]}

    def _value(self, answer: Any) -> Any:
        return json.dumps(answer) if self._plain and isinstance(answer, list) else answer


def _editor() -> str:
    """Make an editor with an organisation, and return the name."""
    name, site = f"bench-{uuid.uuid4().hex[:12]}", {"ignore_auth": True}
    site["user"] = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    details = {"name": name, "email": f"{name}@example.org", "password": uuid.uuid4().hex}
    tk.get_action("user_create")(dict(site), details)
    members = [{"name": name, "capacity": "editor"}]
    tk.get_action("organization_create")(dict(site), {"name": f"{name}-org", "users": members})
    return name


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Do something as a request of its own would, and return seconds of the clock and of the processor."""
    model.Session.remove()
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def main(ini: str, kind: str) -> None:
    """Work until standard input ends."""
    answers = sys.stdout
    with redirect_stdout(sys.stderr), make_app(load_config(ini))._wsgi_app.test_request_context():
        work = Work(kind)
        for line in sys.stdin:
            name, arguments = json.loads(line)
            answers.write(json.dumps(_timed(getattr(work, name)(**arguments))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
