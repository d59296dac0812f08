"""What the schemas of actions ask for, by which their parameters are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from .. import schema

_NEEDED = {"not_empty", "not_missing"}


def taken(action: str) -> Mapping[str, bool] | None:
    """Return the parameters of an action, and whether each must be given; None where it checks them itself."""
    make = getattr(schema, action, None)
    if make is None:
        return None
    checks = cast("Mapping[str, list[Callable[..., Any]]]", make())
    return {name: bool({each.__name__ for each in validators} & _NEEDED) for name, validators in checks.items()}
