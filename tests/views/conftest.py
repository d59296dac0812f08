"""Everything here runs on a real CKAN with PostgreSQL, Solr and Valkey."""

import pytest


@pytest.fixture(autouse=True)
def portal(with_plugins, clean_db, clean_index):
    """A portal with the plugin and nothing in it."""
