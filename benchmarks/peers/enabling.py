"""Pytest plugin that enables our plugin in every test with a `ckan.plugins` mark, before the plugins named there.

CKAN's test helpers drop the tables of plugins when they reset the database; ours are created again.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from .configuration import with_plugin

OPTION = "ckan.plugins"


def pytest_configure() -> None:
    """Create our plugin's tables again after each reset of the database."""
    from ckan.tests import helpers  # noqa: PLC0415  (after CKAN's pytest plugins are loaded)
    from support.ledger_tables import renew  # noqa: PLC0415

    original = helpers.reset_db

    def reset_db() -> None:
        original()
        renew()

    helpers.reset_db = reset_db


def pytest_itemcollected(item: pytest.Item) -> None:
    """Add our plugin to the marks of a test and of its classes and modules, each once."""
    plugin = os.environ["OSC_PEERS_PLUGIN"]
    for node in item.listchain():
        node.own_markers[:] = [_with_plugin(mark, plugin) for mark in node.own_markers]


def _with_plugin(mark: Any, plugin: str) -> Any:
    if mark.name == "ckan_config" and mark.args[:1] == (OPTION,) and plugin not in str(mark.args[1]).split():
        return pytest.Mark(
            "ckan_config", (OPTION, with_plugin(str(mark.args[1]), plugin), *mark.args[2:]), mark.kwargs, _ispytest=True
        )
    return mark
