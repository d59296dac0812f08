"""Theme of the demo city: front page and about page in each language, and colours that can be read."""

import re

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
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


@pytest.mark.ckan_config("ckan.plugins", "opensmartcity_demo opensmartcity scheming_datasets")
@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_front_page_and_about_page_are_complete_in_each_language(app):
    factories.Organization(name="mobility", title="Mobility Department")
    factories.Dataset(name="trees", owner_org="mobility")
    factories.Group(name="streets", title="Streets and traffic", packages=[{"id": "trees"}])
    for language in theme.languages():
        texts, prefix = theme._texts(language), "" if language == "en" else f"/{language}"
        front = BeautifulSoup(app.get(f"{prefix}/", status=200).data, "html.parser")
        assert front.html["lang"] == language
        assert front.h1.text == texts["front"]["title"]
        links = {link["href"]: link.text for link in front.select(".zh-cards a")}
        assert links == {
            **{f"{prefix}{card['path']}": card["title"] for card in texts["cards"]},
            f"{prefix}/group/streets": texts["groups"]["streets"],
            f"{prefix}/organization/mobility": texts["publishers"]["mobility"],
        }
        assert [number.text for number in front.select(".zh-figures strong")] == ["1", "0", "1"]
        assert texts["footer"]["invented"] in front.find("footer").text
        about = BeautifulSoup(app.get(f"{prefix}/about", status=200).data, "html.parser")
        assert about.select_one(".zh-about h1").text == texts["about"]["title"]
        assert len(about.select(".zh-about h2")) == 2


@pytest.mark.ckan_config("ckan.plugins", "opensmartcity_demo opensmartcity scheming_datasets")
@pytest.mark.usefixtures("with_plugins")
@pytest.mark.parametrize("name", ["logo.svg", "favicon.svg", "harbour.svg"])
def test_the_pictures_are_served(app, name):
    assert app.get(f"/zuiderhaven/{name}", status=200).mimetype == "image/svg+xml"
