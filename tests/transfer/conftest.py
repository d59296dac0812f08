"""Commands on a real CKAN with PostgreSQL, Solr and Valkey."""

import json

import pytest
from ckan.cli.cli import ckan
from ckan.tests import factories
from support.ckan_app import app, cli, emptied, loaded_plugins, portal, portal_app

__all__ = ["app", "cli", "emptied", "loaded_plugins", "portal", "portal_app"]


@pytest.fixture
def organization():
    """A new organisation for what is imported."""
    return factories.Organization()["name"]


@pytest.fixture
def run(cli):
    """Run `ckan opensmartcity` with arguments; progress and remarks are in `stderr`."""
    return lambda *arguments: cli.invoke(ckan, ["opensmartcity", *map(str, arguments)])


@pytest.fixture
def file(tmp_path):
    """Write records as JSON Lines, or a text as it is, and return the path."""

    def write(content, name="records.jsonl"):
        text = content if isinstance(content, str) else "".join(f"{json.dumps(record)}\n" for record in content)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write
