"""Fixtures of the tests of the standard: a parser, an assessment, and a copy of a small standard to modify."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from ckanext.opensmartcity.standard import assess, load_standard
from ckanext.opensmartcity.standard.answers import parse_answer
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# No deadline, because machines can be busy; fifty examples of each property keep this folder fast.
hypothesis_settings.register_profile(
    "standard", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("standard")


@pytest.fixture(scope="session")
def parse(standard):
    """Parse a raw value as the answer of a field."""

    def parse(name, raw, record="dataset"):
        return parse_answer(standard.records[record].fields[name], raw, standard)

    return parse


@pytest.fixture
def check(standard, settings):
    """Assess a record; keywords change the settings."""

    def check(record, **changes):
        return assess(standard, record, replace(settings, **changes))

    return check


@pytest.fixture
def current_algorithm():
    """An algorithm record that is `current` on the tests' day."""
    return {
        "type": "algorithm",
        "algorithm_owner": "Parking Department",
        "algorithm_contact": "algorithms@city.example",
        "governance_reviewed_on": "2026-05-01",
        "governance_review_due": "2027-05-01",
        "algorithm_purpose": "Permits within a day.",
        "algorithm_alternatives": "More staff at the desk.",
        "algorithm_decision": "recommends",
        "algorithm_technique": "rule_based",
        "algorithm_explanation": "It compares the form with the register.",
        "algorithm_oversight": "A permit officer checks every refusal.",
        "algorithm_objection": "https://city.example/object",
        "algorithm_affected": "People who ask for a permit.",
        "algorithm_risk": "minimal",
        "algorithm_bias_check": "done",
    }


@dataclass(frozen=True)
class Schemas:
    """A folder of schemas to change and load."""

    folder: Path

    def change(self, file, old, new):
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} holds no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self

    def line_of(self, file, text):
        return (self.folder / file).read_text(encoding="utf-8").partition(text)[0].count("\n") + 1

    def load(self):
        return load_standard(self.folder)


@pytest.fixture
def small(tmp_path):
    """A copy of the small standard beside these tests."""
    return Schemas(Path(shutil.copytree(Path(__file__).parent / "small", tmp_path / "schemas")))
