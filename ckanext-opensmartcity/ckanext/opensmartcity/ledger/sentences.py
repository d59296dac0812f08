"""One change as a sentence that a resident understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.lists import format_list

from ..standard import DECLARED_FIELD, Language
from ..standard.messages import N_

# What is longer stands beside each other below the sentence.
_SHORT = 80

_BECAME = {
    ("private", False): N_("Everybody can see this now."),
    ("private", True): N_("Only the organisation can see this now."),
    ("state", "active"): N_("This is in the catalogue now."),
    ("state", "draft"): N_("This is a draft now."),
    ("state", "deleted"): N_("This was taken out of the catalogue."),
}
_SPECIAL = {
    ("owner_org", "changed"): N_("This moved from “{before}” to “{after}”."),
    ("owner_org", "answered"): N_("“{after}” publishes this now."),
    ("owner_org", "taken back"): N_("“{before}” no longer publishes this."),
    ("title", "changed"): N_("The organisation “{before}” is called “{after}” now."),
    ("reason", "answered"): N_("The reason given: {after}."),
    (DECLARED_FIELD, "changed"): N_("The city says now: {after}. Before, it said: {before}."),
    (DECLARED_FIELD, "answered"): N_("The city says now: {after}."),
    (DECLARED_FIELD, "taken back"): N_("The city no longer says: {before}."),
}
_ANSWERS = {
    "changed": N_("The city changed “{label}” from “{before}” to “{after}”."),
    "answered": N_("The city answered “{label}”: “{after}”."),
    "taken back": N_("The city took back its answer to “{label}”. It was: “{before}”."),
}
_LONG_ANSWERS = {
    "changed": N_("The city changed its answer to “{label}”."),
    "answered": N_("The city answered “{label}”."),
    "taken back": N_("The city took back its answer to “{label}”."),
}


def change_in_words(change: Mapping[str, Any], language: Language) -> str:
    """Say a change that has its label and both values in words (`label`, `before_display`, `after_display`)."""
    values = {side: _said(change[f"{side}_display"], language) for side in ("before", "after")}
    return language.translate(_template(change, values)).format(label=change["label"], **values)


def _template(change: Mapping[str, Any], values: Mapping[str, str]) -> str:
    name, how = change["field"], _how(change)
    became = _BECAME.get((name, change["after"])) if isinstance(change["after"], (str, bool)) else None
    templates = _ANSWERS if all(map(_is_short, values.values())) else _LONG_ANSWERS
    return became or _SPECIAL.get((name, how)) or templates[how]


def _how(change: Mapping[str, Any]) -> str:
    if change["before"] is None:
        return "answered"
    return "taken back" if change["after"] is None else "changed"


def _said(shown: str | list[str] | None, language: Language) -> str:
    # The sentence has a full stop of its own.
    text = format_list(shown, locale=language.locale) if isinstance(shown, list) and shown else shown or ""
    return str(text).removesuffix(".")


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT and "\n" not in text
