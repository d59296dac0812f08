"""A real CKAN with ckanext-dcat beside our plugin."""

import pytest
from ckan import plugins
from ckan.common import config
from ckan.tests.helpers import _get_test_app

WITH_DCAT = {
    "ckan.plugins": "opensmartcity scheming_datasets dcat",
    "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3 opensmartcity",
}


@pytest.fixture(scope="module")
def made(reset_db, reset_index):
    """An empty portal with ckanext-dcat, made once a module: each test brings its own records."""
    config.update(WITH_DCAT)
    made = _get_test_app()
    reset_db()
    reset_index()
    yield made
    plugins.unload_all()


@pytest.fixture(autouse=True)
def portal(made, monkeypatch):
    """A portal with the plugin and ckanext-dcat; CKAN's tests begin each with the options of test.ini."""
    for key, value in WITH_DCAT.items():
        monkeypatch.setitem(config, key, value)


@pytest.fixture
def app(made, portal):
    """The portal, not made anew for each test."""
    return made
