"""Pages of the theme of the demo city on a real CKAN: front page and about page in each language, and pictures."""

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckanext.opensmartcity.portal import theme


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
