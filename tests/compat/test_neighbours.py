"""Pages of ours beside plugins that extend CKAN's base template of a dataset and read any part of the record."""

import pytest
from ckan import plugins
from ckan.common import config
from ckan.lib import helpers
from ckan.lib.helpers import literal
from ckan.tests import factories
from ckanext.opensmartcity.plugin import get_blueprints
from support.ckan_app import make_flask_app
from support.route_addresses import address, get_rules, of_blueprints

PLUGINS = "dcat structured_data croissant opensmartcity scheming_datasets"


@pytest.fixture(scope="module")
def portal_app(reset_db, reset_index):
    before = config["ckan.plugins"]
    config["ckan.plugins"] = PLUGINS
    plugins.load_all()
    reset_db()
    reset_index()
    yield make_flask_app()
    config["ckan.plugins"] = before
    plugins.unload_all()


@pytest.fixture(autouse=True)
def portal(portal_app, monkeypatch):
    monkeypatch.setitem(config, "ckan.plugins", PLUGINS)


@pytest.fixture
def record():
    """A dataset with all that neighbours look for: organisation, tags, resources, a licence."""
    return factories.Dataset(
        owner_org=factories.Organization()["id"],
        tags=[{"name": "parking"}],
        resources=[{"url": "https://data.example/parking.csv", "format": "CSV", "name": "Parking"}],
        license_id="cc-by",
        privacy_class="non_personal",
    )


def pages(portal_app, record):
    """Return the path of each page of a dataset that is ours, and CKAN's own."""
    of_ours = of_blueprints({each.name for each in get_blueprints()})
    values = {"package_type": "dataset", "id": record["name"], "group": "privacy"}
    rules = get_rules(portal_app.url_map, lambda rule: of_ours(rule) and {"package_type", "id"} <= rule.arguments)
    return {path for rule in rules if (path := address(rule, values))} | {f"/dataset/{record['name']}"}


def test_every_page_of_a_dataset_opens_as_anonymous_and_as_sysadmin(app, portal_app, record):
    paths, token = sorted(pages(portal_app, record)), factories.SysadminWithToken()["token"]
    assert len(paths) > 8
    for headers in ({}, {"Authorization": token}):
        answers = {path: app.get(path, headers=headers, follow_redirects=False).status_code for path in paths}
        assert {path: code for path, code in answers.items() if code >= 500} == {}
        assert answers[f"/dataset/{record['name']}/transparency"] == 200


def test_the_neighbours_describe_the_dataset_on_our_page(app, record):
    body = app.get(f"/dataset/{record['name']}/transparency").body
    assert body.count('<script type="application/ld+json">') == 2
    assert "https://data.example/parking.csv" in body


def test_entries_that_a_neighbour_adds_to_the_navigation_are_shown_once(app, monkeypatch):
    original = helpers.helper_functions["build_nav_main"]
    # As ckanext-pages does.
    added = literal('<li><a href="/pages/imprint">Imprint</a></li>')
    monkeypatch.setitem(helpers.helper_functions, "build_nav_main", lambda *items: original(*items) + added)
    body = app.get("/about").body
    assert body.count("/pages/imprint") == 1
    assert '<li><a href="/transparency">' in body
