"""Colours of the theme of the demo city can be read."""

import re

import pytest
from ckanext.opensmartcity.portal import theme

STYLES = (theme.CITY / "assets" / "theme.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6})", STYLES))
# Text on background.
PAIRS = [
    ("#ffffff", "--zh-deep"),
    ("#dcecef", "--zh-night"),
    ("--zh-night", "--zh-sun"),
    ("--zh-sea", "#ffffff"),
    ("--zh-sea", "--zh-sand"),
    ("--zh-soft", "--zh-sand"),
    ("--zh-ink", "--zh-sand"),
    ("#ffffff", "--zh-sea"),
]


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(factor * part for factor, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(("text", "background"), PAIRS)
def test_text_has_the_contrast_that_wcag_asks_for(text, background):
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1."""
    dark, light = sorted(luminance(COLOURS.get(name, name)) for name in (text, background))
    assert (light + 0.05) / (dark + 0.05) >= 4.5
