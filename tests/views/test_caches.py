"""HTTP caching: Vary, Cache-Control and ETag of each route, for anonymous and authenticated requests."""

import re

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action, changed_config
from ckanext.opensmartcity.ledger import sequencer, signer
from ckanext.opensmartcity.plugin import get_blueprints
from support.record_formats import FORMAT_ROUTES, NEGOTIATED

RECORD = "/dataset/{name}"
# Routes that do not return HTML; those of a record are requested for a private one.
FILES = [
    *(f"{RECORD}/{route}" for route in FORMAT_ROUTES),
    f"{RECORD}/transparency/qr.svg",
    f"{RECORD}/transparency/history.json",
    f"{RECORD}/transparency/history.jsonl",
    f"{RECORD}/transparency/history.atom",
    f"{RECORD}/questions.json",
    f"{RECORD}/stories.json",
    "/transparency.json",
    "/transparency.csv",
    "/transparency/audit.json",
    "/transparency/audit.csv",
    "/transparency/audit.jsonl",
    "/transparency/audit.csv.gz",
    "/transparency/city.schema.json",
    "/transparency/compare.json",
    "/transparency/context.jsonld",
    "/transparency/disposals.json",
    "/transparency/feed",
    "/transparency/ledger.json",
    "/transparency/ledger/checkpoint",
    "/transparency/ledger/checkpoint/{size}",
    "/transparency/ledger/event/{event}.json",
    "/transparency/ledger/key",
    "/transparency/links.json",
    "/transparency/ngsi-ld.jsonl",
    "/transparency/openapi.json",
    "/transparency/questions.json",
    "/transparency/standard.json",
    "/transparency/standard.md",
    "/transparency/standard/dataset.schema.json",
    "/transparency/stories.json",
]
# Pages that return JSON if the Accept header prefers it.
PREFERRED = [
    f"{RECORD}/transparency",
    f"{RECORD}/transparency/history",
    f"{RECORD}/questions",
    f"{RECORD}/stories",
    "/algorithm/{system}",
    "/transparency",
    "/transparency/compare",
    "/transparency/disposals",
    "/transparency/ledger",
    "/transparency/ledger/event/{event}",
    "/transparency/links",
    "/transparency/questions",
    "/transparency/standard",
    "/transparency/stories",
]
# HTML pages without other formats.
PAGES = {
    "opensmartcity_form.governance",
    "opensmartcity_form.page",
    "opensmartcity_publication.publication",
    "opensmartcity_receipt.receipt",
    "opensmartcity_stewardship.questions",
    "opensmartcity_usual.entry",
    "opensmartcity_usual.page",
}
# The state of the portal at this moment: kept by nobody, see tests/governance/test_monitoring.py.
NEVER_KEPT = {"opensmartcity_monitoring.metrics", "opensmartcity_monitoring.report_health"}
JSON = {"Accept": "application/json"}
ASKED = [
    *(pytest.param(path, {}, id=path) for path in FILES),
    *(pytest.param(path, JSON, id=f"{path} as JSON") for path in PREFERRED),
    *(pytest.param(f"{RECORD}/transparency", {"Accept": each}, id=f"the page as {each}") for each in NEGOTIATED),
]


@pytest.fixture(scope="module")
def editor():
    return factories.UserWithToken()


@pytest.fixture(scope="module")
def city(emptied, current_answers, editor, tmp_path_factory):
    """Two private and two public records of an organisation, and a signed log."""
    key = tmp_path_factory.mktemp("keys") / "key.pem"
    signer.make_key(key, "test.ckan.net/opensmartcity")
    organization = factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])["id"]
    made = {private: _records(organization, current_answers, private=private) for private in (True, False)}
    with changed_config("ckanext.opensmartcity.signing_key", str(key)):
        size = sequencer.checkpoint().signed.size
    return {private: named | {"size": size} for private, named in made.items()}


def _records(organization, answers, *, private):
    system = factories.Dataset(type="algorithm", owner_org=organization, private=private)
    dataset = factories.Dataset(owner_org=organization, private=private, **answers)
    event = call_action("governance_history", id=dataset["id"])["events"][0]["id"]
    return {"name": dataset["name"], "system": system["name"], "event": event}


def vary(answer):
    return {each.strip() for each in answer.headers["Vary"].split(",")}


def directives(answer):
    return set(re.split(", *", answer.headers["Cache-Control"]))


@pytest.mark.parametrize(("path", "headers"), ASKED)
def test_what_is_given_to_somebody_is_kept_by_nobody_on_the_way(app, city, editor, path, headers):
    with changed_config("ckan.cache_expires", 3600):
        answer = app.get(path.format(**city[True]), headers={"Authorization": editor["token"], **headers})
    assert answer.data
    assert answer.status_code == 200
    assert not answer.headers["Content-Type"].startswith("text/html")
    assert directives(answer) == {"private", "no-store"}
    assert {"Cookie", "Authorization"} <= vary(answer)


@pytest.mark.parametrize(("path", "headers"), ASKED)
def test_what_everybody_gets_may_be_kept_but_for_nobody_else(app, city, path, headers):
    with changed_config("ckan.cache_expires", 3600), changed_config("apitoken_header_name", "X-City-Token"):
        answer = app.get(path.format(**city[False]), headers=headers)
    assert answer.data
    assert answer.status_code == 200
    assert {"public", "max-age=3600"} <= directives(answer)
    assert {"Cookie", "Authorization", "X-City-Token"} <= vary(answer)
    assert "Accept" in vary(answer) or not headers


def test_these_are_all_routes_that_answer_with_more_than_a_page(app, city):
    ours, routes = {each.name for each in get_blueprints()}, app.flask_app.url_map
    known = {rule.endpoint for rule in routes.iter_rules() if "GET" in rule.methods}
    adapter = routes.bind("test.ckan.net")
    tried = {adapter.match(path.format(**city[False]))[0] for path in FILES + PREFERRED}
    assert {each for each in known if each.split(".")[0] in ours} - tried == PAGES | NEVER_KEPT


@pytest.mark.parametrize("path", ["/dataset/{name}/transparency", "/algorithm/{system}", "/transparency/ledger"])
def test_a_page_of_somebody_is_private_and_still_there_when_they_go_back(app, city, editor, path):
    with changed_config("ckan.cache_expires", 3600):
        answer = app.get(path.format(**city[True]), headers={"Authorization": editor["token"]})
    assert directives(answer) == {"private"}
    assert {"Accept", "Cookie", "Authorization"} <= vary(answer)


def test_not_even_the_way_to_a_private_system_is_kept(app, city, editor):
    system = call_action("package_show", id=city[True]["system"])
    with changed_config("ckan.cache_expires", 3600):
        answer = app.get(
            f"/algorithm/{system['id']}", headers={"Authorization": editor["token"]}, follow_redirects=False
        )
    assert answer.headers["Location"].endswith(system["name"])
    assert directives(answer) == {"private"}


@pytest.mark.parametrize("path", ["/transparency", "/transparency/standard"])
def test_whoever_is_logged_in_gets_every_page_anew(app, city, editor, path):
    anonymous = app.get(path)
    assert app.get(path, headers={"If-None-Match": anonymous.headers["ETag"]}).status_code == 304
    token = {"Authorization": editor["token"]}
    first = app.get(path, headers=token)
    again = app.get(path, headers={"If-None-Match": first.headers.get("ETag", anonymous.headers["ETag"]), **token})
    assert again.status_code == 200
    assert "ETag" not in first.headers
    assert "ETag" not in again.headers
    assert directives(again) == {"private"}
