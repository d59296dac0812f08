"""Modules that are run as programs of their own: each name in a command leads to a module."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from ckanext.opensmartcity.portal.ckan_commands import PACKAGE

PROJECT = Path(__file__).parents[2]
SOURCES = [
    PROJECT / "Makefile",
    *(PROJECT / "ckanext-opensmartcity").rglob("*.py"),
    *(PROJECT / "benchmarks").rglob("*.py"),
]
# After -m in a shell command or a list of words, or before the name of a WSGI application.
NAMED = re.compile(r"""-m(?:"?,\s*f?"|\s+)([\w.{}]+)|"([\w.]+):application\"""")
APPLICATIONS = {f"{PACKAGE}.portal.wsgi"}
PROGRAMS = sorted(
    {
        (dotted or application).replace("{PACKAGE}", PACKAGE)
        for source in SOURCES
        for dotted, application in NAMED.findall(source.read_text(encoding="utf-8"))
        if (dotted or application).startswith(("ckanext.", "{PACKAGE}", "benchmarks"))
    }
)


def test_the_programs_are_found():
    assert f"{PACKAGE}.portal.administrator" in PROGRAMS
    assert len(PROGRAMS) >= 6


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_is_named_is_there(name):
    spec = find_spec(name)
    assert spec is not None
    if spec.submodule_search_locations:
        spec = find_spec(f"{name}.__main__")
    assert name in APPLICATIONS or "__main__" in Path(spec.origin).read_text(encoding="utf-8") + Path(spec.origin).name
