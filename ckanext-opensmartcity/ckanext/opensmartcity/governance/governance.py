"""Helpers for dataset dicts that actions, validators, views and the search index share."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.i18n import get_lang
from ckan.types import Context
from flask import has_request_context

from .. import config
from ..exchange.provenance import get_provenance
from ..registry import formats
from ..standard import DECLARED_FIELD, AnswerType, Finding, Language, Message, Reading, RecordType, language
from ..standard.answers import shorten
from ..standard.i18n import N_
from ..standard.model import DATASET, as_list
from ..standard.roles import RuleRole
from .types import Provenance, RecordSummary

ALGORITHM_TYPE = "algorithm"
# Names and ids that CKAN accepts. Anything else is never sent to the database or to Solr.
NAME = re.compile(r"[\w-]{1,100}", re.ASCII)


def record_type(record: dict[str, Any]) -> RecordType:
    """Return the record type of a dataset dict; ValidationError if the standard does not have this type.

    A stored record has a dataset type that the standard governs. Others may name a record type.
    """
    standard, name = config.standard(), str(record.get("type") or DATASET)
    kind = standard.types.get(name) or (None if record.get("metadata_created") else standard.records.get(name))
    if kind is None:
        raise tk.ValidationError(
            {"type": [tk._("The standard has no record type “{value}”.").format(value=shorten(name))]}
        )
    return kind


def reader(lang: Any) -> Language:
    """Return the language of a `lang` parameter, English by default."""
    return language(lang if isinstance(lang, str) else None)


def request_language() -> str:
    """Return the language of the request; outside a request the default language of the portal."""
    return get_lang() if has_request_context() else str(tk.config["ckan.locale_default"])


def describe(record: dict[str, Any]) -> RecordSummary:
    """Return the fields that identify a dataset in API results."""
    organization = record.get("organization") or {}
    return {
        "id": record["id"],
        "name": record["name"],
        "title": record.get("title"),
        "type": record["type"],
        "private": record.get("private"),
        "state": record["state"],
        "notes": record.get("notes"),
        "url": record.get("url"),
        "organization": organization.get("name"),
        "organization_title": organization.get("title"),
    }


def provenance(record: dict[str, Any]) -> Provenance | None:
    """Return the publisher that gave the answers of a harvested record; None for own answers or without answers."""
    fields = (*record_type(record).fields, DECLARED_FIELD)
    giver = get_provenance(record) if any(record.get(name) for name in fields) else None
    return None if giver is None else {"name": giver.name, "uri": giver.uri}


def links(record: dict[str, Any], kind: str) -> dict[str, str]:
    """Return the URLs of a record: its page, its transparency page, and each output format."""
    here = {"id": record["name"], "qualified": True}
    there = {"package_type": kind, **here}
    page = tk.url_for(f"{kind}.read", **here)
    return {
        "dataset": page,
        # The page of an algorithm record is its transparency page.
        "html": page if kind == ALGORITHM_TYPE else tk.url_for("opensmartcity.transparency", **there),
        **{each.name: tk.url_for(f"opensmartcity_formats.{each.name}", **there) for each in formats()},
    }


def unknown_algorithms(context: Context, reading: Reading) -> tuple[Finding, ...]:
    """Return an error for each named algorithm record that does not exist or that the user may not see."""
    rule = config.standard().rule_roles[RuleRole.UNKNOWN_ALGORITHM]
    message = N_("There is no algorithm record “{value}” that you can see. Register it first, or name another.")
    fields = [field.name for field in reading.record_type.fields.values() if field.type is AnswerType.ALGORITHMS]
    return tuple(
        Finding(rule.id, rule.severity, (field,), Message(message, {"value": shorten(name)}), frozenset({field}))
        for field in fields
        for name in as_list(reading.answers.get(field))
        if not may_see_algorithm(context, name)
    )


def may_see_algorithm(context: Context, id_or_name: str) -> bool:
    """Tell whether the user may see an algorithm record that is not deleted."""
    if not NAME.fullmatch(id_or_name):
        return False
    try:
        record = tk.get_action("package_show")(tk.fresh_context(context), {"id": id_or_name})
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return False
    return bool(record["type"] == ALGORITHM_TYPE and record["state"] != "deleted")
