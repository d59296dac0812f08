"""Template helpers of the core, and of the panels, links and formats that features contribute to a page.

Templates contain no logic of their own.
"""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ... import registry
from ...contributions import OutputFormat


def opensmartcity_panels(place: str, **values: Any) -> list[dict[str, Any]]:
    """Return template and data of the panels of a place."""
    return registry.panels(place, values)


def opensmartcity_page_links(place: str, qualified: bool = False, **values: Any) -> list[dict[str, Any]]:
    """Return text, url, endpoint, params, media_type, icon and highlight of the links of a place."""
    return [
        {
            "text": tk._(link.label),
            "url": tk.url_for(link.endpoint, qualified=qualified, **params),
            "endpoint": link.endpoint,
            "params": params,
            "media_type": link.media_type,
            "icon": link.icon,
            "highlight": list(link.highlight),
        }
        for link in registry.links(place, values)
        for params in (link.params(values),)
    ]


def opensmartcity_formats() -> list[OutputFormat]:
    """Return the output formats of a record, beside its page."""
    return registry.formats()


def opensmartcity_share(count: int, of: int) -> str:
    """Return a share as the width of a bar of 100; a count above zero is always visible."""
    return f"{max(100 * count / of, 0.6 if count else 0):.2f}" if of else "0"


def opensmartcity_of(count: int, of: int) -> str:
    """Return a count of a whole in words."""
    return str(tk._("{count} of {of}")).format(count=tk.h.localised_number(count), of=tk.h.localised_number(of))
