"""Fixtures of the tests that run on a real CKAN with PostgreSQL, Solr and Valkey: one portal for each module."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ckan import model, plugins
from ckan.cli import cli as ckan_cli
from ckan.lib.app_globals import _CONFIG_CACHE
from ckan.tests.helpers import CKANTestApp, _get_test_app
from flask.testing import FlaskClient
from sqlalchemy import event

__all__ = ["app", "cli", "emptied", "loaded_plugins", "portal", "portal_app"]


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


@pytest.fixture(scope="module")
def portal_app(emptied):
    """The portal as a WSGI application, made once a module: making it takes longer than most tests."""
    return _get_test_app().app


class WholeAnswers(CKANTestApp):
    """A browser that reads each answer to its end, as a server does that closes what it has sent.

    A stream that a test has not read would be closed by the garbage collector, in the middle of another test, and take
    the request of that test from it.
    """

    def test_client(self, *arguments: Any, **named: Any) -> FlaskClient:
        client = super().test_client(*arguments, **named)
        client.open = partial(client.open, buffered=True)
        return client


@pytest.fixture
def app(ckan_config, portal_app):
    """A browser without cookies; a test that needs other plugins makes its own by `make_app`."""
    _CONFIG_CACHE.clear()
    return WholeAnswers(portal_app)


@pytest.fixture
def cli(cli, portal_app, monkeypatch):
    """CKAN's runner of commands, on the portal of the module."""
    monkeypatch.setattr(ckan_cli, "make_app", lambda _: portal_app)
    return cli


@event.listens_for(model.Package.metadata_modified, "set", retval=True)
def _never_at_a_whole_second(package, moment, *_):
    """Solr drops .000, and CKAN then takes its copy for an old one: a record in a thousand would break its budget."""
    return moment.replace(microsecond=1000) if moment and moment.microsecond < 1000 else moment
