"""Country codes, the home jurisdiction and country names."""

import pytest
from ckanext.opensmartcity.standard.countries import EEA, country_codes, home_area, territory_name


def test_iso_3166_1_has_249_countries():
    assert len(country_codes()) == 249


@pytest.mark.parametrize("code", ["NL", "US", "GB", "GR", "TW", "PS", "AX", "GG", "TL", "SS", "CW", "AQ"])
def test_a_country(code):
    assert code in country_codes()


@pytest.mark.parametrize("code", ["EU", "UK", "EL", "XK", "EZ", "UN", "ZZ", "AC", "AN", "CS", "SU", "nl", "", "419"])
def test_not_a_country(code):
    assert code not in country_codes()


def test_the_eea_has_30_countries():
    assert len(EEA) == 30
    assert country_codes() >= EEA


@pytest.mark.parametrize("code", ["CH", "GB", "RU", "TR", "AD"])
def test_outside_the_eea(code):
    assert code not in EEA


@pytest.mark.parametrize("home", ["NL", "NO", "EU"])
def test_an_eea_country_or_the_union_makes_the_whole_eea_home(home):
    assert home_area(home) == EEA | {"EU"}


def test_any_other_country_is_home_alone():
    assert home_area("CA") == {"CA"}


@pytest.mark.parametrize("home", [None, ""])
def test_no_home_is_no_country(home):
    assert home_area(home) == frozenset()


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("NL", "en", "Netherlands"),
        ("NL", "nl", "Nederland"),
        ("NL", "nl_BE", "Nederland"),
        ("EU", "en", "European Union"),
        ("EU", "nl", "Europese Unie"),
        ("XX", "en", "XX"),
    ],
)
def test_a_territory_has_a_name_in_the_language(code, language, name):
    assert territory_name(code, language) == name


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_country_has_a_name(language):
    assert all(territory_name(code, language) != code for code in country_codes())
