"""One record as it stands in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """A record and where it starts: the line of a CSV or JSON Lines file, the place in a JSON list."""

    line: int
    record: dict[str, Any]
