"""What a benchmark found, and the one table that it goes into."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Result:
    """One case: how much was done in how much processor time and memory, and how that compares with something else.

    `ratios` says what stands beside it in the same run: ratios hold on other machines, seconds do not.
    """

    case: str
    amount: int
    unit: str
    seconds: float
    megabytes: float
    ratios: Mapping[str, float]

    @property
    def rate(self) -> float:
        """The amount a second."""
        return self.amount / self.seconds


def table(found: Iterable[tuple[str, Result]]) -> str:
    """Return the results as one Markdown table."""
    rows = ["| benchmark | case | a second | peak memory | compared in the same run |", "|---|---|--:|--:|---|"]
    for name, result in found:
        ratios = "; ".join(f"{ratio:,.2f} × {what}" for what, ratio in result.ratios.items())
        rate, memory = f"{result.rate:,.0f} {result.unit}", f"{result.megabytes:,.0f} MB"
        rows.append(f"| {name} | {result.case} | {rate} | {memory} | {ratios} |")
    return "\n".join(rows)


def page(found: Iterable[tuple[str, Result]]) -> str:
    """Return the page that is kept: the table, and on what it was measured."""
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    head = f"Written by `make bench` on {date.today().isoformat()}: {machine}. Processor time, start included."  # noqa: DTZ011
    return f"# Benchmarks\n\n{head}\n\n{table(found)}\n"
