"""Outcomes of tests, read from pytest's JUnit report, and differences between two runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

OUTCOMES = ("error", "failure", "skipped")


@dataclass(frozen=True)
class Outcome:
    """Kind of outcome (passed, error, failure, skipped, not run) and the first line of the reason."""

    kind: str
    reason: str = ""


def read(report: Path) -> dict[str, Outcome]:
    """Return the outcome by test; the worse one if a test has two, for example of the test and of its teardown."""
    outcomes: dict[str, Outcome] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314  (written by our own pytest)
        name = f"{case.get('classname')}::{case.get('name')}"
        outcome = _outcome(case)
        if name not in outcomes or outcomes[name].kind == "passed":
            outcomes[name] = outcome
    return outcomes


def _outcome(case: ElementTree.Element) -> Outcome:
    for kind in OUTCOMES:
        if (child := case.find(kind)) is not None:
            return Outcome(kind, (child.get("message") or "").strip().split("\n")[0][:200])
    return Outcome("passed")


def counts(outcomes: Mapping[str, Outcome]) -> str:
    """Format the number of tests by kind of outcome."""
    return ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(o.kind for o in outcomes.values()).items()))


def differences(without: Mapping[str, Outcome], beside: Mapping[str, Outcome]) -> dict[str, tuple[Outcome, Outcome]]:
    """Return both outcomes of the tests whose kind of outcome changes with our plugin."""
    missing = Outcome("not run")
    pairs = {name: (without.get(name, missing), beside.get(name, missing)) for name in {**without, **beside}}
    return {name: pair for name, pair in pairs.items() if pair[0].kind != pair[1].kind}
