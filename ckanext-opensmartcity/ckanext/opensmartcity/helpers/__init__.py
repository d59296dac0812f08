"""What templates may ask; templates themselves decide nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import city, compare, form, history, links, page, pages, search, voices, words

_PREFIX = "opensmartcity_"


def get_helpers() -> dict[str, Callable[..., Any]]:
    """Return the helpers by name."""
    modules = (city, compare, form, history, links, page, pages, search, voices)
    ours = {name: getattr(module, name) for module in modules for name in dir(module) if name.startswith(_PREFIX)}
    return ours | {"humanize_entity_type": words.humanize_entity_type}
