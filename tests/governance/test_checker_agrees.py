"""The command `opensmartcity check` reports the same rules, fields and messages as the portal."""

import io
import json
from datetime import date

import pytest
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.cli.check import Checker
from ckanext.opensmartcity.exchange.problems import NAME
from ckanext.opensmartcity.exchange.records import read_stream
from ckanext.opensmartcity.portal import demo
from ckanext.opensmartcity.standard import language
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from standard.inputs import records

LANG = "nl"
ONLY_A_PORTAL_KNOWS = {"OSC-040"}
# `governance_check` checks answers; the name of a record is left to the action that saves it.
ONLY_OF_FILES = {NAME}
DRAWN = settings(
    deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(params=["", "NL", "US"])
def home(request, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, config.HOME, request.param)
    return request.param or None


def by_portal(record):
    result = call_action("governance_check", **record, lang=LANG)
    errors = [finding for finding in result["errors"] if finding["rule"] not in ONLY_A_PORTAL_KNOWS]
    found = [(finding["rule"], *finding["fields"], finding["message"]) for finding in errors + result["concerns"]]
    return sorted(found), sorted(result["missing"])


def by_checker(record):
    checker = Checker(config.standard(), config.settings(), "dataset")
    raw = io.BufferedReader(io.BytesIO(json.dumps(record).encode()))
    translate = language(LANG).translate
    items = checker.check_items("x", read_stream(raw, checker.names, "jsonl"))
    lines = [line for line in items if line.number and line.rule not in ONLY_OF_FILES]
    gaps = [line.fields[0] for line in lines if line.severity == "gap"]
    found = [(line.rule, *line.fields, line.message.render(translate)) for line in lines if line.severity != "gap"]
    return sorted(found), sorted(gaps)


@pytest.mark.parametrize("record", demo.read_city(date(2026, 6, 1)).packages, ids=lambda record: record["name"])
def test_on_each_record_of_the_demo_city(record, home):
    assert by_checker(record) == by_portal(record)


@DRAWN
@given(record=records, kind=st.sampled_from([None, "", "dataset", "algorithm"]))
def test_on_whatever_a_record_may_hold(home, record, kind):
    assume("NaN" not in json.dumps(record) and "Infinity" not in json.dumps(record))
    record = record if kind is None else record | {"type": kind}
    assert by_checker(record) == by_portal(record)


def test_on_a_record_that_meets_many_rules(home, current):
    record = current | {
        "privacy_class": "special_category",
        "sovereignty_storage_countries": ["US"],
        "retention_type": "until_event",
        "retention_period": "soon",
        "ownership_contact": "jan.jansen@city.example",
        "governance_declared": {"fitness_purpose": {"state": "not_applicable"}},
    }
    found, missing = by_portal(record)
    assert {"OSC-010", "OSC-013", "OSC-030", "OSC-032", "OSC-060", "OSC-070"} & {rule for rule, *_ in found} != set()
    assert missing
    assert by_checker(record) == (found, missing)
