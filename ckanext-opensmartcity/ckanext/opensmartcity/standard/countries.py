"""ISO 3166-1 country codes, the home jurisdiction, and names of countries from CLDR."""

from __future__ import annotations

from functools import cache

from babel import Locale

EUROPEAN_UNION = "EU"

EEA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())

# Territories of CLDR that are not in ISO 3166-1: reserved codes, groupings and private use.
_NOT_ISO = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split())


@cache
def country_codes() -> frozenset[str]:
    """Return the 249 alpha-2 codes of ISO 3166-1."""
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NOT_ISO


@cache
def home_area(home: str | None) -> frozenset[str]:
    """Return the country codes of the home jurisdiction: the whole EEA for an EEA country or `EU`; empty if not set."""
    if not home:
        return frozenset()
    if home == EUROPEAN_UNION or home in EEA:
        return EEA | {EUROPEAN_UNION}
    return frozenset({home})


def territory_name(code: str, language: str) -> str:
    """Return the name of a country or of the European Union in a language."""
    return str(Locale.parse(language, sep="_").territories.get(code, code))


# CLDR has names for lists only. Country codes whose name has an article in a sentence, by language and article.
_ARTICLES = {
    "en": {"the": "AE AX BS CC CD CF CK DO EU FK FO GB GM IM IO KM KY MH MP MV NL PH SB TC UM US VG VI"},
    "nl": {
        "de": "AE AX BS CC CF CK DO EU FK FO IO KM KY MH MP MV PH SB SC TC UM US VG VI",
        "het": "GB IM VA",
    },
}


@cache
def territory_in_sentence(code: str, language: str) -> str:
    """Return the name of a country as it is written after "in" and "of", with its article if it is known."""
    articles = _ARTICLES.get(language.partition("_")[0], {})
    article = next((word for word, codes in articles.items() if code in codes.split()), "")
    return f"{article} {territory_name(code, language)}".strip()
