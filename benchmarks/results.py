"""Results of benchmarks and the Markdown table in results.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Result:
    """One case: amount of work, seconds, peak memory in MB, and ratios to other measurements of the same run.

    Ratios hold on other machines, seconds do not.
    """

    case: str
    amount: int
    unit: str
    seconds: float
    megabytes: float
    ratios: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Amount per second."""
        return self.amount / self.seconds


HEAD = ("| benchmark | case | a second | peak memory | compared in the same run |", "|---|---|--:|--:|---|")


def row(name: str, result: Result) -> str:
    """Format a result as a row of the table."""
    ratios = "; ".join(f"{ratio:,.2f} × {what}" for what, ratio in result.ratios.items())
    rate, memory = f"{result.rate:,.0f} {result.unit}", f"{result.megabytes:,.0f} MB"
    return f"| {name} | {result.case} | {rate} | {memory} | {ratios} |"


def table(rows: Iterable[str]) -> str:
    """Format rows as one Markdown table."""
    return "\n".join([*HEAD, *rows])


def page(rows: Iterable[str]) -> str:
    """Return the content of results.md: date, machine and table."""
    today = date.today().isoformat()  # noqa: DTZ011
    clocks = "Of a command, processor time with its start; where a database answers, time of the clock."
    return f"# Benchmarks\n\nWritten by `make bench` on {today}. {machine()}. {clocks}\n\n{table(rows)}\n"


def machine() -> str:
    """Describe this machine: Python, architecture and cores."""
    return f"Machine: Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"


def merge_rows(text: str, names: Collection[str], rows: Iterable[str]) -> list[str]:
    """Replace the rows of the named benchmarks in a page; drop all old rows if they are of another machine."""
    kept = [line for line in text.splitlines() if line.startswith("| ") and line not in HEAD]
    others = [line for line in kept if line.split(" | ")[0].removeprefix("| ") not in names]
    # By benchmark; the sort is stable, so that the cases of one keep their order.
    return sorted([*(others if f" {machine()}. " in text else []), *rows], key=lambda line: line.split(" | ")[0])
