"""Fixtures: a portal with the plugin, and local servers that it may fetch from."""

import pytest
from ckan import model
from ckanext.opensmartcity.comparison.model import peer
from ckanext.opensmartcity.links.model import link
from support.misbehaving_server import Trap, serving


@pytest.fixture(autouse=True)
def portal(emptied, ckan_config):
    """A portal with the plugin that does not wait between two requests."""
    ckan_config["ckanext.opensmartcity.link_seconds"] = 0


@pytest.fixture
def fresh(portal):
    """A portal that knows nothing of other hosts."""
    forget()
    yield
    forget()


def forget():
    model.Session.rollback()
    for table in (link, peer):
        model.Session.execute(table.delete())
    model.Session.commit()


@pytest.fixture
def trap():
    found = Trap()
    yield found
    found.close()


@pytest.fixture
def serve(ckan_config):
    """A function that runs a server which this portal may ask; by the name `localhost`, so only at its own port."""
    running = []

    def start(script, context=None):
        block = serving(script, context)
        server = block.__enter__()
        running.append(block)
        doors = list(ckan_config["ckanext.opensmartcity.fetch_inside"] or ())
        ckan_config["ckanext.opensmartcity.fetch_inside"] = [*doors, f"localhost:{server.port}"]
        server.address = server.url(host="localhost")
        return server

    yield start
    for block in running:
        block.__exit__(None, None, None)
