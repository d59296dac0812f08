"""What actions, validators and the index share: a dataset dict seen through the standard."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.i18n import get_lang
from ckan.types import Context
from flask import has_request_context

from .. import config
from ..exchange.provenance import get_provenance
from ..feature import formats
from ..standard import DECLARED_FIELD, AnswerType, Finding, Language, Message, Reading, RecordType, language
from ..standard.answers import shorten
from ..standard.i18n import N_
from ..standard.model import as_list

Findings = tuple[Finding, ...]
ALGORITHM_TYPE = "algorithm"
# What CKAN lets be a name or an id: anything else is asked of no database and no search.
NAME = re.compile(r"[\w-]{1,100}", re.ASCII)


def record_type(record: dict[str, Any]) -> RecordType:
    """Return the kind of record that a dataset dict is; ValidationError where the standard knows no such type."""
    name = str(record.get("type") or "dataset")
    found = config.standard().records.get(name)
    if found is None:
        raise tk.ValidationError(
            {"type": [tk._("The standard has no record type “{value}”.").format(value=shorten(name))]}
        )
    return found


def reader(lang: Any) -> Language:
    """Return the language asked for, English by default."""
    return language(lang if isinstance(lang, str) else None)


def request_language() -> str:
    """Return the language of the request, or of the portal outside one."""
    return get_lang() if has_request_context() else str(tk.config["ckan.locale_default"])


def describe(record: dict[str, Any]) -> dict[str, Any]:
    """Return what names a dataset in the API's answers."""
    organization = record.get("organization") or {}
    return {key: record.get(key) for key in ("id", "name", "title", "type", "private", "state", "notes", "url")} | {
        "organization": organization.get("name"),
        "organization_title": organization.get("title"),
    }


def given_by(record: dict[str, Any]) -> dict[str, str | None] | None:
    """Return who gave the answers of a record that came from another portal; None where it has no answers."""
    fields = (*record_type(record).fields, DECLARED_FIELD)
    giver = get_provenance(record) if any(record.get(name) for name in fields) else None
    return None if giver is None else {"name": giver.name, "uri": giver.uri}


def links(record: dict[str, Any], kind: str) -> dict[str, str]:
    """Return where a dataset and its governance can be read."""
    here = {"id": record["name"], "qualified": True}
    page = tk.url_for(f"{kind}.read", **here)
    return {
        "dataset": page,
        # The page of a system is its transparency page.
        "html": page if kind == ALGORITHM_TYPE else tk.url_for("opensmartcity.transparency", package_type=kind, **here),
        "json": tk.url_for("opensmartcity.transparency_json", package_type=kind, **here),
        **{each.name: tk.url_for(each.endpoint, package_type=kind, **each.params, **here) for each in formats()},
    }


def missing_systems(context: Context, reading: Reading) -> Findings:
    """Return OSC-040 for each named system that does not exist or that the user may not see."""
    fields = [field for field in reading.record_type.fields.values() if field.type is AnswerType.ALGORITHMS]
    return tuple(
        _unseen(field.name, system)
        for field in fields
        for system in as_list(reading.answers.get(field.name))
        if not _may_see_system(context, system)
    )


def _may_see_system(context: Context, system: str) -> bool:
    if not NAME.fullmatch(system):
        return False
    try:
        seen = tk.get_action("package_show")(tk.fresh_context(context), {"id": system})
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return False
    return bool(seen["type"] == ALGORITHM_TYPE and seen["state"] != "deleted")


def _unseen(name: str, system: str) -> Finding:
    message = N_("There is no algorithm record “{value}” that you can see. Register it first, or name another.")
    return Finding("OSC-040", "error", (name,), Message(message, {"value": shorten(system)}), frozenset({name}))
