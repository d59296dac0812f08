"""Filters of an audit, and its sealed cursors.

A cursor is Solr's cursorMark, signed together with filters, user and standard, so that it cannot be forged or reused
for another audit.
"""

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
    """Cursor that cannot be used: not one of ours (`altered`), too old (`expired`) or of another audit (`foreign`)."""

    def __init__(self, reason: Literal["altered", "expired", "foreign"]) -> None:
        super().__init__(reason)
        self.reason = reason


class Cursors:
    """Signer of the cursors of one audit; `walk` identifies it by filters, user and standard."""

    def __init__(self, secret: str, walk: str) -> None:
        self._walk = hashlib.sha256(walk.encode()).hexdigest()[:32]
        self._sealer = URLSafeTimedSerializer(
            secret,
            salt="opensmartcity audit cursor",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def seal(self, mark: str) -> str:
        """Return the signed cursor for a cursorMark of Solr."""
        return str(self._sealer.dumps([self._walk, mark]))

    def open(self, cursor: str) -> str:
        """Return the cursorMark in a cursor; raise CursorError if it cannot be used."""
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
    """Validated filters: `given` by parameter name, and the id of the organisation."""

    given: Mapping[str, Any]
    owner_org: str | None = None

    def search(self) -> dict[str, Any]:
        """Return the parameters of package_search for these records."""
        search = {name: self.given[name] for name in ("q", "fq") if name in self.given}
        return {**search, "include_private": self.given.get("include_private", True), "fq_list": [*self._queries()]}

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


def read_filters(params: Mapping[str, Any]) -> Filters:
    """Return the filters among validated parameters; raise ValidationError if they contradict each other."""
    given = {name: params[name] for name in NAMES if name in params}
    if "group" in given and "level" not in given:
        message = tk._("Give a level too: `group` only selects the questions to which the level applies.")
        raise tk.ValidationError({"group": [message]})
    if "organization" not in given:
        return Filters(given)
    owner_org = catalogue.organization(given["organization"])
    if owner_org is None:
        text = tk._("There is no organisation “{value}”. Give its id, or its name in addresses.")
        raise tk.ValidationError({"organization": [text.format(value=shorten(given["organization"]))]})
    return Filters(given, owner_org)


@dataclass(frozen=True)
class Audit:
    """Audit as of one day, which stays the same however long the audit takes."""

    filters: Filters
    reader: Language
    standard: Standard = field(default_factory=config.standard)
    today: date = field(default_factory=lambda: config.settings().day)

    def decide(self, context: Context) -> facet_counts.CapturedQuery:
        """Return the search for the records that the context's user may see now."""
        params = self.filters.search()
        try:
            return facet_counts.capture_query(context, params)
        except search.SearchError as problem:
            raise statistics.query_error(params, problem) from problem

    @cached_property
    def rows(self) -> Rows:
        """Converter of index documents into rows."""
        return Rows(self.standard, self.reader, self.today)

    def head(self) -> dict[str, Any]:
        """Return date and version of the standard, by which the audit is cited."""
        return statistics.head(self.standard, self.today)

    def cursors(self, user: str) -> Cursors:
        """Return the signer of this audit's cursors, which are valid only for this user and these filters."""
        walk = json.dumps([self.filters.given, user, standard_digest(self.standard)], sort_keys=True)
        return Cursors(tk.config["SECRET_KEY"], walk)

    def start(self, cursor: str | None, user: str) -> str:
        """Return the cursorMark at which to start or continue; raise ValidationError for an invalid cursor."""
        try:
            return self.cursors(user).open(cursor) if cursor else START
        except CursorError as error:
            messages = {
                "altered": tk._("Invalid cursor. Start again without one."),
                "expired": tk._("This cursor is older than a day. Start again without one."),
                "foreign": tk._(
                    "This cursor belongs to other filters, another user or an older standard. "
                    "Use the same filters and user, or start again without a cursor."
                ),
            }
            raise tk.ValidationError({"cursor": [str(messages[error.reason])]}) from error
