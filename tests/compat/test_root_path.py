"""A portal below a folder, with the language in its path (`ckan.root_path`): links, forms and redirects stay there."""

from __future__ import annotations

import re

import pytest
from ckan.common import config
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.plugin import get_blueprints
from support.route_addresses import address, get_rules, of_blueprints

from benchmarks.neighbours.pages import Page, links_beside_mount, read_items

MOUNT = "/katalog"
SITE = "http://test.ckan.net"


@pytest.fixture(autouse=True)
def mounted(portal, monkeypatch):
    monkeypatch.setitem(config, "ckan.root_path", f"{MOUNT}/{{{{LANG}}}}")
    # The identifiers of records in RDF are an option of ckanext-dcat.
    monkeypatch.setitem(config, "ckanext.dcat.base_uri", f"{SITE}{MOUNT}")


@pytest.fixture(scope="module")
def city(emptied):
    """A dataset with a question, a story and an algorithm, and a sysadmin."""
    owner = factories.Organization()
    system = factories.Dataset(type="algorithm", owner_org=owner["id"])
    answers = {"privacy_class": "non_personal", "algorithm_use": "in_use", "algorithm_systems": [system["name"]]}
    dataset = factories.Dataset(owner_org=owner["id"], resources=[{"url": "https://data.example/a.csv"}], **answers)
    call_action("governance_question_create", {"user": ""}, id=dataset["id"], text="Is it about me?")
    story = {"id": dataset["id"], "kind": "use", "title": "It helped", "text": "I found a free place at once."}
    call_action("governance_story_moderate", id=call_action("governance_story_create", **story)["id"], decision="show")
    event = call_action("governance_history", id=dataset["id"])["events"][0]["id"]
    names = {"dataset": dataset["name"], "algorithm": system["name"], "organization": owner["name"], "event": event}
    return names | {"headers": {"Authorization": factories.SysadminWithToken()["token"]}}


@pytest.mark.parametrize("language", ["", "/nl"])
def test_every_address_on_every_page_and_in_every_file_of_ours_is_below_the_folder(app, portal_app, city, language):
    rules = get_rules(portal_app.url_map, of_blueprints({each.name for each in get_blueprints()} | {"algorithm"}))
    pages = []
    for rule in rules:
        kind = "event" if "event" in rule.endpoint else "organization" if "usual" in rule.endpoint else "dataset"
        kind = "algorithm" if rule.endpoint.startswith("algorithm.") else kind
        values = {"package_type": "dataset", "id": city[kind], "group": "privacy", "size": 1}
        path = f"{language}{address(rule, values, 'dataset')}"
        answer = app.get(path, headers=city["headers"], follow_redirects=False)
        location = answer.headers.get("Location", "")
        items = [*read_items(answer.mimetype, answer.get_data()), f"<a> href={location}"]
        pages.append(
            Page("", f"{rule.endpoint} {answer.status_code}", path, "sysadmin", answer.status_code, location, items)
        )
    assert sum(page.status == 200 for page in pages) > 40
    assert links_beside_mount(pages, SITE, MOUNT) == {}


@pytest.mark.parametrize("language", ["", "/nl"])
def test_the_log_in_leads_back_below_the_folder(app, city, language):
    answer = app.get(f"{language}/stewardship/questions", follow_redirects=False)
    came_from = re.search(r"came_from=([^&]+)", answer.headers["Location"])[1].replace("%2F", "/")
    assert came_from == f"{MOUNT}{language}/stewardship/questions"


def test_a_form_after_the_end_of_the_session_is_sent_again_below_the_folder(app, city, monkeypatch):
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    sent = app.post(
        f"/nl/dataset/{city['dataset']}/questions",
        data={"text": "Is it about me?"},
        headers={"Origin": SITE, "Accept": "text/html"},
        follow_redirects=False,
    )
    assert sent.status_code == 400
    assert f'action="{MOUNT}/nl/dataset/{city["dataset"]}/questions"' in sent.body
