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
from .caching import tell_caches
from .dataset import show_systems_as_transparency_pages
from .refusing import refuse_impossible_names
from .telling_programs import tell_programs

__all__ = ["get_blueprints", "show_systems_as_transparency_pages"]


_BLUEPRINTS = [
    module.blueprint
    for module in (
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
]
# Once: a blueprint takes no more functions after an application has it.
for _blueprint in _BLUEPRINTS:
    _blueprint.before_request(refuse_impossible_names)
    _blueprint.after_request(tell_caches)
    tell_programs(_blueprint)


def get_blueprints() -> list[Blueprint]:
    """Return every blueprint of the product."""
    return list(_BLUEPRINTS)
