"""Shared fixtures: the standard, options, complete answers, and metadata of other cities, invented and real."""

from __future__ import annotations

import copy
import inspect
import logging
import os
from datetime import date
from functools import partialmethod
from pathlib import Path
from types import MappingProxyType

import hypothesis
import pytest
from ckanext.opensmartcity.standard import Settings, load_standard, shipped_folder
from click.testing import CliRunner, Result
from support.metadata import INVENTED

# `make test` is derandomized; `make fuzz` searches for new failing examples, each of which becomes a test case. There
# is no deadline, because the time of an example depends on the load of the machine.
_COMMON = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("fixed", derandomize=True, **_COMMON)
hypothesis.settings.register_profile("search", max_examples=2_000, print_blob=True, **_COMMON)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

# click 8.1, which CKAN 2.11 pins, mixes standard output and standard error unless it is told not to.
if "mix_stderr" in inspect.signature(CliRunner).parameters:
    CliRunner.__init__ = partialmethod(CliRunner.__init__, mix_stderr=False)
    Result.output = property(lambda result: result.stdout + result.stderr)

TODAY = "2026-06-01"


@pytest.fixture(scope="session")
def reset_db(reset_db):
    """Extend CKAN's fixture: empty the database, then recreate the ledger's tables, which CKAN does not know."""
    from support.ledger_tables import renew  # noqa: PLC0415  (most tests run without CKAN)

    def reset():
        reset_db()
        renew()

    return reset


@pytest.fixture(scope="session")
def standard():
    return load_standard(shipped_folder())


@pytest.fixture(autouse=True)
def enabled_loggers():
    """Enable our loggers: CKAN's command line disables those that exist when it reads the logging configuration."""
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("ckanext.opensmartcity") and isinstance(logger, logging.Logger):
            logger.disabled = False


@pytest.fixture
def settings():
    return Settings(home="NL", review_months=24, today=date.fromisoformat(TODAY))


@pytest.fixture(scope="session")
def shared_data():
    """Return the folder of real public metadata; skip if it does not exist, fail if OSC_SHARED_DATA is wrong."""
    named = os.environ.get("OSC_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if folder.is_dir():
        return folder
    if named:
        pytest.fail(f"OSC_SHARED_DATA names the folder {named}, which does not exist")
    pytest.skip("needs the real metadata of ../shared/data (see docs/developers.md)")


@pytest.fixture(scope="module", params=["invented", "real"])
def metadata(request):
    """Return a folder of metadata in the layout of `shared_data`: invented always, real if present."""
    return INVENTED if request.param == "invented" else request.getfixturevalue("shared_data")


_CURRENT = {
    "ownership_owner": "Mobility Department",
    "ownership_steward_role": "Data steward for mobility",
    "ownership_contact": "mobility@city.example",
    "ownership_origin": "sensors",
    "governance_reviewed_on": "2026-05-01",
    "governance_review_due": "2027-05-01",
    "sovereignty_storage_countries": ["NL"],
    "sovereignty_storage_kind": "own_premises",
    "sovereignty_jurisdictions": ["EU", "NL"],
    "sovereignty_foreign_access": "no",
    "privacy_class": "non_personal",
    "privacy_openness": "open",
    "algorithm_use": "none_known",
    "retention_type": "indefinite",
    "fitness_purpose": "To know how many cyclists pass.",
    "fitness_limits": "Does not count children's carriers well.",
    "license_id": "cc-by",
}


@pytest.fixture(scope="session")
def current_answers():
    """Answers at level `current` on TODAY, read-only."""
    return MappingProxyType(_CURRENT)


@pytest.fixture
def current():
    """Answers at level `current` on TODAY, as a new dict."""
    return copy.deepcopy(_CURRENT)
