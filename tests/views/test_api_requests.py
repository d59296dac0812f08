"""Requests to our actions over CKAN's API: limits of size and number, CSRF, caching, and data that makes no sense."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import ckan.plugins.toolkit as tk
import pytest
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories
from ckan.tests.helpers import call_action, changed_config
from ckanext.opensmartcity.feature import MAX_DEPTH, MAX_VALUES, declaration_of
from ckanext.opensmartcity.registry import get_actions
from ckanext.opensmartcity.standard.record_reader import MAX_DECLARATIONS
from support.ckan_version import IS_2_11
from support.participation_city import own_keys

CHECK = "/api/3/action/governance_check"
PASSWORD = "correct123"  # of CKAN's makers of users with a token
# Of this process, which is also the client: other processes of the machine do not count.
SECONDS = 2.0


@pytest.fixture(autouse=True)
def no_counters(portal):
    for key in own_keys():
        connect_to_redis().delete(key)


@pytest.fixture(scope="module")
def dataset(emptied, current_answers):
    return factories.Dataset(**current_answers)


@pytest.fixture(scope="module")
def sysadmin(emptied):
    return {"Authorization": factories.SysadminWithToken()["token"]}


def names(n):
    return {f"unknown_question_{number}": {"state": "unknown"} for number in range(n)}


HUGE = {
    "declarations": ({"governance_declared": names(200_000)}, 413, "message"),
    "declarations within the size": ({"governance_declared": names(MAX_DECLARATIONS + 1)}, 200, "governance_declared"),
    "declarations as text": ({"governance_declared": json.dumps(names(30_000))}, 200, "governance_declared"),
    "codes": ({"sovereignty_storage_countries": ["ZZ"] * 40_000}, 200, "sovereignty_storage_countries"),
    "values": ({"extras": [[]] * (MAX_VALUES + 1)}, 409, "extras"),
    "levels": ({"extras": json.loads("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))}, 409, "extras"),
}


@pytest.mark.parametrize("kind", HUGE)
def test_data_that_is_too_much_is_refused_at_once_and_by_its_name(app, kind):
    sent, status, name = HUGE[kind]
    begun = time.process_time()
    answer = app.post(CHECK, json=sent)
    assert answer.status_code == status
    assert time.process_time() - begun < SECONDS
    assert len(answer.data) < 100_000
    if status == 200:
        assert [name] in [error["fields"] for error in answer.json["result"]["errors"]]
        return
    message = json.dumps(answer.json["error"][name])
    limits = {"values": MAX_VALUES, "levels": MAX_DEPTH}
    assert str(limits.get(kind, 2048)) in message


def test_a_body_in_chunks_is_counted_too(app):
    with changed_config("ckanext.opensmartcity.max_body_kilobytes", 1):
        environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        chunked = {"content_type": "application/json", "environ_overrides": environ}
        assert app.post(CHECK, data=b'{"title": "' + b"x" * 1024 + b'"}', **chunked).status_code == 413
        for size in (512, 1024 - len('{"title": ""}')):
            assert app.post(CHECK, data=b'{"title": "' + b"x" * size + b'"}', **chunked).status_code == 200


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("action", ["governance_check", "governance_show"])
def test_json_that_no_parser_takes_is_an_error_of_the_request(app, action, content_type):
    body = b'{"extras": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answer = app.post(f"/api/3/action/{action}", data=body, content_type=content_type)
    assert answer.status_code == 400
    assert answer.json["success"] is False


def test_other_actions_keep_the_limits_of_ckan(app, sysadmin):
    with changed_config("ckanext.opensmartcity.max_body_kilobytes", 1):
        sent = {"name": factories.Dataset.stub().name, "notes": "long " * 1000}
        assert app.post("/api/3/action/package_create", json=sent, headers=sysadmin).status_code == 200


def test_checks_without_an_account_are_counted_by_address(app, dataset, sysadmin):
    first, second = ({"REMOTE_ADDR": f"198.51.100.{n}"} for n in (1, 2))
    with changed_config("ckanext.opensmartcity.limit_check", 2):
        answers = [app.post(CHECK, json={"title": "Trees"}, environ_overrides=first) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert list(answers[-1].json["error"]) == ["limit", "__type"]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
        assert app.post(CHECK, json={"title": "Trees"}, environ_overrides=second).status_code == 200
        for _ in range(3):
            assert app.post(CHECK, json={}, headers=sysadmin, environ_overrides=first).status_code == 200
        assert app.get(f"/dataset/{dataset['name']}/transparency", environ_overrides=first).status_code == 200


WRONG = {
    "a list in the place of words": ("governance_story_list", {"q": [None]}, 409, "q"),
    "a time before the calendar": ("governance_changes", {"since": "0001-01-01T00:00:00+23:59"}, 409, "since"),
    "brackets": ("governance_stats", {"fq": "(" * 8000}, 409, "fq"),
    "brackets that close": ("governance_audit", {"q": "(" * 100 + "a" + ")" * 100}, 409, "q"),
    "a NUL in a reason": ("dataset_purge", {"reason": "a\0b"}, 409, "reason"),
    "a surrogate in a reason": ("dataset_purge", {"reason": "\ud800"}, 409, "reason"),
    "a list as a reason": ("dataset_purge", {"reason": ["a"]}, 409, "reason"),
    "words that are none": ("governance_links_list", {"state": ["failed"]}, 409, "state"),
    "an event that is none": ("governance_event_show", {"id": [None]}, 409, "id"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_parameter_that_makes_no_sense_is_named(app, dataset, sysadmin, kind):
    action, sent, status, name = WRONG[kind]
    given = {"id": dataset["id"], **sent} if action == "dataset_purge" else sent
    answer = app.post(f"/api/3/action/{action}", json=given, headers=sysadmin)
    assert answer.status_code == status
    assert [key for key in answer.json["error"] if key != "__type"] == [name]
    assert call_action("package_show", id=dataset["id"])["state"] == "active"


# CKAN runs all validators of a parameter, also those behind one that has rejected the value.
ANY_JSON = [
    None,
    True,
    0,
    -1,
    10**400,
    1.5,
    float("nan"),
    "",
    "\0",
    "\ud800",
    "a",
    [],
    [None],
    ["a"],
    [[]],
    {},
    {"a": []},
]


@pytest.mark.parametrize("action", [name for name, each in get_actions().items() if declaration_of(each)])
def test_every_validator_takes_any_json(app, action):
    schema = declaration_of(get_actions()[action]).schema
    with app.flask_app.test_request_context("/"):
        for name, validators in (schema() if schema else {}).items():
            for validator in validators:
                if validator.__module__.startswith("ckanext.opensmartcity"):
                    for value in ANY_JSON:
                        with suppress(tk.Invalid):
                            assert validator(value) is not None, (name, value)


@pytest.mark.parametrize("key", [[], {}, None, 1, True])
def test_an_extra_with_a_key_that_is_none_is_no_extra(app, key):
    answer = app.post(CHECK, json={"title": "Trees", "extras": [{"key": key, "value": "x"}]})
    assert answer.status_code == 200


@pytest.mark.parametrize("id", ["a\0", "\ud800", ["a"], {"id": "a"}, 7, None, True])
@pytest.mark.parametrize("action", ["dataset_purge", "organization_update", "user_delete", "package_owner_org_update"])
def test_our_part_of_an_action_of_ckan_takes_any_id(app, sysadmin, action, id):
    from ckanext.opensmartcity.ledger import chained_actions  # noqa: PLC0415

    def original(context, data_dict):
        return "reached"

    with app.flask_app.test_request_context("/"):
        chained = chained_actions.get_actions()[action]
        assert chained(original, {"user": "", "ignore_auth": True}, {"id": id}) == "reached"


def log_in(app, user):
    browser = app.flask_app.test_client()
    browser.post("/user/login", data={"login": user["name"], "password": PASSWORD})
    return browser


def test_a_cookie_alone_changes_nothing_over_the_api(app, dataset, monkeypatch):
    user = factories.SysadminWithToken()
    browser = log_in(app, user)
    path, sent = "/api/3/action/governance_question_create", {"id": dataset["id"], "text": "Is this right?"}
    monkeypatch.setitem(app.flask_app.config, "WTF_CSRF_ENABLED", True)
    # From here on CKAN's own protection exempts the view.
    assert app.post(CHECK, json={}).status_code == 200
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "no-token"}):
        forged = browser.post(path, json=sent, headers=headers)
        assert forged.status_code == 400, headers
        assert "CSRF" in forged.json["error"]["message"]
        assert browser.post(path, data={"id": dataset["id"], "text": "Is it?"}, headers=headers).status_code == 400
    token = browser.get("/user/edit").text.partition('name="_csrf_token" content="')[2].partition('"')[0]
    assert browser.post(path, json=sent, headers={"X-CSRFToken": token}).status_code == 200
    # In CKAN 2.11 the cookie decides where a request has both, and so it needs the token against forged requests.
    both = browser.post(path, json=sent, headers={"Authorization": user["token"]})
    assert both.status_code == (400 if IS_2_11 else 200)
    assert browser.get("/api/3/action/governance_show", query_string={"id": dataset["id"]}).status_code == 200


@pytest.mark.parametrize("path", ["governance_show?id={}", "governance_stats", "governance_history?id={}"])
def test_what_the_api_gives_to_somebody_is_kept_by_nobody_on_the_way(app, dataset, sysadmin, path):
    with changed_config("ckan.cache_expires", 3600):
        path = f"/api/3/action/{path.format(dataset['id'])}"
        own, public = app.get(path, headers=sysadmin), app.get(path)
    assert set(own.headers["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert {"public", "max-age=3600"} <= set(public.headers["Cache-Control"].split(", "))
    for answer in (own, public):
        assert answer.status_code == 200
        assert {"Cookie", "Authorization"} <= set(answer.vary)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/dataset/{}/transparency/history.atom", "/nl/transparency/feed"])
def test_the_host_that_a_request_names_is_nowhere_in_a_feed(app, dataset, path):
    path = path.format(dataset["name"])
    plain, forged = app.get(path), app.get(path, headers={"Host": "evil.example"})
    assert plain.status_code == forged.status_code == 200
    assert "evil.example" not in forged.body
    assert plain.body == forged.body
    assert f"<id>http://test.ckan.net{path}</id>" in plain.body
