"""Everything here runs on a real CKAN with PostgreSQL, Solr and Valkey."""

import pytest
from ckan import plugins


@pytest.fixture(scope="module")
def loaded_plugins():
    """The plugins of test.ini, loaded once a module: a load reads the schemas anew, a second for each test."""
    plugins.load_all()
    yield
    plugins.unload_all()


@pytest.fixture(scope="module")
def emptied(loaded_plugins, reset_db, reset_index):
    """A portal with nothing in it; each test brings its own records, under names that no other uses."""
    reset_db()
    reset_index()


@pytest.fixture(autouse=True)
def portal(emptied):
    """A portal with the plugin."""
