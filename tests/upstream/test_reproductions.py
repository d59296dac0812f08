"""Faults of CKAN and ckanext-dcat that docs/upstream.md describes: each is there in the versions that its entry names.

The reproductions run without our plugin. If one fails, the fault is gone: remove the workaround and the entry.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ckanext-opensmartcity" / "ckanext" / "opensmartcity"
PAGE = (ROOT / "docs" / "upstream.md").read_text(encoding="utf-8")
ENTRY = re.compile(
    r"^## (?P<name>\S+)\n\n(?:.+\n)+\n- \*\*Seen in\*\*: (?P<versions>.+)\n"
    r"- \*\*Issue\*\*: (?P<issue>.+(?:\n  .+)*)\n- \*\*Workaround\*\*: (?P<place>.+)\n\n"
    r"```python\n(?P<code>[^`]+)^```$",
    re.MULTILINE,
)
ENTRIES = {match["name"]: match for match in ENTRY.finditer(PAGE)}
PACKAGES = {"CKAN": "ckan", "ckanext-dcat": "ckanext-dcat"}


def is_seen_in(versions):
    """Tell whether an entry names the installed version."""
    name, _, numbers = versions.partition(" ")
    return version(PACKAGES[name]) in numbers.split(", ")


@pytest.mark.ckan_config("ckan.plugins", "dcat")
@pytest.mark.usefixtures("with_plugins", "non_clean_db", "with_request_context")
@pytest.mark.parametrize("name", ENTRIES)
def test_the_fault_is_there_in_the_versions_that_are_named(name):
    entry = ENTRIES[name]
    source = compile(entry["code"], f"docs/upstream.md#{name}", "exec")
    if is_seen_in(entry["versions"]):
        exec(source, {"__name__": name})
    else:
        with pytest.raises(AssertionError):
            exec(source, {"__name__": name})


def test_every_heading_is_a_whole_entry():
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert headings == [*ENTRIES, "Without a workaround"]
    assert len(ENTRIES) > 10


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_has_an_issue_or_says_that_there_is_none(name):
    link = r"\[(\w[\w.-]+/[\w.-]+)#(\d+)\]\(https://github\.com/\1/(issues|pull)/\2\)"
    assert re.search(link, ENTRIES[name]["issue"].replace("\n", "")) or "not reported yet" in ENTRIES[name]["issue"]


@pytest.mark.parametrize("name", ENTRIES)
def test_the_workaround_names_its_entry_and_its_issue(name):
    place = ENTRIES[name]["place"]
    (file,) = re.findall(r"`([\w/.]+\.(?:py|html))`", place)
    text = (PACKAGE / file).read_text(encoding="utf-8")
    for function in re.findall(r"`(\w+)`", place):
        assert re.search(rf"\b(def|class) {function}\b", text), function
    assert f"docs/upstream.md#{name}" in text
    reported = re.match(r"\[([\w./-]+#\d+)\]", ENTRIES[name]["issue"])
    assert reported is None or reported[1] in text


def test_no_comment_names_an_entry_that_is_not_there():
    files = [path for pattern in ("*.py", "*.html") for path in PACKAGE.rglob(pattern)]
    named = {name for path in files for name in re.findall(r"docs/upstream\.md#([\w-]+)", path.read_text("utf-8"))}
    assert named == set(ENTRIES)
