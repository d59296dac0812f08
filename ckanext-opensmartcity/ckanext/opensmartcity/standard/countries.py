"""ISO 3166-1 country codes and what counts as home."""

from __future__ import annotations

from functools import cache

from babel import Locale

EUROPEAN_UNION = "EU"

EEA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())

# CLDR names more territories than ISO 3166-1 assigns: reserved codes, groupings and private use.
_NOT_ISO = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split())


@cache
def country_codes() -> frozenset[str]:
    """Return the 249 alpha-2 codes of ISO 3166-1."""
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NOT_ISO


@cache
def home_area(home: str | None) -> frozenset[str]:
    """Return the codes that count as home: an EEA country or `EU` makes the whole EEA home; empty if none is set."""
    if not home:
        return frozenset()
    if home == EUROPEAN_UNION or home in EEA:
        return EEA | {EUROPEAN_UNION}
    return frozenset({home})


def territory_name(code: str, language: str) -> str:
    """Return the name of a country, or of the European Union, in a language."""
    return str(Locale.parse(language, sep="_").territories.get(code, code))
