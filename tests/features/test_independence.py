"""Features do not reach into each other at run time either: by a route, template helper, template, asset or action."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ckanext.opensmartcity import config, registry

PACKAGE = Path(registry.__file__).parent
NAMES = ("governance", *config.FEATURE_NAMES)
# The core that every feature may name.
CORE = "governance"


def owners(contributions):
    """Return the feature of each contribution by its name."""
    return {each: name for name in NAMES for each in contributions(registry.load(name))}


ROUTES = owners(lambda one: [blueprint.name for blueprint in one.blueprints])
ACTIONS = owners(lambda one: one.declared_actions())
HELPERS = owners(lambda one: one.template_helpers())
ASSETS = {"opensmartcity" if name == CORE else f"opensmartcity-{name}": name for name in NAMES}
TEMPLATES = {
    path.relative_to(PACKAGE / name / "templates").as_posix(): name
    for name in NAMES
    for path in (PACKAGE / name / "templates").rglob("*.html")
}
# A contribution, the pattern by which a file names it, and the features that own it.
NAMED = {
    "route": (re.compile(r"""['"](opensmartcity\w*)\.\w+['"]"""), ROUTES),
    "helper": (re.compile(r"\bh\.(opensmartcity_\w+)"), HELPERS),
    "asset": (re.compile(r"""asset ['"](opensmartcity[\w-]*)/"""), ASSETS),
    "template": (re.compile(r"""['"](opensmartcity/[\w/]+\.html)['"]"""), TEMPLATES),
    "action": (re.compile(r"""(?<!call_if_enabled\()['"](governance_\w+)['"]"""), ACTIONS),
}


@pytest.mark.parametrize("contribution", NAMED)
def test_no_file_names_what_another_feature_contributes(contribution):
    pattern, owner = NAMED[contribution]
    found = [
        f"{path.relative_to(PACKAGE)} names {match} of {owner[match]}"
        for room in ("search", "views", *NAMES)
        for suffix in ("py", "html")
        for path in (PACKAGE / room).rglob(f"*.{suffix}")
        for match in pattern.findall(path.read_text(encoding="utf-8"))
        if owner.get(match, room) not in (room, CORE)
    ]
    assert found == []


def test_every_template_helper_is_contributed():
    named = {
        match
        for path in PACKAGE.rglob("*.html")
        for match in NAMED["helper"][0].findall(path.read_text(encoding="utf-8"))
    }
    assert named <= set(HELPERS)
