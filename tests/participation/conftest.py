"""Everything here runs on a real CKAN with PostgreSQL, Solr and Valkey."""

import pytest
from ckan.lib.redis import connect_to_redis
from support.ckan_app import app, cli, emptied, loaded_plugins, portal, portal_app
from support.participation_city import make_city, own_keys
from support.roles import make_people

__all__ = ["app", "cli", "emptied", "loaded_plugins", "portal", "portal_app"]


@pytest.fixture(autouse=True)
def no_counters(portal):
    """Delete the counters of other tests."""
    connection = connect_to_redis()
    for key in own_keys():
        connection.delete(key)


@pytest.fixture(scope="module")
def people(emptied):
    """Two organisations and the users of each role, each with a token."""
    return make_people()


@pytest.fixture
def city(people):
    """These people, and a public and a private dataset of the first organisation that no other test uses."""
    return make_city(*people)
