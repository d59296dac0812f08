"""Ledger: the audit trail of all governed answers, its signed checkpoints, proofs and feeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ..contributions import IndicatorSource, PageLink, Panel, record_params
from ..feature import Feature
from ..governance.governance import request_language
from ..standard.i18n import N_
from . import actions, chained_actions, change_capture, checks, cli, disposals, helpers, sequencer
from .views import history, ledger

_LATEST_CHANGES = 3
# How many events are read for who has changed an answer last.
_RECENT_EVENTS = 50


def latest_changes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the newest changes of a page's dataset that the reader may see."""
    params = {"id": values["dataset"]["id"], "limit": _LATEST_CHANGES, "lang": request_language()}
    try:
        events: list[dict[str, Any]] = tk.get_action("governance_history")({}, params)["events"]
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return []
    return [event for event in events if not event["hidden"]]


def changed_by(id: str) -> dict[str, dict[str, str]]:
    """Return role and time of the newest change of each answer, among the newest events that the reader may see."""
    params = {"id": id, "limit": _RECENT_EVENTS, "lang": request_language()}
    events = tk.get_action("governance_history")({}, params)["events"]
    return {
        change["field"]: {"by": event["actor"]["label"], "at": event["at"]}
        for event in reversed(events)
        if not event["hidden"]
        for change in event["changes"]
    }


def start() -> None:
    """Begin to capture changes and to schedule checkpoints."""
    change_capture.start()
    sequencer.start()


FEATURE = Feature(
    name="ledger",
    actions=[actions],
    chained_actions=chained_actions.get_actions(),
    helpers=[helpers],
    blueprints=[history.blueprint, ledger.blueprint],
    commands=[cli.ledger],
    templates=True,
    assets=True,
    panels=[
        Panel(
            "record",
            20,
            "opensmartcity/snippets/latest.html",
            latest_changes,
            anchor="latest",
            title=N_("What changed lately?"),
        )
    ],
    links=[
        PageLink("record.about", 10, N_("What changed"), "opensmartcity_history.page", params=record_params),
        PageLink(
            "event", 10, N_("Proof"), "opensmartcity_ledger.event", params=lambda values: {"id": values["event"]["id"]}
        ),
        PageLink(
            "record.feeds",
            10,
            N_("Follow the changes (Atom)"),
            "opensmartcity_history.feed",
            params=record_params,
            media_type="application/atom+xml",
        ),
    ],
    indicators=[IndicatorSource(("removed_in_time",), disposals.indicators)],
    doctor_checks=checks.CHECKS,
    changed_by=changed_by,
    removed_record=history.purged_page,
    start=start,
    dataset_changed=lambda context, id, new: change_capture.watch_dataset(context, id, new=new),
)
