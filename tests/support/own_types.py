"""Portal of a city that has scheming schemas of its own, for datasets and for a second type, `map`."""

from pathlib import Path
from uuid import uuid4

import pytest
from ckan import plugins
from ckan.common import config
from ckan.tests import factories
from support.ckan_app import make_flask_app
from support.ckan_version import IS_2_11

SCHEMAS = Path(__file__).parents[1] / "data/own_schemas"
OPTIONS = {
    "ckanext.opensmartcity.dataset_types": "dataset map",
    "scheming.dataset_schemas": " ".join((SCHEMAS / name).as_uri() for name in ("map.yaml", "dataset.yaml")),
    "scheming.presets": "ckanext.scheming:presets.json",
}
# CKAN 2.11 cannot index repeating subfields without the second plugin of ckanext-scheming.
SCHEMING = "scheming_datasets scheming_nerf_index" if IS_2_11 else "scheming_datasets"
if IS_2_11:
    OPTIONS["ckan.plugins"] = f"opensmartcity {SCHEMING}"
# Values of the city's own fields, as package_show returns them.
OWN_VALUES = {
    "dataset": {
        "cost_centre": "4711",
        "update_rhythm": "daily",
        "quarters": ["harbour", "old_town"],
        "desks": [{"name": "Parking", "email": "parking@city.example"}, {"name": "Trees", "email": ""}],
        "title_in": {"nl": "Bomen"},
    },
    "map": {"scale": "1:500", "layers": ["water"], "surveyors": [{"name": "A. Meter"}, {"name": "B. Chain"}]},
}


@pytest.fixture(scope="module")
def own_types(reset_db, reset_index):
    """Load the plugins on a portal with the city's schemas; return its Flask application."""
    before = {name: config[name] for name in OPTIONS if name in config}
    config.update(OPTIONS)
    plugins.load_all()
    reset_db()
    reset_index()
    yield make_flask_app()
    for name in OPTIONS:
        config.pop(name, None)
    config.update(before)
    plugins.unload_all()


@pytest.fixture(autouse=True)
def portal(own_types, monkeypatch):
    """Set the options for each test: CKAN's fixtures restore those of test.ini."""
    for name, value in OPTIONS.items():
        monkeypatch.setitem(config, name, value)


@pytest.fixture(scope="module")
def portal_app(own_types):
    """Flask application, for the fixture `app`."""
    return own_types


def new_record(kind, **values):
    """Create a record with all own fields."""
    name = f"{kind}-{uuid4().hex[:8]}"
    return factories.Dataset(type=kind, name=name, title=name, **OWN_VALUES[kind], **values)
