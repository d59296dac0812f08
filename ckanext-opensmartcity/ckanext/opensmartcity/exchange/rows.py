"""One record as it stands in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """A record, the line on which it starts, and which record of the file it is; both count from 1."""

    line: int
    record: dict[str, Any]
    number: int
