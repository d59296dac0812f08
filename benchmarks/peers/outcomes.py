"""What came of each test of a suite, read from the report of pytest, and how two runs differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

OUTCOMES = ("error", "failure", "skipped")


@dataclass(frozen=True)
class Outcome:
    """How a test ended, and the first line of why."""

    kind: str
    reason: str = ""


def read(report: Path) -> dict[str, Outcome]:
    """Return the outcome of each test; of one that failed and then could not be cleaned up, the worse."""
    found: dict[str, Outcome] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314  (written by our own pytest)
        name = f"{case.get('classname')}::{case.get('name')}"
        outcome = _outcome(case)
        if name not in found or found[name].kind == "passed":
            found[name] = outcome
    return found


def _outcome(case: ElementTree.Element) -> Outcome:
    for kind in OUTCOMES:
        if (child := case.find(kind)) is not None:
            return Outcome(kind, (child.get("message") or "").strip().split("\n")[0][:200])
    return Outcome("passed")


def counts(outcomes: Mapping[str, Outcome]) -> str:
    """Return how many tests ended how, as words."""
    return ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(o.kind for o in outcomes.values()).items()))


def differences(without: Mapping[str, Outcome], beside: Mapping[str, Outcome]) -> dict[str, tuple[Outcome, Outcome]]:
    """Return the tests that ended otherwise beside our plugin."""
    gone = Outcome("not run")
    pairs = {name: (without.get(name, gone), beside.get(name, gone)) for name in {**without, **beside}}
    return {name: pair for name, pair in pairs.items() if pair[0].kind != pair[1].kind}
