"""Install the plugin by the steps of the README on a portal with own scheming schemas and datasets."""

import json
from itertools import islice

import pytest
from ckan import model, plugins
from ckan.common import config
from ckan.lib.search import rebuild
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.config import standard
from ckanext.opensmartcity.standard import DECLARED_FIELD
from ckanext.opensmartcity.standard.migration import VERSION_FIELD
from support import form_pages
from support.ckan_app import WholeAnswers, make_flask_app
from support.own_types import OPTIONS, OWN_VALUES, SCHEMING

# Of the real datasets; the invented ones are fewer.
NUMBER = 60
BEFORE = {"ckan.plugins": SCHEMING, "scheming.dataset_schemas": OPTIONS["scheming.dataset_schemas"]}
AFTER = {"ckan.plugins": f"opensmartcity {SCHEMING}", "ckanext.opensmartcity.dataset_types": "dataset map"}


def start(options):
    config.update(options)
    plugins.load_all()
    model.Session.remove()


@pytest.fixture
def datasets(metadata, reset_db, reset_index, ckan_config, monkeypatch):
    """Datasets of both types that a portal has before the plugin is installed, as package_show returns them."""
    for name in (*BEFORE, *AFTER):
        monkeypatch.setitem(config, name, config.get(name))
    start(BEFORE)
    reset_db()
    reset_index()
    owner = factories.Organization()["id"]
    with (metadata / "tokyo-ckan/package_show.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, NUMBER)]
    made = []
    for number, row in enumerate(rows):
        kind = "map" if number % 5 == 4 else "dataset"
        values = {"title": row["title"], "name": f"{number}-{row['name']}"[:100], "owner_org": owner, "type": kind}
        if kind == "dataset":
            values |= {"notes": row.get("notes"), "license_id": row.get("license_id")}
        files = [{"url": each["url"], "name": each.get("name")} for each in row["resources"]]
        extras = [{"key": "source id", "value": row["id"]}]
        made.append(call_action("package_create", **values, **OWN_VALUES[kind], resources=files, extras=extras)["id"])
    yield [call_action("package_show", id=id) for id in made]
    plugins.unload_all()


def without_ours(record):
    """Return a record without the fields of the standard."""
    ours = {*standard().types[record["type"]].fields, DECLARED_FIELD, VERSION_FIELD}
    return {name: value for name, value in record.items() if name not in ours}


def test_nothing_of_theirs_changes_and_both_types_are_governed(datasets):
    written = [json.dumps(each) for each in datasets]
    start(AFTER)
    rebuild()
    shown = [call_action("package_show", id=each["id"]) for each in datasets]
    assert [json.dumps(without_ours(each)) for each in shown] == written
    stats = call_action("governance_stats")
    kinds = [each["type"] for each in datasets]
    assert stats["types"] == {"dataset": kinds.count("dataset"), "map": kinds.count("map"), "algorithm": 0}
    assert stats["index_lag"]["records"] == 0
    app, steward = WholeAnswers(make_flask_app()), factories.SysadminWithToken()
    assert app.get("/transparency").status_code == 200
    for each in datasets[3:5]:
        assert app.get(f"/{each['type']}/{each['name']}/transparency").status_code == 200
        call_action("package_patch", id=each["id"], privacy_class="non_personal")
        path = form_pages.page(each, "ownership", each["type"])
        values = form_pages.values_of(form_pages.form(app, steward, path)) | {"ownership_owner": "Parks"}
        assert form_pages.send(app, steward, path, **values).status_code == 302
        edited = form_pages.shown(each)
        assert (edited["privacy_class"], edited["ownership_owner"]) == ("non_personal", "Parks")
        assert form_pages.changed(each, without_ours(edited)) == set()
