"""What templates may ask; templates themselves decide nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...city import helpers as city_helpers
from ...comparison import helpers
from ...participation import helpers as participation_helpers
from . import form, search, transparency

_PREFIX = "opensmartcity_"


def get_helpers() -> dict[str, Callable[..., Any]]:
    """Return the helpers by name."""
    modules = (
        city_helpers,
        helpers,
        form,
        transparency,
        transparency,
        transparency,
        form,
        search,
        participation_helpers,
    )
    ours = {name: getattr(module, name) for module in modules for name in dir(module) if name.startswith(_PREFIX)}
    return ours | {"humanize_entity_type": search.humanize_entity_type}
