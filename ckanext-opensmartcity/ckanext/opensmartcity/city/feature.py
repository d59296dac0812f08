"""City page: indicators of the whole catalogue, as a page, JSON, CSV and a printed report."""

from __future__ import annotations

from ..contributions import PageLink, Panel
from ..feature import Feature
from ..standard.i18n import N_
from . import actions, cli, helpers, views

FEATURE = Feature(
    name="city",
    actions=[actions],
    helpers=[helpers],
    blueprints=[views.blueprint],
    commands=[cli.city_report],
    templates=True,
    panels=[Panel("list", 20, "opensmartcity/snippets/list_note.html", lambda values: helpers.list_note())],
    links=[
        PageLink("site", 20, N_("Transparency"), "opensmartcity_city.page", name="transparency"),
        PageLink("breadcrumb", 10, N_("Transparency"), "opensmartcity_city.page"),
        PageLink("city.back", 10, N_("Back to the numbers of the city"), "opensmartcity_city.page"),
    ],
)
