"""Extensions whose test suites are run, with their requirements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
    """One run of pytest: the suite's configuration file and its tests."""

    ini: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """An extension: its release, its runs, and the packages that its own CI installs."""

    name: str
    version: str
    tag: str
    runs: tuple[Run, ...]
    packages: tuple[str, ...] = ()
    repositories: Mapping[str, str] = field(default_factory=dict)


SCHEMING = "ckanext/scheming/tests"
SUITES = (
    Suite(
        name="ckanext-scheming",
        version="3.1.0",
        tag="release-3.1.0",
        packages=("mock",),
        runs=(
            Run("test.ini", (SCHEMING,)),
            Run(
                "test_subclass.ini",
                (
                    f"{SCHEMING}/test_dataset_display.py",
                    f"{SCHEMING}/test_form.py::TestDatasetFormNew",
                    f"{SCHEMING}/test_dataset_logic.py",
                ),
            ),
        ),
    ),
    Suite(
        name="ckanext-dcat",
        version="2.4.4",
        tag="v2.4.4",
        packages=("mlcroissant==1.0.21", "mock", "pyld<3", "pyshacl", "ckanext-harvest", "ckanext-dataset-series"),
        # Later versions of ckanext-fluent require an unreleased ckanext-scheming.
        repositories={"ckanext-fluent": "2c7c500bdc2f8dd6685dfe5f4a518bb966ff23e5"},
        runs=(Run("test.ini", ("ckanext/dcat/tests",)),),
    ),
)
