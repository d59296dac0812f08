"""Comparison: this city's indicators beside those that other portals publish."""

from __future__ import annotations

from .. import config
from ..contributions import PageLink
from ..feature import Feature
from ..standard.i18n import N_
from . import actions, cli, compare, fetch_job, views

FEATURE = Feature(
    name="comparison",
    actions=[actions],
    helpers=[compare],
    blueprints=[views.blueprint],
    commands=[cli.peers],
    doctor_checks=[fetch_job.CHECK],
    templates=True,
    assets=True,
    links=[
        PageLink(
            "city.pages",
            10,
            N_("Our numbers beside those of other cities"),
            "opensmartcity_compare.page",
            when=lambda values: bool(config.peers()),
        )
    ],
)
