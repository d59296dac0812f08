"""Security headers on every page and file of ours, also where nothing is found, and on no page of CKAN."""

from __future__ import annotations

import re

import pytest
from ckan.tests import factories
from ckan.tests.helpers import changed_config
from ckanext.opensmartcity.plugin import get_blueprints
from support.route_addresses import address, get_rules, of_blueprints

VALUES = {"package_type": "dataset", "id": "no-such", "group": "privacy", "kind": "dataset", "form": "csv", "size": 1}


@pytest.fixture(scope="module")
def paths(portal_app):
    """One path of each GET route of ours, whatever it answers."""
    rules = get_rules(portal_app.url_map, of_blueprints({each.name for each in get_blueprints()}))
    return [address(rule, VALUES | ({"form": "ttl"} if "ttl" in rule.rule else {}), "dataset") for rule in rules]


def policy(answer):
    """Return the directives of the policy by name."""
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {part[0]: part[1:] for part in parts if part}


def test_every_route_sends_them(app, paths):
    assert len(paths) > 40
    for path in paths:
        answer = app.get(path, follow_redirects=False)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        assert policy(answer)["script-src"] == ["'self'"], path
        assert policy(answer)["object-src"] == ["'none'"], path
        assert policy(answer)["frame-ancestors"] == ["'self'"], path


def test_the_page_of_an_algorithm_that_replaces_that_of_ckan_sends_them_too(app):
    answer = app.get(f"/algorithm/{factories.Dataset(type='algorithm')['name']}")
    assert policy(answer)["script-src"] == ["'self'"]


def test_pages_have_no_script_that_the_policy_would_stop(app, current):
    name = factories.Dataset(**current)["name"]
    for path in (
        "/transparency",
        "/transparency/standard",
        f"/dataset/{name}/transparency",
        f"/dataset/{name}/questions",
    ):
        body = app.get(path).body
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", body) == [], path
        assert re.findall(r"<[^>]*\son\w+=", body) == [], path


def test_a_city_sets_its_own_policy_or_none(app):
    with changed_config("ckanext.opensmartcity.content_security_policy", "script-src 'self' https://cdn.city.example"):
        assert policy(app.get("/transparency")) == {"script-src": ["'self'", "https://cdn.city.example"]}
    with changed_config("ckanext.opensmartcity.content_security_policy", ""):
        answer = app.get("/transparency")
    assert "Content-Security-Policy" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_of_ckan_are_left_alone(app):
    for path in ("/", "/dataset/", "/about"):
        assert "Content-Security-Policy" not in app.get(path).headers, path
