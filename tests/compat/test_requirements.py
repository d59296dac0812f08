"""setup.py declares what the package imports: run-time requirements, and the extras of the folders that need them."""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ckanext-opensmartcity" / "ckanext" / "opensmartcity"
OWN, CKAN = "ckanext-opensmartcity", "ckan"
# Folders that run without CKAN; those that need an extra.
WITHOUT_CKAN = ("standard", "exchange", "tlog", "ledger_format", "http_client", "cli", "i18n_extraction.py")
EXTRAS = {"exchange/rdf": "dcat", "dcat": "dcat", "portal": "portal"}


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def required(distribution, extra):
    """Return the names of what a distribution requires with an extra, "" for none, on this Python."""
    requirements = map(Requirement, metadata.requires(distribution) or ())
    return frozenset(
        normalized(each.name) for each in requirements if each.marker is None or each.marker.evaluate({"extra": extra})
    )


def imported():
    """Yield the file, relative to the package, and the full module name of each import of a module that is not ours."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module]
            else:
                continue
            for module in modules:
                if (
                    not module.startswith("ckanext.opensmartcity")
                    and module.split(".")[0] not in sys.stdlib_module_names
                ):
                    yield path.relative_to(PACKAGE).as_posix(), module


MODULES = metadata.packages_distributions()


@cache
def owners(module):
    """Return the names of the distributions that a module may come from."""
    if module.startswith("ckanext."):
        return {f"ckanext-{module.split('.')[1]}"}
    return {normalized(name) for name in MODULES.get(module.split(".")[0], ())}


def is_in(file, folder):
    return file == folder or file.startswith(f"{folder}/")


def allowed(file):
    """Return the names of the distributions that a file may import."""
    names = set(required(OWN, ""))
    if not any(is_in(file, folder) for folder in WITHOUT_CKAN):
        names |= {CKAN} | required(CKAN, "requirements")
    for folder, extra in EXTRAS.items():
        if is_in(file, folder):
            names |= required(OWN, extra)
    return names


def test_every_import_is_declared():
    undeclared = defaultdict(set)
    for file, module in imported():
        if not owners(module) & allowed(file):
            undeclared[module].add(file)
    assert dict(undeclared) == {}


def test_every_requirement_is_imported():
    used = {name for _, module in imported() for name in owners(module)}
    assert required(OWN, "") - used == set()


@pytest.mark.parametrize(
    ("file", "module"), [("standard/x.py", "flask"), ("cli/x.py", "ckan.model"), ("audit/x.py", "rdflib")]
)
def test_an_import_in_the_wrong_place_is_found(file, module):
    assert not owners(module) & allowed(file)


def test_the_classifiers_name_the_versions_of_python_that_are_required():
    package = metadata.metadata(OWN)
    assert package["Requires-Python"] == ">=3.10"
    minor = re.compile(r"Programming Language :: Python :: (3\.\d+)$")
    named = [match[1] for line in package.get_all("Classifier") if (match := minor.match(line))]
    assert named == ["3.10", "3.11", "3.12", "3.13", "3.14"]
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in named
