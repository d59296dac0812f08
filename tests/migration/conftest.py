"""Everything here runs on a real CKAN with PostgreSQL, Solr and Valkey."""

import pytest
from running import loaded_plugins

__all__ = ["loaded_plugins"]


@pytest.fixture(autouse=True)
def portal(loaded_plugins, clean_db, clean_index):
    """A portal with the plugin and nothing in it: two cities have records of the same names."""
