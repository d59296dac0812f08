"""Fixtures for tests on a real CKAN with PostgreSQL, Solr and Valkey."""

from support.ckan_app import app, cli, emptied, loaded_plugins, portal, portal_app

__all__ = ["app", "cli", "emptied", "loaded_plugins", "portal", "portal_app"]
