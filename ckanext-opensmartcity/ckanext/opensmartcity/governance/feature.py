"""Core feature, always on: the form, the transparency page, default answers and the pages of the standard."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ..contributions import PageLink, record_params
from ..feature import Feature
from ..search import availability
from ..search import helpers as search_helpers
from ..standard.i18n import N_
from ..views import api, reverse_proxy
from . import actions, doctor, helpers, service_checks, setup_checks
from .governance import ALGORITHM_TYPE
from .helpers import form, transparency
from .views import dataset, default_answers, formats, health, publication, standard
from .views import form as views_form


def _may_see_defaults(id: str) -> bool:
    return bool(tk.current_user.is_authenticated and tk.h.check_access("governance_defaults_show", {"id": id}))


FEATURE = Feature(
    name="governance",
    actions=[actions],
    chained_actions={"package_show": availability.package_show},
    helpers=[form, helpers, search_helpers, transparency],
    blueprints=[
        dataset.blueprint,
        publication.blueprint,
        views_form.blueprint,
        standard.blueprint,
        default_answers.blueprint,
        api.blueprint,
        reverse_proxy.blueprint,
        health.blueprint,
    ],
    commands=[doctor.doctor],
    doctor_checks=[*service_checks.CHECKS, *setup_checks.CHECKS, reverse_proxy.CHECK],
    formats=[formats.JSON_FORMAT],
    links=[
        PageLink(
            "dataset.tabs",
            5,
            N_("Transparency"),
            "opensmartcity.transparency",
            params=record_params,
            # The page of an algorithm record already is its transparency page.
            when=lambda values: values["dataset"]["type"] != ALGORITHM_TYPE,
            icon="eye",
            name="transparency",
        ),
        PageLink(
            "dataset.edit.tabs",
            5,
            N_("Governance"),
            "opensmartcity_form.governance",
            params=record_params,
            icon="list-check",
            name="governance",
        ),
        PageLink(
            "organization.tabs",
            5,
            N_("Default answers"),
            "opensmartcity_usual.entry",
            params=lambda values: {"id": values["organization"]["name"]},
            when=lambda values: _may_see_defaults(values["organization"]["id"]),
            icon="list-check",
            name="default_answers",
        ),
    ],
    templates=True,
    assets=True,
)
