"""Open each GET route of a portal as three visitors, and write what each page answers.

Runs in the environment of the portal: `python -m benchmarks.neighbours.crawl INI CONTENT PAGES [PACKAGE]`. With a
package only its pages and those of the algorithm register are opened. Parameters of routes are filled from the content
of the portal. A line of PAGES is one page (`Page` in pages.py).
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.cli import load_config
from ckan.config.middleware import make_app
from support.route_addresses import address, get_rules
from werkzeug.test import Client

from .configuration import MOUNT
from .pages import Page, read_items

# Records with which the parameters of a route are filled; of the pages in MANY this number of datasets.
SAMPLES, DATASETS = 1, 25
# Routes that change something although they answer GET, pages of random text, and the files of assets.
LEFT_OUT = {
    *("harvest.delete", "harvester.abort", "harvester.clear", "harvester.delete", "harvester.refresh"),
    *("static", "webassets.index", "util.primer"),
}
# Opened for more datasets, as anonymous.
MANY = {"dataset.read", "opensmartcity.transparency"}
# Values of parameters that do not depend on the record.
FIXED = {
    "group": "privacy",
    "kind": "dataset",
    "form": "csv",
    "size": 1,
    "ver": 3,
    "_format": "ttl",
    "field": "tags",
    "locale": "de",
    "page": "impressum",
    "username": "editor",
    "license_id": "cc-by",
    "object_type": "package",
}
# What an id names, by the first part of a path.
KINDS = ("dataset", "organization", "group", "showcase", "harvest", "algorithm")


class _Errors(logging.Handler):
    """Last exception that was logged."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            frame = record.exc_info[2]
            while frame and frame.tb_next:
                frame = frame.tb_next
            place = f" ({Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno})" if frame else ""
            self.last = f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}{place}"[:300]


def main(ini: str, content: str, written: str, package: str = "") -> None:
    """Open all pages and write them."""
    app = make_app(load_config(ini))
    known = json.loads(Path(content).read_text(encoding="utf-8"))
    errors = _Errors()
    logging.getLogger("ckan").addHandler(errors)
    visitors = {"anonymous": {}, **{user: {"Authorization": token} for user, token in known["tokens"].items()}}
    client = Client(app)
    with Path(written).open("w", encoding="utf-8") as pages:
        for owner, endpoint, path, everybody in addresses(app._wsgi_app, known):
            if not owner.startswith(package) and not endpoint.startswith("algorithm"):
                continue
            for visitor, headers in visitors.items() if everybody else [("anonymous", {})]:
                errors.last = ""
                answer = client.get(path, base_url=f"https://daten.mytown.example{MOUNT}", headers=headers)
                page = Page(
                    owner=owner,
                    endpoint=endpoint,
                    path=path,
                    visitor=visitor,
                    status=answer.status_code,
                    location=answer.headers.get("Location", ""),
                    items=read_items(answer.mimetype, answer.get_data()),
                    error=errors.last if answer.status_code >= 500 else "",
                )
                answer.close()
                pages.write(page.dump() + "\n")


def addresses(app: Any, known: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield module of the view, endpoint, path, and whether all visitors open it, for each GET route."""
    seen = set()
    for rule in get_rules(app.url_map, lambda rule: rule.endpoint not in LEFT_OUT):
        owner = _owner(app, rule.endpoint)
        paths = list(_paths(rule, known))
        if not paths:
            print(f"not opened: {rule.rule} ({rule.endpoint})")
        for number, path in enumerate(paths):
            if path not in seen:
                seen.add(path)
                yield owner, rule.endpoint, path, number < SAMPLES
    with app.test_request_context():
        from ckan.logic import _actions  # noqa: PLC0415  (filled by get_action)

        tk.get_action("package_show")
        free = sorted(name for name, function in _actions.items() if getattr(function, "side_effect_free", False))
        owners = {name: _module(_actions[name]) for name in free}
    for name in free:
        for query in ("", f"?id={known['dataset'][0]['id']}"):
            yield owners[name], f"api.{name}", f"/api/3/action/{name}{query}", True
    for dataset in known["dataset"]:
        yield "ckan.logic", "api.package_show", f"/api/3/action/package_show?id={dataset['uuid']}", False


def _paths(rule: Any, known: dict[str, Any]) -> Iterator[str]:
    """Yield the paths of a route for some records, or for all of them."""
    kind = rule.rule.strip("/").split("/")[0]
    if kind == "<package_type>" or (kind not in KINDS and "resource_id" in rule.arguments):
        kind = "dataset"
    samples = known.get(kind, ()) if kind in KINDS else known.get("user", ["editor"])
    shared = FIXED | {name: known[name][0] for name in ("activity_id",) if name in known}
    limit = DATASETS if rule.endpoint in MANY else SAMPLES
    records = [each if isinstance(each, dict) else {"id": each} for each in samples]
    fitting = [each for each in records if rule.arguments & {"resource_id", "view_id"} <= each.keys()]
    for record in fitting[:limit] if rule.arguments else [{}]:
        values = shared | {"package_type": kind, "org_id": known["organization"][0]} | record
        if "event" in rule.endpoint and "event" in known:
            values["id"] = known["event"][0]
        values |= {"resource": record.get("resource_id"), "group_type": kind, "logic_function": None}
        if path := address(rule, values):
            yield path


def _owner(app: Any, endpoint: str) -> str:
    return _module(app.view_functions[endpoint])


def _module(function: Any) -> str:
    view_class = getattr(function, "view_class", None)
    return str((view_class or function).__module__)


if __name__ == "__main__":
    main(*sys.argv[1:])
