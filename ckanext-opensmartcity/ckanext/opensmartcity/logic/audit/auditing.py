"""An audit: who asks for which records, as of which day and by which standard."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.types import Context

from ... import config
from ...standard import Language, Standard, standard_digest
from .. import counting, params, stats
from .cursors import START, CursorError, Cursors
from .filters import Filters
from .rows import Rows


@dataclass(frozen=True)
class Audit:
    """One audit; its day stays the same, however long it takes."""

    filters: Filters
    reader: Language
    standard: Standard = field(default_factory=config.standard)
    today: date = field(default_factory=lambda: config.settings().day)

    def decide(self, context: Context) -> counting.Decided:
        """Return how the index is asked for what the person of a context may see of it now."""
        asked = self.filters.search()
        try:
            return counting.decide(context, asked)
        except search.SearchError as problem:
            raise params.not_understood(asked, problem) from problem

    @cached_property
    def rows(self) -> Rows:
        """What makes rows of documents."""
        return Rows(self.standard, self.reader, self.today)

    def head(self) -> dict[str, Any]:
        """Return what makes the audit citable."""
        return stats.head(self.standard, self.today)

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
