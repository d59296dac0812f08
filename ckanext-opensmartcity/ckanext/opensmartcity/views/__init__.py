"""The pages, one module per reader."""

from __future__ import annotations

from flask import Blueprint

from . import (
    auditor,
    city,
    compare,
    dataset,
    form,
    history,
    ledger,
    linked,
    links,
    ngsi_ld,
    openapi,
    questions,
    standard,
    stewardship,
    stories,
    usual,
)
from .dataset import show_systems_as_transparency_pages
from .refusing import refuse_impossible_names
from .telling_programs import tell_programs

__all__ = ["get_blueprints", "show_systems_as_transparency_pages"]


_MODULES = (
    auditor,
    city,
    compare,
    dataset,
    form,
    history,
    ledger,
    linked,
    links,
    ngsi_ld,
    openapi,
    questions,
    standard,
    stewardship,
    stories,
    usual,
)
# Once: a blueprint takes no more functions after an application has it.
for _module in _MODULES:
    _module.blueprint.before_request(refuse_impossible_names)
    tell_programs(_module.blueprint)


def get_blueprints() -> list[Blueprint]:
    """Return every blueprint of the product."""
    return [module.blueprint for module in _MODULES]
