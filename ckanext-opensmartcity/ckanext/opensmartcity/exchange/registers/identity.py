"""By what a record of a register is known again, when it comes a second time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .conversions import is_nothing
from .importing import fields_of
from .model import Register


def identity_of(register: Register, record: Mapping[str, Any]) -> str:
    """Return a digest that is the same for the same record of a register, whatever else has changed in it."""
    fields = fields_of(register, record)
    names = next((names for names in register.same if not is_nothing(fields.get(names[0]))), ())
    known = {name: _said(fields.get(name)) for name in names} or dict(record)
    text = json.dumps([register.id, known], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _said(value: Any) -> Any:
    """Return a value as it counts here: blanks around it, and how nothing is written, make no difference."""
    if is_nothing(value):
        return None
    return value.strip() if isinstance(value, str) else value
