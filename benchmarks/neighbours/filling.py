"""Content of the city's portal: departments, datasets, and a record of each kind that an extension adds.

Runs in the environment of the portal: `python -m benchmarks.neighbours.filling INI CONTENT [RECORDS]`, and once ours is
installed `… filling ours INI CONTENT`. Writes the
names and ids with which the crawl fills the parameters of routes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app

DATASETS = 200
DEPARTMENTS = ("Verkehr", "Stadtgrün", "Wohnen", "Kultur", "Umwelt", "Schule", "Statistik", "Feuerwehr")
SUBJECTS = ("Radzählstellen", "Bäume im Straßenraum", "Baugenehmigungen", "Veranstaltungen", "Luftmesswerte", "Kitas")
FORMATS = ("CSV", "GeoJSON", "PDF", "XLSX", "TXT", "PNG", "SHP", "JSON")
BBOX = '{"type": "Polygon", "coordinates": [[[9.9, 53.5], [10.1, 53.5], [10.1, 53.6], [9.9, 53.6], [9.9, 53.5]]]}'
# Every seventh is private, so that visitors, editors and sysadmins see different lists.
PRIVATE = 7


def main(ini: str, content: str, records: str = "") -> None:
    """Fill an empty portal and write what the crawl needs."""
    app = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():
        Path(content).write_text(json.dumps(_fill(records), ensure_ascii=False), encoding="utf-8")


def _act(action: str, actor: str = "", **values: Any) -> Any:
    return tk.get_action(action)({"user": actor or _site_user(), "ignore_auth": True}, values)


def _site_user() -> str:
    return str(tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"])


def _fill(records: str) -> dict[str, Any]:
    for name in ("editor", "sysadmin"):
        _act("user_create", name=name, email=f"{name}@mytown.example", password="only-for-this-run")  # noqa: S106
    model.User.get("sysadmin").sysadmin = True
    model.Session.commit()
    tokens = {user: _act("api_token_create", user=user, name="crawl")["token"] for user in ("editor", "sysadmin")}
    organizations = [_organization(number, title) for number, title in enumerate(DEPARTMENTS)]
    groups = [_act("group_create", actor="sysadmin", name=f"thema-{n}", title=f"Thema {n}")["name"] for n in range(3)]
    written = _read(records) if records else _invent()
    datasets = [_dataset(n, each, organizations, groups) for n, each in enumerate(islice(written, DATASETS))]
    known = {"tokens": tokens, "organization": organizations, "group": groups, "dataset": datasets}
    for name, create in OTHERS.items():
        try:
            known[name] = create(datasets)
        except Exception as error:  # noqa: BLE001  (a fault of an extension must not hide those of others)
            model.Session.rollback()
            print(f"no record of the kind {name}: {type(error).__name__}: {error}"[:300])
    return {name: values for name, values in known.items() if values}


def add_ours(ini: str, content: str) -> None:
    """Add what only our plugin knows to a filled portal: an algorithm, answers, a question, a story and an event."""
    app = make_app(load_config(ini))
    known = json.loads(Path(content).read_text(encoding="utf-8"))
    dataset = "kitas"
    with app._wsgi_app.test_request_context():
        register = {"type": "algorithm", "name": "zuteilung", "title": "Zuteilung der Kitaplätze"}
        _act("package_create", actor="sysadmin", owner_org=known["organization"][0], **register)
        answers = {"privacy_class": "personal", "algorithm_use": "in_use", "algorithm_systems": ["zuteilung"]}
        file = {"name": "Kitas", "format": "CSV", "url": _file(0, "CSV")}
        own = {"name": dataset, "title": "Kitas", "bureau": "B-0", "resources": [file], **answers}
        created = _act("package_create", actor="sysadmin", owner_org=known["organization"][0], **own)
        resource = created["resources"][0]["id"]
        entry = {"id": dataset, "uuid": created["id"], "resource_id": resource, "view_id": _view(resource)}
        _act("governance_question_create", id=dataset, text="Bin ich in diesen Daten?")
        story = _act("governance_story_create", id=dataset, kind="use", title="Hilfreich", text="Ein freier Kitaplatz.")
        _act("governance_story_moderate", actor="sysadmin", id=story["id"], decision="show")
        event = _act("governance_history", actor="sysadmin", id=dataset)["events"][0]["id"]
    known |= {"algorithm": ["zuteilung"], "event": [event], "dataset": [entry, *known["dataset"]]}
    Path(content).write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")


def _organization(number: int, title: str) -> str:
    values: dict[str, Any] = {
        "name": f"amt-{number}",
        "title": title,
        "users": [{"name": "editor", "capacity": "admin"}],
    }
    if number % 4:
        values["groups"] = [{"name": f"amt-{number - number % 4}", "capacity": "public"}]
    return str(_act("organization_create", actor="sysadmin", **values)["name"])


def _invent() -> Iterator[dict[str, Any]]:
    for number in range(DATASETS):
        subject = f"{SUBJECTS[number % len(SUBJECTS)]} {1900 + number}"
        files = [
            {"name": f"{subject} {kind}", "format": kind, "url": _file(number, kind)} for kind in FORMATS[: number % 9]
        ]
        yield {"title": subject, "notes": f"Zahlen zu *{subject}*.", "license_id": "cc-by", "resources": files}


def _file(number: int, kind: str) -> str:
    return f"https://dateien.mytown.example/{number}.{kind.lower()}"


def _read(records: str) -> Iterator[dict[str, Any]]:
    """Yield the describing fields of records as `package_show` gives them, one JSON object a line."""
    with Path(records).open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            files = [
                {name: each.get(name) for name in ("name", "description", "format", "url")}
                for each in record["resources"]
            ]
            kept = {name: record.get(name) for name in ("title", "notes", "url", "license_id")}
            yield kept | {"resources": files[:5], "tags": [{"name": tag["name"]} for tag in record.get("tags", ())]}


def _dataset(number: int, record: dict[str, Any], organizations: list[str], groups: list[str]) -> dict[str, str]:
    own = {
        "bureau": f"B-{number}",
        "update_rhythm": "daily" if number % 2 else "yearly",
        "topics": ["traffic", "housing"][: number % 3],
        "helpdesk": [{"name": "Auskunft", "email": "auskunft@mytown.example"}][: number % 2],
    }
    if "fluent" in tk.config["ckan.plugins"]:
        own["summary"] = {"de": f"Kurz {number}", "en": f"Short {number}"}
    if number % 5 == 0:
        own["spatial"] = BBOX
    created = _act(
        "package_create",
        actor="sysadmin",
        **record | own,
        name=f"daten-{number}",
        private=number % PRIVATE == PRIVATE - 1,
        owner_org=organizations[number % len(organizations)],
        groups=[{"name": groups[number % 3]}],
    )
    dataset = {"id": created["name"], "uuid": created["id"]}
    if created["resources"]:
        resource = created["resources"][0]["id"]
        views = _act("resource_view_list", id=resource)
        dataset |= {"resource_id": resource, "view_id": views[0]["id"] if views else _view(resource)}
    return dataset


def _view(resource: str) -> str:
    values = {"resource_id": resource, "title": "Ansicht", "view_type": "text_view"}
    return str(_act("resource_view_create", actor="sysadmin", **values)["id"])


def _pages(_: Any) -> list[str]:
    if "pages" not in tk.config["ckan.plugins"]:
        return []
    for kind, name in (("page", "impressum"), ("blog", "neuigkeit")):
        content = {"title": name.title(), "content": "# Text\n\nAbsatz", "private": False, "publish_date": "2026-01-02"}
        _act("ckanext_pages_update", actor="sysadmin", page=name, name=name, page_type=kind, **content)
    return ["impressum", "neuigkeit"]


def _showcases(datasets: list[dict[str, str]]) -> list[str]:
    if "showcase" not in tk.config["ckan.plugins"]:
        return []
    made = _act("ckanext_showcase_create", actor="sysadmin", name="karte", title="Karte der Bäume", notes="Eine Karte.")
    _act(
        "ckanext_showcase_package_association_create",
        actor="sysadmin",
        showcase_id=made["id"],
        package_id=datasets[0]["id"],
    )
    return ["karte"]


def _harvest_sources(_: Any) -> list[str]:
    if "harvest" not in tk.config["ckan.plugins"]:
        return []
    values = {
        "url": "https://daten.nachbarort.example",
        "source_type": "ckan",
        "frequency": "MANUAL",
        "owner_org": "amt-0",
    }
    made = _act("harvest_source_create", actor="sysadmin", name="nachbarort", title="Nachbarort", **values)
    return [made["name"]]


def _activities(datasets: list[dict[str, str]]) -> list[str]:
    return [each["id"] for each in _act("package_activity_list", actor="sysadmin", id=datasets[0]["uuid"])]


def _tables(datasets: list[dict[str, str]]) -> list[str]:
    """Store rows for one resource in the DataStore, and return it."""
    resource = next(each["resource_id"] for each in datasets if "resource_id" in each)
    rows = [{"jahr": 2000 + number, "anzahl": number} for number in range(30)]
    _act("datastore_create", actor="sysadmin", resource_id=resource, records=rows, force=True)
    return [resource]


OTHERS = {
    "page": _pages,
    "showcase": _showcases,
    "harvest": _harvest_sources,
    "activity_id": _activities,
    "table": _tables,
}

if __name__ == "__main__":
    if sys.argv[1] == "ours":
        add_ours(*sys.argv[2:])
    else:
        main(*sys.argv[1:])
