"""Participation: questions and stories of residents, with moderation, notifications and rate limits."""

from __future__ import annotations

from ..contributions import IndicatorSource, PageLink, Panel, record_params
from ..feature import Feature
from ..standard.i18n import N_
from . import actions, cli, expiry, helpers, notifications, receipts, summaries, views

FEATURE = Feature(
    name="participation",
    actions=[actions, receipts],
    helpers=[helpers],
    blueprints=[
        views.questions_blueprint,
        views.stories_blueprint,
        views.receipt_blueprint,
        views.stewardship_blueprint,
    ],
    commands=[cli.questions],
    templates=True,
    assets=True,
    panels=[
        Panel(
            "record",
            10,
            "opensmartcity/voices/glance.html",
            lambda values: summaries.at_a_glance(values["dataset"]["id"]),
            anchor="voices",
            title=N_("What do residents ask and tell?"),
        ),
        Panel(
            "city",
            10,
            "opensmartcity/city_stories.html",
            lambda values: values["city"].get("stories") or None,
            anchor="stories",
            title=N_("What residents tell"),
        ),
    ],
    links=[
        PageLink(
            "dataset.tabs",
            10,
            N_("Questions"),
            "opensmartcity_questions.page",
            params=record_params,
            icon="comments",
            name="questions",
        ),
        PageLink(
            "dashboard.tabs",
            10,
            N_("Questions of residents"),
            "opensmartcity_stewardship.questions",
            icon="comments",
            name="resident_questions",
        ),
    ],
    indicators=[
        IndicatorSource(("questions_answered", "questions_in_time", "days_to_answer", "stories"), summaries.indicators)
    ],
    doctor_checks=[*notifications.CHECKS, expiry.CHECK],
    city_content=summaries.city_content,
    feed_entries=summaries.feed_entries,
    start=notifications.start,
)
