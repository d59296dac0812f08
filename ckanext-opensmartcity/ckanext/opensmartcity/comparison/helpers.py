"""What the page that compares cities asks: names, dates and states in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..governance.helpers.transparency import opensmartcity_date


def opensmartcity_has_peers() -> bool:
    """Tell whether there are cities to compare with."""
    return bool(config.peers())


def opensmartcity_peer_status(city: Mapping[str, Any]) -> str:
    """Say how fresh the figures of a city are, and what went wrong since."""
    texts = {
        "waiting": tk._("No numbers yet."),
        "failed": tk._("Could not be read since {since}."),
        "earlier": tk._("Could not be read since {since}. These are the figures of before."),
        "current": "",
    }
    since = city["failing_since"]
    return str(texts[city["state"]]).format(since=opensmartcity_date(since[:10]) if since else "")


def opensmartcity_beside(
    compared: Mapping[str, Any], figure: Mapping[str, Any]
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Yield each city that has figures, with its value of one figure."""
    for city, value in zip(compared["cities"], figure["values"], strict=True):
        if city["as_of"]:
            yield city, value


def opensmartcity_compared(compared: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the cities that have figures: the columns of the tables."""
    return [city for city in compared["cities"] if city["as_of"]]
