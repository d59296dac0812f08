"""The pages, one module per reader."""

from __future__ import annotations

from flask import Blueprint

from ..audit import views as audit_views
from ..city import views as city_views
from ..comparison import views as comparison_views
from ..dcat import views as dcat_views
from ..governance.views import dataset, default_answers, form, standard
from ..governance.views.dataset import show_systems_as_transparency_pages
from ..ledger.views import history, ledger
from ..links import views as links_views
from ..ngsi_ld import views as ngsi_ld_views
from ..openapi import views
from ..participation import views as participation_views
from .http import refuse_impossible_names, tell_caches, tell_programs

__all__ = ["get_blueprints", "show_systems_as_transparency_pages"]


_BLUEPRINTS = [
    module.blueprint
    for module in (
        audit_views,
        city_views,
        comparison_views,
        dataset,
        form,
        history,
        ledger,
        dcat_views,
        links_views,
        ngsi_ld_views,
        views,
        participation_views,
        standard,
        participation_views,
        participation_views,
        default_answers,
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
