"""A real CKAN with ckanext-dcat beside our plugin."""

import pytest
from ckan import plugins
from ckan.common import config

WITH_DCAT = {
    "ckan.plugins": "opensmartcity scheming_datasets dcat",
    "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3 opensmartcity",
}


@pytest.fixture(scope="module")
def loaded_plugins():
    """The plugins of test.ini and ckanext-dcat, loaded once a module."""
    before = {key: config.get(key) for key in WITH_DCAT}
    config.update(WITH_DCAT)
    plugins.load_all()
    yield
    plugins.unload_all()
    config.update({key: value for key, value in before.items() if value is not None})
    config.pop("ckanext.dcat.rdf.profiles", None)


@pytest.fixture(scope="module")
def emptied(loaded_plugins, reset_db, reset_index):
    """A portal with nothing in it; each test brings its own records, under names that no other uses."""
    reset_db()
    reset_index()


@pytest.fixture(autouse=True)
def portal(emptied):
    """A portal with the plugin and ckanext-dcat."""
