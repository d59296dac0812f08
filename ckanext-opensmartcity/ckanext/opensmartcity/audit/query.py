"""Cursors: where a walk goes on, sealed, so that nobody can make one up or go on with it in another walk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.types import Context
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from .. import config
from ..governance.model import catalogue
from ..search import facet_counts, fields, statistics
from ..search.statistics import overdue_query
from ..standard import Language, Standard, standard_digest
from ..standard.answers import shorten
from .rows import Rows

LIFETIME = 24 * 60 * 60
START = "*"
_LONGEST = 2_000


class CursorError(Exception):
    """Why a cursor cannot be used: it is no cursor of ours, too old, or of another walk."""

    def __init__(self, reason: Literal["altered", "expired", "foreign"]) -> None:
        super().__init__(reason)
        self.reason = reason


class Cursors:
    """Seals and opens the cursors of one walk; `walk` is whatever tells it from others: filters, person, standard."""

    def __init__(self, secret: str, walk: str) -> None:
        self._walk = hashlib.sha256(walk.encode()).hexdigest()[:32]
        self._sealer = URLSafeTimedSerializer(
            secret,
            salt="opensmartcity audit cursor",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def seal(self, mark: str) -> str:
        """Return the cursor for a mark of the index."""
        return str(self._sealer.dumps([self._walk, mark]))

    def open(self, cursor: str) -> str:
        """Return the mark in a cursor; CursorError where it cannot be used."""
        if len(cursor) > _LONGEST:
            raise CursorError("altered")
        try:
            walk, mark = self._sealer.loads(cursor, max_age=LIFETIME)
        except SignatureExpired as error:
            raise CursorError("expired") from error
        except (BadData, ValueError, TypeError) as error:
            raise CursorError("altered") from error
        if walk != self._walk:
            raise CursorError("foreign")
        return str(mark)


NAMES = ("q", "fq", "group", "level", "missing", "concern", "overdue", "organization", "include_private")
OVERDUE = ("review", "disposal")


def groups() -> list[str]:
    """Return the ids of all groups of questions."""
    return list(dict.fromkeys(group.id for record in config.standard().records.values() for group in record.groups))


def questions() -> list[str]:
    """Return the names of all questions."""
    return list(dict.fromkeys(name for record in config.standard().records.values() for name in record.fields))


def rules() -> list[str]:
    """Return the ids of the rules that a stored record can meet as a concern."""
    return [rule.id for rule in config.standard().rules.values() if rule.severity == "concern"]


@dataclass(frozen=True)
class Filters:
    """What somebody asked for: `given` by the names of the parameters, and the organisation found for it."""

    given: Mapping[str, Any]
    owner_org: str | None = None

    def search(self) -> dict[str, Any]:
        """Return the search that finds these records."""
        asked = {name: self.given[name] for name in ("q", "fq") if name in self.given}
        return {**asked, "include_private": self.given.get("include_private", True), "fq_list": [*self._queries()]}

    def _queries(self) -> Iterable[str]:
        yield statistics.governed(config.standard())
        if levels := self.given.get("level"):
            group = self.given.get("group")
            facet, prefix = (fields.GROUP_LEVEL, f"{group}:") if group else (fields.LEVEL, "")
            yield _any(facet, (prefix + level for level in levels))
        if missing := self.given.get("missing"):
            yield _any(fields.MISSING, missing)
        if concerns := self.given.get("concern"):
            yield _any(fields.CONCERN, concerns)
        if overdue := self.given.get("overdue"):
            yield f"+({' OR '.join(overdue_query(what, config.settings().day) for what in overdue)})"
        if self.owner_org:
            yield f'+owner_org:"{self.owner_org}"'


def _any(facet: str, codes: Iterable[str]) -> str:
    quoted = [f'"{code}"' for code in codes]
    return f"+{facet}:({' OR '.join(quoted)})"


def read_filters(asked: Mapping[str, Any]) -> Filters:
    """Return the filters among checked parameters; ValidationError where they do not fit together."""
    given = {name: asked[name] for name in NAMES if name in asked}
    if "group" in given and "level" not in given:
        message = tk._("Give a level too: the group says in which questions it is looked for.")
        raise tk.ValidationError({"group": [message]})
    return Filters(given, _organization(given["organization"]) if "organization" in given else None)


def _organization(name: str) -> str:
    found = catalogue.organization(name)
    if found is None:
        text = tk._("There is no organisation “{value}”. Give its id, or its name in addresses.")
        raise tk.ValidationError({"organization": [text.format(value=shorten(name))]})
    return found


@dataclass(frozen=True)
class Audit:
    """One audit; its day stays the same, however long it takes."""

    filters: Filters
    reader: Language
    standard: Standard = field(default_factory=config.standard)
    today: date = field(default_factory=lambda: config.settings().day)

    def decide(self, context: Context) -> facet_counts.CapturedQuery:
        """Return how the index is asked for what the person of a context may see of it now."""
        asked = self.filters.search()
        try:
            return facet_counts.capture_query(context, asked)
        except search.SearchError as problem:
            raise statistics.query_error(asked, problem) from problem

    @cached_property
    def rows(self) -> Rows:
        """What makes rows of documents."""
        return Rows(self.standard, self.reader, self.today)

    def head(self) -> dict[str, Any]:
        """Return what makes the audit citable."""
        return statistics.head(self.standard, self.today)

    def cursors(self, user: str) -> Cursors:
        """Return the cursors of this audit by a person: with other filters or for others they are none."""
        walk = json.dumps([self.filters.given, user, standard_digest(self.standard)], sort_keys=True)
        return Cursors(tk.config["SECRET_KEY"], walk)

    def start(self, cursor: str | None, user: str) -> str:
        """Return where a walk begins or goes on; ValidationError for a cursor that cannot be used."""
        try:
            return self.cursors(user).open(cursor) if cursor else START
        except CursorError as error:
            raise tk.ValidationError({"cursor": [_in_words(error)]}) from error


def _in_words(error: CursorError) -> str:
    words = {
        "altered": tk._("This is no cursor of this portal, or it was changed. Begin again without a cursor."),
        "expired": tk._("This cursor is older than a day. Begin again without a cursor."),
        "foreign": tk._(
            "This cursor belongs to other filters, another user or an older standard. "
            "Send the same as before, or begin again without a cursor."
        ),
    }
    return str(words[error.reason])
