"""Addresses of all our GET routes and actions that may show the values of a record, for tests of what must be gone."""

from __future__ import annotations

import gzip

from support.route_addresses import address, get_rules

GET_ACTIONS = (
    "governance_history?id={id}",
    "governance_history?id={name}&limit=100&lang=nl",
    "governance_show?id={id}",
    "governance_changes?limit=1000",
    "governance_changes?since=2020-01-01&limit=1000",
    "governance_event_show?id={event}",
    "governance_proof?event={event}",
    "governance_checkpoint_show",
    "governance_audit",
    "governance_stats",
    "governance_city_show",
    "governance_question_list?id={id}",
    "governance_story_list?id={id}",
    "governance_links_list",
    "governance_disposal_list",
    "package_show?id={id}",
    "package_search?q=Zonnebloem",
)


def addresses(app, record):
    """Yield the address of each of our GET routes with the ids of the dataset and its events, and of our actions."""
    for event in record["events"]:
        for rule in get_rules(app.flask_app.url_map, lambda rule: rule.endpoint.startswith("opensmartcity")):
            for id in (record["id"], record["name"]):
                known = {"package_type": "dataset", "id": event if "ledger" in rule.endpoint else id, "size": 1}
                yield address(rule, known, "ownership")
        for query in GET_ACTIONS:
            yield "/api/3/action/" + query.format(event=event, **record)


def text_of(response):
    """Return the body of a response as text, also of a compressed file."""
    data = response.get_data()
    return (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode()
