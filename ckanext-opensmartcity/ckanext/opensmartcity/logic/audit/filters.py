"""What an audit is narrowed to: words of the standard, checked, and then said to the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ... import config
from ...model import catalogue
from ...standard.answers import shorten
from .. import facets, stats
from ..measures import overdue_query

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
        yield stats.governed(config.standard())
        if levels := self.given.get("level"):
            group = self.given.get("group")
            facet, prefix = (facets.GROUP_LEVEL, f"{group}:") if group else (facets.LEVEL, "")
            yield _any(facet, (prefix + level for level in levels))
        if missing := self.given.get("missing"):
            yield _any(facets.MISSING, missing)
        if concerns := self.given.get("concern"):
            yield _any(facets.CONCERN, concerns)
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
