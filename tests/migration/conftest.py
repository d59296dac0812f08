"""Everything here runs on a real CKAN with PostgreSQL, Solr and Valkey."""

import pytest
from ckan import plugins


@pytest.fixture(scope="module")
def loaded_plugins():
    """The plugins of test.ini, loaded once a module: a load reads the schemas anew, a second for each test."""
    plugins.load_all()
    yield
    plugins.unload_all()


@pytest.fixture(autouse=True)
def portal(loaded_plugins, clean_db, clean_index):
    """A portal with the plugin and nothing in it: two cities have records of the same names."""
