"""Style sheets: all colours are custom properties that a theme can override, and every page loads their definitions."""

import re
from pathlib import Path

import ckanext.opensmartcity
import pytest
import yaml

PACKAGE = Path(ckanext.opensmartcity.__file__).parent
FOLDER = PACKAGE / "governance/assets"
NAMES = "colours.css"
# For paper, independent of the portal's theme.
STANDALONE = {NAMES, "report.css"}
SHEETS = sorted(path for path in PACKAGE.glob("*/assets/*.css") if path.name not in STANDALONE)
LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_uses_only_named_colours(path):
    text = path.read_text(encoding="utf-8")
    assert not LITERAL.findall(text)
    named = set(re.findall(r"var\((--osc-[a-z-]+)", text))
    assert named <= set(re.findall(r"(--osc-[a-z-]+):", (FOLDER / NAMES).read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/assets/webassets.yml")), ids=lambda path: path.parts[-3])
def test_every_asset_of_styles_begins_with_the_names(path):
    assets = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, asset in assets.items():
        if asset["output"].endswith(".css"):
            assert (path.parent / asset["contents"][0]).resolve() == (FOLDER / NAMES).resolve(), name
