"""Fixtures of tests that run on a real CKAN with PostgreSQL, Solr and Valkey: one portal per module."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ckan import model, plugins
from ckan.cli import cli as ckan_cli
from ckan.common import config
from ckan.lib.app_globals import _CONFIG_CACHE
from ckan.lib.search import common
from ckan.tests.helpers import CKANTestApp, _get_test_app
from flask.testing import FlaskClient
from sqlalchemy import event
from support.ckan_version import IS_2_11

__all__ = ["app", "cli", "emptied", "loaded_plugins", "portal", "portal_app"]

if IS_2_11:
    # CKAN 2.11 reads the address of Solr once, when it starts; 2.12 for each connection, so that tests can change it.
    common.SolrSettings.get = lambda: (config["solr_url"], config.get("solr_user"), config.get("solr_password"))


@pytest.fixture(scope="module")
def loaded_plugins():
    """Load the plugins of test.ini once per module: loading parses the schemas again and takes a second."""
    plugins.load_all()
    yield
    plugins.unload_all()


@pytest.fixture(scope="module")
def emptied(loaded_plugins, reset_db, reset_index):
    """Empty the portal once per module; each test creates its own records with unique names."""
    reset_db()
    reset_index()


@pytest.fixture(autouse=True)
def portal(emptied):
    """Portal with the plugin."""


@pytest.fixture(scope="module")
def portal_app(emptied):
    """Flask application of the portal, created once per module because that takes longer than most tests."""
    return make_flask_app()


def make_flask_app() -> Any:
    """Return a new Flask application of CKAN that has all middleware inside, as CKAN 2.12 makes it.

    CKAN 2.11 puts the middleware for the language of the path around it, which a test client of Flask would bypass.
    """
    made = _get_test_app()
    inner = made.flask_app
    if made.app is not inner:
        host_header = made.app.app
        host_header.app, inner.wsgi_app = inner.wsgi_app, made.app
        inner._wsgi_app = inner
    return inner


class WholeAnswers(CKANTestApp):
    """Test client that reads each response to its end, as a server does.

    The garbage collector would close an unread stream in the middle of another test, and pop the request context of
    that test.
    """

    def test_client(self, *arguments: Any, **named: Any) -> FlaskClient:
        client = super().test_client(*arguments, **named)
        client.open = partial(client.open, buffered=True)
        return client


@pytest.fixture
def app(ckan_config, portal_app):
    """Test client without cookies. A test that needs other plugins creates its own with `make_app`."""
    _CONFIG_CACHE.clear()
    return WholeAnswers(portal_app)


@pytest.fixture
def cli(cli, portal_app, monkeypatch):
    """CLI runner of CKAN with the portal of the module."""
    monkeypatch.setattr(ckan_cli, "make_app", lambda _: portal_app)
    return cli


@event.listens_for(model.Package.metadata_modified, "set", retval=True)
def _never_at_a_whole_second(package, moment, *_):
    """Avoid whole seconds: Solr drops `.000`, so that CKAN takes the indexed copy for outdated and loads the record.

    Without this, one record in a thousand would exceed its query budget.
    """
    return moment.replace(microsecond=1000) if moment and moment.microsecond < 1000 else moment
