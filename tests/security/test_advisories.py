"""Known vulnerabilities of required packages, by the advisories that are pinned in tests/data; works offline."""

import json

import pytest
from packaging.utils import canonicalize_name
from support.advisories import FILE, affects, installed, read, requirements

PINNED = json.loads(FILE.read_text(encoding="utf-8"))["advisories"]
EXTRAS = {"dcat", "portal"}


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.9", False), ("2.0", True), ("2.0.1", True), ("2.1rc1", True), ("2.1", False), ("3.0", True), ("9", True)],
)
def test_a_range_holds_its_first_version_and_not_the_one_that_mends_it(version, expected):
    events = [{"introduced": "2.0"}, {"fixed": "2.1"}, {"introduced": "3.0"}]
    file = {"id": "X-1", "affected": [{"ranges": [{"type": "ECOSYSTEM", "events": events}], "versions": ["1.9"]}]}
    assert affects(read(file), version) is expected


def test_versions_count_where_there_is_no_range_and_withdrawn_advisories_never_do():
    file = {"id": "X-1", "affected": [{"ranges": [{"type": "GIT", "events": []}], "versions": ["1.9"]}]}
    assert affects(read(file), "1.9")
    assert not affects(read(file), "2.0")
    assert read(file | {"withdrawn": "2024-01-01T00:00:00Z"}) is None


def test_the_pinned_advisories_cover_what_ckan_brings():
    assert {"jinja2", "requests", "setuptools", "sqlalchemy", "urllib3", "werkzeug"} <= PINNED.keys()
    assert {"jinja2", "requests", "werkzeug"} <= installed(EXTRAS).keys()


def test_no_installed_requirement_has_a_known_vulnerability():
    found = {
        f"{name} {version}: {advisory['id']} {' '.join(advisory['aliases'])}"
        for name, version in installed(EXTRAS).items()
        for advisory in PINNED.get(name, [])
        if affects(advisory, version)
    }
    assert found == set()


def test_the_oldest_version_that_is_allowed_has_none_either():
    lowest = [
        (canonicalize_name(requirement.name), bound.version)
        for requirement in requirements(EXTRAS)
        for bound in requirement.specifier
        if bound.operator in (">=", "==")
    ]
    assert len(lowest) > 20
    found = {
        f"{name} {version}: {advisory['id']}"
        for name, version in lowest
        for advisory in PINNED.get(name, [])
        if affects(advisory, version)
    }
    assert found == set()
