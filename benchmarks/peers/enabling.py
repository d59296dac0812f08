"""A plugin of pytest: enables our plugin in each test that names its plugins itself, behind those that it names.

CKAN's tests drop the tables of plugins when they empty the database; ours are made anew as our own tests do it.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

OPTION = "ckan.plugins"


def pytest_configure() -> None:
    """Make the tables of our plugin anew whenever the database was emptied."""
    from ckan.tests import helpers  # noqa: PLC0415  (CKAN's own plugins of pytest come first)
    from support.ledger_tables import renew  # noqa: PLC0415

    emptied = helpers.reset_db

    def reset_db() -> None:
        emptied()
        renew()

    helpers.reset_db = reset_db


def pytest_itemcollected(item: pytest.Item) -> None:
    """Add our plugin to the marks of one test; its classes and modules have marks too, so each is looked at once."""
    plugin = os.environ["OSC_PEERS_PLUGIN"]
    for node in item.listchain():
        node.own_markers[:] = [_with(mark, plugin) for mark in node.own_markers]


def _with(mark: Any, plugin: str) -> Any:
    if mark.name == "ckan_config" and mark.args[:1] == (OPTION,) and plugin not in str(mark.args[1]).split():
        return pytest.Mark(
            "ckan_config", (OPTION, f"{mark.args[1]} {plugin}", *mark.args[2:]), mark.kwargs, _ispytest=True
        )
    return mark
