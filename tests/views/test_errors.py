"""Error responses: in the format of CKAN's API for programs, HTML pages for browsers."""

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.views.http import register_api_errors
from flask import Blueprint, Flask, Response
from support.record_formats import FORMAT_ROUTES
from werkzeug.exceptions import ServiceUnavailable

JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
RECORD = (
    *FORMAT_ROUTES,
    "transparency/qr.svg",
    "transparency/history.json",
    "transparency/history.jsonl",
    "transparency/history.atom",
    "questions.json",
    "stories.json",
)
PAGES = ("transparency", "transparency/history", "questions", "stories")
MISSING = (
    *(f"/dataset/nowhere/{route}" for route in RECORD),
    "/algorithm/nowhere/transparency.json",
    "/dataset/a%00/transparency.json",
    "/transparency/ledger/event/nowhere.json",
    "/transparency/ledger/checkpoint/999999",
    "/transparency/standard/nothing.schema.json",
)
WRONG = (
    "/transparency/ngsi-ld.jsonl?options=wrong",
    "/dataset/nowhere/transparency.ngsi-ld.jsonld?options=wrong",
    "/transparency/links.json?state=wrong",
    "/transparency/links.json?cursor=wrong",
    "/transparency/disposals.json?outcome=wrong",
    "/transparency/disposals.json?cursor=wrong",
    "/transparency/questions.json?cursor=wrong",
    "/transparency/stories.json?kind=wrong",
    "/transparency/audit.json?level=wrong",
)
SEARCHING = ("/transparency.json", "/transparency.csv", "/transparency/ngsi-ld.jsonl", "/transparency/audit.jsonl")


def api_error(answer, status, kind):
    """Check that a response is an error in the format of CKAN's API; return its details without the type."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    assert {"Authorization", "Cookie"} <= set(answer.vary)
    assert "<html" not in answer.body.lower()
    assert set(answer.json) == {"success", "error"}
    assert answer.json["success"] is False
    details = dict(answer.json["error"])
    assert details.pop("__type") == kind
    assert details
    assert all(details.values())
    return details


def is_page(answer):
    return answer.mimetype == "text/html" and "<html" in answer.body and "<footer" in answer.body


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there(app, path):
    assert set(api_error(app.get(path), 404, "Not Found Error")) == {"message"}


@pytest.mark.parametrize("path", MISSING)
def test_a_person_with_a_browser_reads_words_there_too(app, path):
    answer = app.get(path, headers=HTML)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize("path", WRONG)
def test_what_is_asked_wrongly(app, path):
    api_error(app.get(path), 400, "Validation Error")


def test_a_history_names_the_parameter_that_is_wrong(app):
    name = factories.Dataset()["name"]
    for form in ("json", "atom"):
        answer = app.get(f"/dataset/{name}/transparency/history.{form}?limit=wrong")
        assert "limit" in api_error(answer, 400, "Validation Error")["message"].lower()


@pytest.mark.parametrize("path", SEARCHING)
def test_a_search_that_is_down(app, ckan_config, monkeypatch, path):
    monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nowhere")
    answer = app.get(path)
    assert "search does not answer" in api_error(answer, 503, "Search Connection Error")["message"]
    assert answer.headers["Retry-After"] == "60"


def test_a_search_that_is_down_has_its_page_too(app, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nowhere")
    answer = app.get("/transparency", headers=HTML)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert is_page(answer)
    api_error(app.get("/transparency", headers=JSON), 503, "Search Connection Error")


@pytest.mark.parametrize("route", PAGES)
def test_a_page_is_for_whoever_prefers_one(app, route):
    path = f"/dataset/nowhere/{route}"
    message = api_error(app.get(path, headers=JSON), 404, "Not Found Error")["message"]
    for headers in ({}, HTML):
        answer = app.get(path, headers=headers)
        assert answer.status_code == 404
        assert is_page(answer)
        assert message in answer.body


def test_a_page_of_somebody_else_is_left_alone(app):
    assert is_page(app.get("/dataset/nowhere", headers=JSON))
    assert is_page(app.get("/nowhere.json", headers=JSON))


def test_a_form_without_its_token_is_refused_as_ever(app, ckan_config, monkeypatch):
    path = f"/dataset/{factories.Dataset()['name']}/questions"
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_METHODS", ["POST"])
    assert is_page(app.post(path, headers=HTML, status=400))
    assert "CSRF" in api_error(app.post(path, headers=JSON), 400, "Validation Error")["message"]


def test_what_may_not_be_seen(app, ckan_config, monkeypatch):
    record = factories.Dataset(private=True, owner_org=factories.Organization()["id"])
    stranger = {"Authorization": factories.UserWithToken()["token"]}
    api_error(app.get(f"/dataset/{record['name']}/transparency.json", headers=stranger), 404, "Not Found Error")
    monkeypatch.setitem(ckan_config, "ckan.auth.reveal_private_datasets", True)
    for route in RECORD:
        answer = app.get(f"/dataset/{record['name']}/{route}", headers=stranger)
        api_error(answer, 403, "Authorization Error")
    asked = app.get(f"/dataset/{record['name']}/transparency.json", follow_redirects=False)
    assert asked.status_code == 302


def test_a_record_that_is_gone_for_good(app):
    record = factories.Dataset()
    call_action("package_delete", id=record["id"])
    call_action("dataset_purge", id=record["id"])
    for route in (*FORMAT_ROUTES, "transparency/qr.svg"):
        api_error(app.get(f"/dataset/{record['name']}/{route}"), 410, "Gone")
    assert is_page(app.get(f"/dataset/{record['name']}/transparency", headers=HTML, status=410))
    assert app.get(f"/dataset/{record['name']}/transparency/history.json").status_code == 200


def test_it_is_told_in_the_language_of_the_address(app):
    english, dutch = (app.get(f"{start}/dataset/nowhere/transparency.json").json["error"] for start in ("", "/nl"))
    assert english["__type"] == dutch["__type"]
    assert english["message"] != dutch["message"]


def test_a_refusal_is_not_kept_for_the_next_page(app):
    browser = app.flask_app.test_client()
    answer = browser.get("/dataset/nowhere/transparency.json")
    assert browser.get_cookie("ckan") is None
    assert answer.json["error"]["message"] not in browser.get("/about").text


@pytest.fixture
def small():
    """Test client of a site with a blueprint whose views fail, and an error handler as CKAN has it."""
    blueprint, site = Blueprint("failing", __name__), Flask(__name__)
    site.secret_key = "secret"
    register_api_errors(blueprint)

    @blueprint.route("/busy.json")
    def busy():
        raise ServiceUnavailable("later", retry_after=7)

    @blueprint.route("/fault.json")
    @blueprint.route("/fault")
    def fault():
        raise RuntimeError("secret")

    site.register_blueprint(blueprint)
    site.register_error_handler(Exception, lambda _: Response("<html>fault", 500, mimetype="text/html"))
    return site.test_client()


def test_a_time_to_wait_that_is_given_is_kept(small):
    answer = small.get("/busy.json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.json["error"] == {"__type": "Search Connection Error", "message": "later"}


def test_a_fault_that_the_portal_has_caught_has_the_shape_and_tells_nothing(small):
    answer = small.get("/fault.json")
    assert answer.status_code == 500
    assert answer.json["error"] == {"__type": "Internal Server Error", "message": "Internal Server Error"}
    assert small.get("/fault", headers=HTML).data == b"<html>fault"
