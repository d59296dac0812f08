"""Style sheets: all colours are custom properties that a theme can override, and every page loads their definitions."""

import re
from pathlib import Path

import ckanext.opensmartcity
import pytest
import yaml

FOLDER = Path(ckanext.opensmartcity.__file__).parent / "assets"
NAMES = "colours.css"
# For paper, independent of the portal's theme.
STANDALONE = {NAMES, "report.css"}
SHEETS = sorted(path for path in FOLDER.glob("*.css") if path.name not in STANDALONE)
LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_uses_only_named_colours(path):
    text = path.read_text(encoding="utf-8")
    assert not LITERAL.findall(text)
    named = set(re.findall(r"var\((--osc-[a-z-]+)", text))
    assert named <= set(re.findall(r"(--osc-[a-z-]+):", (FOLDER / NAMES).read_text(encoding="utf-8")))


def test_every_asset_of_styles_begins_with_the_names():
    assets = yaml.safe_load((FOLDER / "webassets.yml").read_text(encoding="utf-8"))
    for name, asset in assets.items():
        if asset["output"].endswith(".css"):
            assert asset["contents"][0] == NAMES, name
