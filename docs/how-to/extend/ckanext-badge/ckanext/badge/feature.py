"""The feature `badge`: an action, a page, a panel, an output format, an indicator and a doctor check."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckanext.opensmartcity.contributions import Diagnosis, DoctorCheck, IndicatorSource, OutputFormat, Panel
from ckanext.opensmartcity.feature import Feature
from ckanext.opensmartcity.standard import PortalIndicator
from ckanext.opensmartcity.standard.i18n import Message

from . import actions, badge, views


def check_site_url() -> Diagnosis:
    """Check that other web sites can embed badges: browsers block pictures over HTTP on a page over HTTPS."""
    if tk.config["ckan.site_url"].startswith("https://"):
        return Diagnosis("ok", Message("Other web sites can embed badges."))
    return Diagnosis(
        "warning",
        Message("Web sites that use HTTPS cannot embed badges."),
        Message("Serve the portal over HTTPS and set ckan.site_url."),
    )


FEATURE = Feature(
    name="badge",
    package="ckanext.badge",
    actions=[actions],
    blueprints=[views.blueprint],
    templates=True,
    panels=[
        Panel(
            place="record",
            position=30,
            template="badge/panel.html",
            data=lambda values: {"picture": values["governance"]["links"]["badge"]},
            anchor="badge",
            title="A badge for your web site",
        )
    ],
    formats=[
        OutputFormat(
            name="badge",
            media_type="image/svg+xml",
            suffix="badge.svg",
            serialize=badge.draw,
            load=lambda context, id: tk.get_action("badge_show")(context, {"id": id}),
            label="Badge (SVG)",
        )
    ],
    indicators=[
        IndicatorSource(
            names=("best_badges",),
            values=badge.best_badges,
            indicators=(
                PortalIndicator(
                    id="best_badges",
                    characteristic="accountable",
                    records="dataset",
                    title="Datasets with the best badge",
                    definition="All required questions are answered, and the answers were reviewed on time.",
                    source="best_badges",
                ),
            ),
        )
    ],
    doctor_checks=[DoctorCheck("badge-site-url", check_site_url)],
)
