"""Links: a background job checks the links of public datasets, and pages tell which do not answer."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

from ..contributions import IndicatorSource, Panel, Share
from ..feature import Feature
from ..governance.governance import reader, request_language
from . import actions, check_job, cli, report, views


def reached_links() -> dict[str, Share | None]:
    """Return the share of checked links that could be reached, None if none were checked."""
    counted, page = report.counts(), "opensmartcity_links.page"
    if counted is None:
        return {"links": None}
    reached, failed = tk.url_for(page, state="reached", qualified=True), tk.url_for(page, qualified=True)
    return {"links": Share(*counted, reached, failed)}


FEATURE = Feature(
    name="links",
    actions=[actions],
    helpers=[report],
    blueprints=[views.blueprint],
    commands=[cli.links],
    templates=True,
    assets=True,
    panels=[
        Panel(
            "record.status",
            10,
            "opensmartcity/snippets/unreached.html",
            lambda values: report.unreached(values["dataset"]["id"], reader(request_language())) or None,
        ),
        Panel(
            "resource",
            10,
            "opensmartcity/snippets/link_note.html",
            lambda values: report.link_note(values["package"].get("id"), values["resource"]),
        ),
    ],
    indicators=[IndicatorSource(("links",), reached_links)],
    doctor_checks=[check_job.CHECK],
)
