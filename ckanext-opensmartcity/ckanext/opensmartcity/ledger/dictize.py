"""Events as the API gives them, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckan import model

from .. import config
from ..governance.model import packages
from ..ledger_format.event import leaf_hash
from ..ledger_format.event_text import ChangeRenderer, Names, action_in_words, role_in_words
from ..standard import Language
from .model.event_queries import Row


@dataclass(frozen=True)
class Words:
    """The reader's language and what a page of events names by an id."""

    language: Language
    names: Names
    organizations: Mapping[str, str]
    users: Mapping[int, str]


def dictize_events(rows: Sequence[Row], visible: Iterable[bool], words: Words) -> list[dict[str, Any]]:
    """Return events as JSON values; of those that the reader may not see only the hash."""
    return [
        _event(row, json.loads(row.body), words) if seen else _hidden(row)
        for row, seen in zip(rows, visible, strict=True)
    ]


def words_for(rows: Sequence[Row], language: Language, users: Mapping[int, str]) -> Words:
    """Look up the names that some events need, in one statement."""
    bodies = [json.loads(row.body) for row in rows]
    ids = {value for body in bodies for value in _owners(body)}
    named = {body["by"]["organization"] for body in bodies if body["by"]["organization"]}
    organizations, by_name = packages.organization_titles(model.Session(), sorted(ids), sorted(named))
    return Words(language, Names(organizations, _licenses()), by_name, users)


def _owners(body: Mapping[str, Any]) -> Iterable[str]:
    for change in body["changes"]:
        if change["field"] == "owner_org":
            yield from (value for value in (change["before"], change["after"]) if value)


def _licenses() -> dict[str, str]:
    return {license.id: license.title for license in model.Package.get_license_register().values()}


def _hidden(row: Row) -> dict[str, Any]:
    return {"hidden": True, "leaf_hash": _leaf(row), **_place(row)}


def _place(row: Row) -> dict[str, int | None]:
    return {"index": row.index, "checkpoint": row.checkpoint}


def _leaf(row: Row) -> str:
    return leaf_hash(row.body.encode()).hex()


def _event(row: Row, body: dict[str, Any], words: Words) -> dict[str, Any]:
    by, kind = body["by"], body["subject"]["type"]
    renderer = ChangeRenderer(config.standard(), kind, words.language, words.names)
    return {
        "hidden": False,
        "id": body["id"],
        "at": body["at"],
        "action": body["action"],
        "action_label": action_in_words(body["action"], words.language),
        "subject": body["subject"] | ({"name": row.name, "title": row.title} if row.name else {}),
        "request": body["request"],
        "actor": _actor(by, row, words),
        "changes": [renderer.render(change) for change in body["changes"]],
        "public": row.public,
        **_place(row),
        "leaf_hash": _leaf(row),
        "event": body,
    }


def _actor(by: Mapping[str, Any], row: Row, words: Words) -> dict[str, Any]:
    title = words.organizations.get(by["organization"], by["organization"])
    named = {"user": words.users[row.seq]} if row.seq in words.users else {}
    return {
        "role": by["role"],
        "organization": by["organization"],
        "label": role_in_words(by["role"], title, words.language),
        **named,
    }
