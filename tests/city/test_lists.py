"""Every number of the city page, also those of features, is as large as the list behind it, whoever opens the list."""

import json
from datetime import datetime, timezone
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import registry
from ckanext.opensmartcity.links import model as links_model
from freezegun import freeze_time
from support.catalogue import make_catalogue
from support.participation_city import make_city
from support.roles import make_people

TODAY = "2026-06-20"
LISTS = {"questions", "stories", "links", "datasets"}


@pytest.fixture(scope="module")
def city(emptied, current_answers):
    """A catalogue of public and private datasets, with questions in every state, stories, links, and disposals."""
    with freeze_time(TODAY):
        make_catalogue(current_answers)
        city = make_city(*make_people())
        for dataset in (city.public, city.private):
            contribute(dataset["id"])
        for private in (False, True):
            keep_and_remove(city.owner["id"], private)
        check_links(datetime(2026, 6, 20, tzinfo=timezone.utc))
    return city


def contribute(dataset_id):
    """Ask five questions and tell two stories: waiting, open, overdue, answered and hidden; waiting and shown."""

    def ask(day, when):
        with freeze_time(day):
            question = {"id": dataset_id, "text": f"How many bicycles passed {when}?"}
            return call_action("governance_question_create", **question)["id"]

    ask("2026-06-10", "at noon")
    call_action("governance_question_allow", id=ask("2026-06-11", "at night"))
    call_action("governance_question_allow", id=ask("2026-01-12", "in winter"))
    call_action("governance_question_answer", id=ask("2026-06-13", "in May"), answer="About fifty.")
    call_action("governance_question_hide", id=ask("2026-06-14", "on Sunday"), reason="off_topic")
    for decision in (None, "show"):
        story = {"kind": "use", "title": "Found a safer way", "text": "We chose another street."}
        told = call_action("governance_story_create", id=dataset_id, **story)
        if decision:
            call_action("governance_story_moderate", id=told["id"], decision=decision)


def keep_and_remove(organization, private):
    """Keep a dataset longer than its last day, and remove others before and after theirs."""
    until = {"retention_type": "until_date", "retention_until": "2026-06-15"}
    removals = {"2026-06-10": "package_delete", "2026-06-16": "dataset_purge", "2026-06-18": "package_delete"}
    for day, action in {**removals, TODAY: None}.items():
        dataset = factories.Dataset(owner_org=organization, private=private, **until)
        if action:
            with freeze_time(day):
                call_action(action, id=dataset["id"])


def check_links(now):
    """Store a result of the link checker for every link; every third one failed."""
    session = model.Session()
    links_model.collect(session, now)
    claimed = links_model.claim(session, now, now, links_model.Share(1000, 1000))
    rows = [
        {"id": link.id, "state": "reached" if number % 3 else "failed", "problem": None if number % 3 else "not_found",
         "status": 200, "now": now, "due": now, "etag": None, "modified": None}
        for number, link in enumerate(claimed)
    ]  # fmt: skip
    links_model.store(session, rows)
    session.commit()


def numbers(value):
    """Yield each number with the URL of its list, from a JSON value of any depth."""
    if isinstance(value, list):
        for entry in value:
            yield from numbers(entry)
    if isinstance(value, dict):
        if "list" in value and "count" in value:
            yield value["count"], value["list"]
        if "rest_list" in value:
            yield value["rest"], value["rest_list"]
        if "value" in value and value["unit"] is None:
            yield value["value"], value["list"]
        for entry in value.values():
            yield from numbers(entry)


def length(url, user, app, headers):
    """Return the number of records or contributions in a list."""
    path, params = urlsplit(url).path, dict(parse_qsl(urlsplit(url).query))
    if path.strip("/") in ("dataset", "algorithm"):
        filters = " ".join(f'+{name}:"{value}"' for name, value in params.items() if not name.startswith("ext_"))
        asked = {name: value for name, value in params.items() if name.startswith("ext_")}
        context = {"user": user, "ignore_auth": False}
        return call_action("package_search", context, fq=filters, rows=0, include_private=True, **asked)["count"]
    total, cursor = 0, {}
    while True:
        page = json.loads(app.get(f"{path}.json?{urlencode({**params, **cursor})}", headers=headers).body)
        total += sum(len(page[name]) for name in LISTS & page.keys())
        if not page["next_cursor"]:
            return total
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("role", ["anonymous", "editor", "sysadmin"])
def test_every_number_is_as_large_as_its_list(city, app, role):
    with freeze_time(TODAY):
        shown = json.loads(app.get("/transparency.json").body)
        indicators = {each["id"] for part in shown["characteristics"] for each in part["figures"] + part["numbers"]}
        assert indicators == {*registry.indicators().counted, *registry.indicators().from_portal}
        found = list(dict.fromkeys(numbers(shown)))
        assert len(found) > 100
        user = city.users[role]["name"] if role in city.users else ""
        wrong = [(number, url) for number, url in found if length(url, user, app, city.tokens.get(role, {})) != number]
    assert wrong == []
