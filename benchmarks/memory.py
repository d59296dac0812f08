"""Peak memory of a server and its workers, from /proc (VmHWM)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PROCESSES = Path("/proc")


def reset(server: int) -> None:
    """Reset the peaks of the server and its workers."""
    for process in _family(server):
        (process / "clear_refs").write_text("5", encoding="ascii")


def peak(server: int) -> float:
    """Return the sum of the peaks in megabytes; pages shared between workers count for each."""
    return sum(_number(process, "VmHWM") for process in _family(server)) / 1024


def _family(server: int) -> Iterator[Path]:
    """Yield the process and its children."""
    for process in PROCESSES.glob("[0-9]*"):
        if int(process.name) == server or _number(process, "PPid") == server:
            yield process


def _number(process: Path, name: str) -> int:
    try:
        match = re.search(rf"^{name}:\s+(\d+)", (process / "status").read_text(encoding="utf-8"), re.MULTILINE)
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(match[1]) if match else 0
