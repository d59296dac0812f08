"""OpenAPI document: valid, complete, current, and consistent with the running portal."""

import json
import os
from importlib import import_module
from pathlib import Path

import pytest
import requests
import schemathesis
from ckanext.opensmartcity.feature import declaration_of
from ckanext.opensmartcity.openapi import describe
from ckanext.opensmartcity.openapi.__main__ import printed
from ckanext.opensmartcity.openapi.parameters import (
    Parameter,
    UnknownTypeError,
    parameters_of,
    read_docstring,
    schema_of,
    type_schema,
)
from ckanext.opensmartcity.registry import declared_formats, get_actions
from ckanext.opensmartcity.standard import load_standard, shipped_folder
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode, checks
from support.record_formats import FORMAT_ROUTES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "ckanext-opensmartcity/ckanext/opensmartcity"
OURS = get_actions()
DOCUMENT = describe(OURS, declared_formats(), load_standard(shipped_folder()), "")
OPERATIONS = [(name, method) for name in OURS for method in DOCUMENT["paths"][f"/{name}"]]
RECORDS = {path: item["get"] for path, item in DOCUMENT["paths"].items() if path.startswith("/{type}")}

MONITORING = ("/transparency/health", "/transparency/metrics")


def examples():
    for name, method in OPERATIONS:
        content = DOCUMENT["paths"][f"/{name}"][method].get("requestBody", {}).get("content", {})
        for title, example in content.get("application/json", {}).get("examples", {}).items():
            yield pytest.param(name, example["value"], id=f"{name}: {title}")


def errors(schema, value):
    """Return where and why a value does not match a schema of the document."""
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]}, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def test_it_is_a_valid_openapi_3_1_document():
    OpenAPIV31SpecValidator(json.loads(json.dumps(DOCUMENT))).validate()


def test_the_kept_document_is_current():
    assert (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8") == printed() + "\n", "run: make reference"


@pytest.mark.parametrize("name", OURS)
def test_every_action_says_what_it_does_takes_and_returns(name):
    docs = read_docstring(OURS[name])
    assert docs.summary.endswith("."), "the first line of the docstring says what the action does"
    assert docs.returns, ":returns: is missing"
    assert docs.rtype, ":rtype: is missing"
    type_schema(docs.rtype)
    for parameter in docs.parameters:
        assert parameter.text, f":param {parameter.name}: says nothing"
        assert type_schema(parameter.type), f":type {parameter.name}: is missing"
    checked = parameters_of(OURS[name])
    if checked is not None:
        assert {parameter.name for parameter in docs.parameters} == set(checked)


def test_every_schema_belongs_to_an_action():
    modules = [
        import_module(f"ckanext.opensmartcity.{each.parent.name}.schema") for each in PACKAGE.glob("*/schema.py")
    ]
    named = [item for module in modules for item in vars(module).items() if item[0].startswith("governance_")]
    assert len(modules) > 3
    assert len(named) > 15
    for name, schema in named:
        assert declaration_of(OURS[name]).schema is schema, name


def test_ranges_and_defaults_come_from_the_words():
    assert schema_of(Parameter("limit", "the most, 1 to 100, 20 by default", "int")) == {
        "type": "integer",
        "minimum": 1,
        "maximum": 100,
        "default": 20,
    }
    assert type_schema("string or list of strings")["anyOf"][1]["items"] == {"type": "string"}
    with pytest.raises(UnknownTypeError):
        type_schema("strng")


def test_the_portal_serves_it_with_its_own_address(portal):
    served = requests.get(f"{portal.address}/transparency/openapi.json", timeout=120)
    assert served.headers["Content-Type"] == "application/json"
    document = served.json()
    assert document["servers"][0]["url"].startswith("http")
    assert document["servers"][0]["url"].endswith("/api/3/action")
    for path in (*RECORDS, *MONITORING):
        assert document["paths"][path].pop("servers") == [{"url": "http://test.ckan.net/"}]
    paths = json.loads(json.dumps(DOCUMENT["paths"]))
    assert document["paths"] == {
        path: {k: v for k, v in item.items() if k != "servers"} for path, item in paths.items()
    }


@pytest.mark.parametrize(("name", "sent"), list(examples()))
def test_every_example_is_answered_as_the_document_says(portal, name, sent):
    answer = requests.post(f"{portal.address}/api/3/action/{name}", json=sent, timeout=120)
    assert answer.status_code == 200, answer.text
    schema = DOCUMENT["paths"][f"/{name}"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert errors(schema, answer.json()) == []


@pytest.mark.parametrize("path", RECORDS)
@pytest.mark.parametrize("record", ["dataset/shared-bike-trips", "algorithm/adaptive-traffic-lights"])
def test_every_format_of_a_record_is_answered_as_the_document_says(portal, path, record):
    address = f"{portal.address}{path.replace('{type}/{id}', record)}"
    assert set(RECORDS) == {"/{type}/{id}/transparency", *(f"/{{type}}/{{id}}/{route}" for route in FORMAT_ROUTES)}
    for media_type, content in RECORDS[path]["responses"]["200"]["content"].items():
        answer = requests.get(address, headers={"Accept": media_type}, timeout=120, allow_redirects=False)
        if answer.status_code == 302 and record.startswith("algorithm"):
            assert "302" in RECORDS[path]["responses"]
            continue
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, media_type)
        value = answer.text if content["schema"] == {"type": "string"} else answer.json()
        assert errors(content["schema"], value) == []
    nowhere = address.replace("/transparency", "-nowhere/transparency")
    missing = requests.get(nowhere, timeout=120, allow_redirects=False)
    described = RECORDS[path]["responses"][str(missing.status_code)]
    if missing.headers["Content-Type"] == "application/json":
        assert errors(described["content"]["application/json"]["schema"], missing.json()) == []


def test_monitoring_is_answered_as_the_document_says(portal):
    token = {"Authorization": portal.logins["sysadmin"]["token"]}
    for path in MONITORING:
        for headers in ({}, token):
            answer = requests.get(f"{portal.address}{path}", headers=headers, timeout=120)
            content = DOCUMENT["paths"][path]["get"]["responses"][str(answer.status_code)]["content"]
            schema = content[answer.headers["Content-Type"].partition(";")[0]]["schema"]
            assert errors(schema, answer.text if schema == {"type": "string"} else answer.json()) == []
    assert requests.get(f"{portal.address}{MONITORING[0]}?check=no", timeout=120).status_code == 400


@pytest.fixture(scope="module")
def results(portal):
    """Result of each action on the demo city, as a sysadmin gets it, by the name of the action."""
    token, found = {"Authorization": portal.logins["sysadmin"]["token"]}, {}

    def call(name, **params):
        answer = requests.post(f"{portal.address}/api/3/action/{name}", json=params, headers=token, timeout=120)
        assert answer.status_code == 200, (name, answer.text)
        found.setdefault(name, []).append(answer.json()["result"])
        return found[name][-1]

    def ask():
        return call("governance_question_create", id="shared-bike-trips", text="Where are the counters?")["id"]

    for id in ("shared-bike-trips", "adaptive-traffic-lights"):
        for name in ("governance_show", "governance_history", "governance_question_list", "governance_story_list"):
            call(name, id=id)
    organization = found["governance_show"][0]["dataset"]["organization"]
    organizations = requests.get(f"{portal.address}/api/3/action/organization_list", timeout=120).json()["result"]
    another = next(name for name in organizations if name != organization)
    for lang in ("en", "nl"):
        call("governance_standard_show", lang=lang)
        call("governance_city_show", lang=lang)
        call("governance_compare_show", lang=lang)
    call("governance_check", privacy_class="personal", algorithm_use="unknown word")
    call("governance_check", patch_of="shared-bike-trips")
    call("governance_audit", limit=1000)
    call("governance_stats", by="organization,group,type,privacy_class")
    call("governance_links_show", id="shared-bike-trips")
    call("governance_links_list", state="reached")
    call("governance_disposal_list", limit=100)
    event = call("governance_changes", limit=100)["events"][0]["id"]
    call("governance_changes", since="2020-01-01")
    call("governance_event_show", id=event)
    size = call("governance_checkpoint_show")["size"]
    call("governance_checkpoint_list")
    call("governance_proof", event=event_in_the_log(found["governance_changes"]))
    call("governance_proof", from_size=1, size=size)
    call("governance_defaults_update", id=organization, type="dataset", answers={"ownership_owner": "Parks"})
    call("governance_defaults_show", id=organization)
    questions = [ask() for _ in range(3)]
    call("governance_question_allow", id=questions[0])
    call("governance_question_pass_on", id=questions[1], organization=another)
    call("governance_question_answer", id=questions[2], answer="At the bridges.", changes_record=True)
    call("governance_question_list")
    told = {"kind": "use", "title": "A safer way", "text": "I found a safer way to school."}
    story = call("governance_story_create", id="shared-bike-trips", **told)["id"]
    call("governance_story_moderate", id=story, decision="show")
    call("governance_story_list")
    call("governance_links_check")
    call("governance_peers_fetch")
    code = found["governance_question_create"][0]["code"]
    assert call("governance_receipt_show", code=code)["contributions"]
    # Leave the demo city as it was.
    for id in questions:
        call("governance_question_hide", id=id, reason="off_topic")
    call("governance_story_moderate", id=story, decision="hide", reason="off_topic")
    call("governance_defaults_update", id=organization, type="dataset", answers={})
    call("governance_receipt_delete", code=code)
    return found


def event_in_the_log(pages):
    """Return the id of an event that has its place in the log."""
    return next(event["id"] for page in pages for event in page["events"] if event["index"] is not None)


def test_every_action_has_a_typed_result(results):
    assert set(results) == set(OURS)
    for name in OURS:
        envelope = DOCUMENT["paths"][f"/{name}"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert envelope["properties"]["result"]["$ref"].startswith("#/components/schemas/"), name


@pytest.mark.parametrize("name", OURS)
def test_every_result_has_exactly_the_keys_of_its_type(results, name):
    envelope = DOCUMENT["paths"][f"/{name}"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    for result in results[name]:
        assert errors(envelope["properties"]["result"], result) == []


def test_no_component_allows_keys_that_it_does_not_name():
    components = DOCUMENT["components"]["schemas"]
    assert len(components) > 50
    named = [name for name, schema in components.items() if name != "ErrorResponse"]
    assert [name for name in named if components[name]["additionalProperties"] is not False] == []
    assert [name for name in named if not components[name]["description"].endswith(".")] == []


UNKNOWN = {
    "governance_changes": ("organisation", None),
    "governance_history": ("x", None),
    "governance_show": ("langs", "lang"),
    "governance_defaults_update": ("answer", "answers"),
}


@pytest.mark.parametrize("name", OURS)
def test_an_unknown_parameter_is_refused_with_the_nearest_name(portal, name):
    names = declaration_of(OURS[name]).names
    if names is None:
        assert name == "governance_check"
        return
    known = sorted(names())
    typo, nearest = UNKNOWN.get(name) or ((f"{known[0]}x", known[0]) if known else ("id", None))
    token = {"Authorization": portal.logins["sysadmin"]["token"]}
    answer = requests.post(f"{portal.address}/api/3/action/{name}", json={typo: "1"}, headers=token, timeout=120)
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error.pop("__type") == "Validation Error"
    assert list(error) == [typo]
    assert nearest is None or f"“{nearest}”" in error[typo][0]


def test_a_callback_is_no_parameter(portal):
    answer = requests.get(f"{portal.address}/api/3/action/governance_changes?limit=1&callback=show", timeout=120)
    assert answer.status_code == 200


def test_most_actions_have_an_example():
    named = {example.values[0] for example in examples()}
    assert len(named) >= len(OURS) / 2


def test_that_the_search_may_be_down_is_said_of_every_action():
    assert all("503" in DOCUMENT["paths"][f"/{name}"][method]["responses"] for name, method in OPERATIONS)


@pytest.mark.parametrize(("name", "method"), OPERATIONS)
def test_limits_are_those_of_the_document(portal, name, method):
    parameters = DOCUMENT["paths"][f"/{name}"][method].get("parameters", ())
    record = {"id": "shared-bike-trips"} if any(parameter["name"] == "id" for parameter in parameters) else {}
    for parameter in parameters:
        most = parameter["schema"].get("maximum")
        if most:
            wrong = {parameter["name"]: most + 1, **record}
            answer = requests.get(f"{portal.address}/api/3/action/{name}", params=wrong, timeout=120)
            assert answer.status_code == 409
            assert parameter["name"] in answer.json()["error"]


ODD = [
    ("governance_show", {"id": ["shared-bike-trips", "trees"]}, "id"),
    ("governance_show", {"id": "a\0"}, "id"),
    ("governance_show", {"id": "shared-bike-trips", "lang": {"nl": "de"}}, "lang"),
    ("governance_history", {"id": "\ud800"}, "id"),
    ("governance_history", {"id": []}, "id"),
    ("governance_changes", {"since": {}, "limit": "all"}, "limit"),
    ("governance_changes", {"since": "yesterday"}, "since"),
    ("governance_checkpoint_show", {"size": -1}, "size"),
    ("governance_changes", {"limit": "0" * 19 + "1" + "0" * 8}, "limit"),
    ("governance_history", {"id": "trees", "limit": "1" * 5000}, "limit"),
    ("governance_question_list", {"cursor": "0" * 19 + "1" + "0" * 30}, "cursor"),
    ("governance_question_list", {"organization": "\ud800"}, "organization"),
    ("governance_story_list", {"id": "\0"}, "id"),
    ("governance_story_list", {"q": 1.5}, "q"),
    ("governance_story_list", {"q": {"a": 1}}, "q"),
    ("governance_checkpoint_list", {"limit": True}, "limit"),
    ("governance_disposal_list", {"outcome": "late,never"}, "outcome"),
    ("governance_disposal_list", {"cursor": "2026-02-30x"}, "cursor"),
    ("governance_proof", {"event": "\0"}, "event"),
    ("governance_stats", {"fq": ["a", "b"]}, "fq"),
    ("governance_stats", {"by": "colour"}, "by"),
    ("governance_stats", {"level": "silent"}, "level"),
    ("governance_check", {"patch_of": "a\0"}, "patch_of"),
    ("governance_check", {"type": ["dataset"]}, "type"),
    ("governance_check", {"type": "poem"}, "type"),
]


@pytest.mark.parametrize(
    ("name", "sent", "wrong"), ODD, ids=lambda value: str(value).encode("ascii", "replace").decode()
)
def test_a_parameter_that_makes_no_sense_is_refused_by_its_name(portal, name, sent, wrong):
    answer = requests.post(f"{portal.address}/api/3/action/{name}", json=sent, timeout=120)
    assert answer.status_code == 409, answer.text
    error = answer.json()["error"]
    assert error.pop("__type") == "Validation Error"
    assert list(error) == [wrong]
    assert all(isinstance(message, str) for message in error[wrong])


def test_an_empty_list_is_as_good_as_nothing(portal):
    address = f"{portal.address}/api/3/action/governance_checkpoint_show"
    with_list, without = (requests.post(address, json=sent, timeout=120).json() for sent in ({"size": []}, {}))
    assert with_list == without
    assert without["success"]


def test_a_parameter_that_is_given_twice_is_refused(portal):
    address = f"{portal.address}/api/3/action/governance_show?id=shared-bike-trips&id=trees"
    assert list(requests.get(address, timeout=120).json()["error"]) == ["id", "__type"]


def test_a_system_with_an_impossible_name_is_one_that_is_not_there(portal):
    sent = {"algorithm_use": "in_use", "algorithm_systems": ["lights\0", "no system"]}
    answer = requests.post(f"{portal.address}/api/3/action/governance_check", json=sent, timeout=120)
    assert answer.status_code == 200
    assert ["algorithm_systems"] in [error["fields"] for error in answer.json()["result"]["errors"]]


# Random valid and invalid requests against the whole application; OSC_EXAMPLES sets their number.
EXAMPLES = int(os.environ.get("OSC_EXAMPLES", "8"))
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
BOUNDED = {"max_examples": EXAMPLES, "deadline": None, "database": None, "derandomize": True}


@pytest.fixture(scope="module")
def described(portal):
    return schemathesis.openapi.from_wsgi("/transparency/openapi.json", portal.wsgi)


@pytest.mark.parametrize(("name", "method"), OPERATIONS)
def test_no_request_breaks_the_portal_or_surprises_the_document(described, portal, name, method):
    operation = described[f"/{name}"][method.upper()]
    users = st.sampled_from([{}, {"Authorization": portal.logins["sysadmin"]["token"]}])
    cases = st.one_of(*(operation.as_strategy(mode) for mode in GenerationMode))

    @settings(**BOUNDED, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(cases, users)
    def send(case, headers):
        case.call_and_validate(headers=headers, checks=CHECKS)

    send()
