"""Everything here runs on a real CKAN with PostgreSQL, Solr and Valkey."""

import pytest
from ckan import plugins
from ckan.lib.redis import connect_to_redis
from voices_city import make_city, make_people


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


@pytest.fixture(autouse=True)
def no_counters(portal):
    """No question of another test counts in this one."""
    connection = connect_to_redis()
    for key in connection.scan_iter("ckan:*:opensmartcity:voices:*"):
        connection.delete(key)


@pytest.fixture(scope="module")
def people(emptied):
    """Two organisations and the users of each role, each with a token."""
    return make_people()


@pytest.fixture
def city(people):
    """These people, and a public and a private dataset of the first organisation that no other test uses."""
    return make_city(*people)
