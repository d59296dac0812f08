"""Pages of the form of a dataset type: those of the city's own fields, then one for each group of questions.

A schema without `start_form_page` has one page of own fields, at CKAN's address of the form. Otherwise scheming serves
each of them at an address of its own, by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from .. import config
from ..standard import DECLARED_FIELD, Group
from ..standard.migration import VERSION_FIELD
from .edit_baseline import DRAFT

OWN_FIELDS = "own"


@dataclass(frozen=True)
class OwnPage:
    """Page of own fields, as scheming describes them; `number` is 0 for the only page of a form without pages."""

    number: int
    label: str
    fields: tuple[Mapping[str, Any], ...]
    is_last: bool

    @property
    def id(self) -> str:
        """Return `own`, or `own-2` for the second page."""
        return f"{OWN_FIELDS}-{self.number}" if self.number else OWN_FIELDS


def own_fields(dataset_type: str) -> frozenset[str]:
    """Return the names of the fields that do not belong to the standard."""
    ours = {*config.standard().types[dataset_type].fields, DECLARED_FIELD, VERSION_FIELD}
    fields = tk.h.scheming_get_dataset_schema(dataset_type)["dataset_fields"]
    return frozenset(field["field_name"] for field in fields if field["field_name"] not in ours)


def own_pages(dataset_type: str) -> list[OwnPage]:
    """Return the pages of the fields that do not belong to the standard."""
    own = own_fields(dataset_type)
    pages = tk.h.scheming_get_dataset_form_pages(dataset_type)
    if not pages:
        fields = tk.h.scheming_get_dataset_schema(dataset_type)["dataset_fields"]
        return [OwnPage(0, tk._("Description"), tuple(each for each in fields if each["field_name"] in own), True)]
    return [
        OwnPage(
            number,
            str(tk.h.scheming_language_text(page["title"])),
            tuple(each for each in page["fields"] if each["field_name"] in own),
            number == len(pages),
        )
        for number, page in enumerate(pages, 1)
    ]


def own_page_of(name: str, dataset_type: str, here: str = "") -> OwnPage:
    """Return the page with an own field; for others, such as the visibility, the page `here` or else the first one."""
    pages = own_pages(dataset_type)
    named = (page for page in pages if any(name == field["field_name"] for field in page.fields))
    return next(named, next((page for page in pages if page.id == here), pages[0]))


def own_page_url(dataset_type: str, id: str, number: int, state: str | None) -> str:
    """Return the URL of a page of own fields of a stored record."""
    if not number:
        return str(tk.url_for(f"{dataset_type}.edit", id=id))
    # Scheming's pages of a new record lead on to the next one, and those of a published record back to its page.
    endpoint = "scheming_new_page" if state == DRAFT else "scheming_edit_page"
    return str(tk.url_for(f"{dataset_type}.{endpoint}", id=id, page=number))


def groups(dataset_type: str) -> tuple[Group, ...]:
    """Return the groups of questions in the order of their pages: first those that the city names."""
    named = config.form_pages()
    by_id = {group.id: group for group in config.standard().types[dataset_type].groups}
    return tuple(by_id[name] for name in dict.fromkeys((*named, *by_id)) if name in by_id)
