"""Translation without CKAN: lazy messages, and languages with their gettext catalogue and CLDR locale."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from babel import Locale, UnknownLocaleError

Translate = Callable[[str], str]
TranslatePlural = Callable[[str, str, int], str]


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for "mark, do not translate yet")
    """Mark a text for extraction and return it unchanged."""
    return text


@dataclass(frozen=True)
class Message:
    """A translatable template with `{name}` placeholders and the values that fill them."""

    template: str
    values: Mapping[str, str] = field(default_factory=dict)

    def render(self, translate: Translate = str) -> str:
        """Return the translated template with its values. Braces are left alone if there are no values."""
        text = translate(self.template)
        return text.format_map(self.values) if self.values else text


DOMAIN = "ckanext-opensmartcity"
SOURCE_LANGUAGE = "en"
# Plain `en` in CLDR is American English, with dates such as "May 3, 2026".
SOURCE_LOCALE = "en_GB"


def _english_plural(singular: str, plural: str, number: int) -> str:
    return singular if number == 1 else plural


@dataclass(frozen=True)
class Language:
    """A shipped language: its code, its CLDR locale and its translation functions."""

    code: str
    locale: str
    translate: Translate
    translate_plural: TranslatePlural = _english_plural


def catalogue_folder() -> Path:
    """Return the folder of the shipped catalogues."""
    return Path(str(files("ckanext.opensmartcity.i18n")))


def shipped_languages() -> tuple[str, ...]:
    """Return the codes of the shipped languages, the source language first."""
    return SOURCE_LANGUAGE, *sorted(path.parts[-3] for path in catalogue_folder().glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))


@lru_cache(maxsize=128)
def language(code: str | None) -> Language:
    """Return the shipped language that is closest to a code such as `nl` or `nl_BE`, else English."""
    shipped = shipped_languages()
    requested = code or SOURCE_LANGUAGE
    for candidate in (requested, requested.replace("-", "_").partition("_")[0]):
        if candidate in shipped:
            return Language(candidate, _locale(code, candidate), *_translators(candidate))
    return Language(SOURCE_LANGUAGE, SOURCE_LOCALE, str)


def _translators(code: str) -> tuple[Translate, TranslatePlural]:
    if code == SOURCE_LANGUAGE:
        return str, _english_plural
    catalogue = gettext.translation(DOMAIN, str(catalogue_folder()), [code])
    # The empty text is the key of the catalogue header in gettext.
    return lambda text: catalogue.gettext(text) if text else text, catalogue.ngettext


def _locale(code: str | None, fallback: str) -> str:
    if not code or code == SOURCE_LANGUAGE:
        return SOURCE_LOCALE
    try:
        return str(Locale.parse((code or fallback).replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return fallback
