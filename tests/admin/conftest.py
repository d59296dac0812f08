"""Commands on a real CKAN with PostgreSQL, Solr and Valkey."""

import json

import pytest
from ckan import plugins
from ckan.cli.cli import ckan
from ckan.tests import factories


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
