"""What a benchmark found, and the one table that it goes into."""

from __future__ import annotations

import os
import platform
from collections.abc import Collection, Iterable, Mapping
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


HEAD = ("| benchmark | case | a second | peak memory | compared in the same run |", "|---|---|--:|--:|---|")


def row(name: str, result: Result) -> str:
    """Return a result as a row of the table."""
    ratios = "; ".join(f"{ratio:,.2f} × {what}" for what, ratio in result.ratios.items())
    rate, memory = f"{result.rate:,.0f} {result.unit}", f"{result.megabytes:,.0f} MB"
    return f"| {name} | {result.case} | {rate} | {memory} | {ratios} |"


def table(rows: Iterable[str]) -> str:
    """Return rows as one Markdown table."""
    return "\n".join([*HEAD, *rows])


def page(rows: Iterable[str]) -> str:
    """Return the page that is kept: the table, and on what it was measured."""
    today = date.today().isoformat()  # noqa: DTZ011
    clocks = "Of a command, processor time with its start; where a database answers, time of the clock."
    return f"# Benchmarks\n\nWritten by `make bench` on {today}. {machine()}. {clocks}\n\n{table(rows)}\n"


def machine() -> str:
    """Return what the page says of this machine."""
    return f"Machine: Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"


def renewed(text: str, names: Collection[str], rows: Iterable[str]) -> list[str]:
    """Return the rows of a page with those of the named benchmarks replaced; none are kept of another machine."""
    kept = [line for line in text.splitlines() if line.startswith("| ") and line not in HEAD]
    others = [line for line in kept if line.split(" | ")[0].removeprefix("| ") not in names]
    # In the order of their benchmarks, and of their cases within one: sorting is stable.
    return sorted([*(others if f" {machine()}. " in text else []), *rows], key=lambda line: line.split(" | ")[0])
