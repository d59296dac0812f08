"""governance_check reports the same findings as saving would, and saves nothing."""

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action


def rules(result):
    return {(finding["rule"], *finding["fields"]) for finding in result["errors"]}


def test_it_returns_the_assessment_and_no_errors_for_a_good_record(current):
    result = call_action("governance_check", **current)
    assert result["errors"] == []
    assert result["level"] in ("current", "answered")


def test_it_names_rule_and_field_of_what_would_be_refused(current):
    result = call_action("governance_check", **current | {"privacy_class": "bogus", "retention_period": "P5Y"})
    assert rules(result) == {("OSC-002", "privacy_class"), ("OSC-030", "retention_period")}


def test_it_knows_which_systems_the_caller_may_see(current):
    answers = current | {
        "algorithm_use": "in_use",
        "algorithm_role": ["input"],
        "algorithm_systems": ["no-such-system"],
    }
    assert rules(call_action("governance_check", **answers)) == {("OSC-040", "algorithm_systems")}


def test_it_saves_nothing(current):
    before = model.Session.query(model.Package).count()
    call_action("governance_check", name="not-saved", **current)
    assert model.Session.query(model.Package).count() == before


def test_it_checks_algorithm_records_too():
    result = call_action("governance_check", type="algorithm", algorithm_decision="decides")
    assert ("OSC-041", "algorithm_oversight") in rules(result)


def test_over_http_a_stranger_may_check_a_record_of_their_own(app, current):
    answer = app.post("/api/3/action/governance_check", json=current | {"retention_until": "2026-02-30"})
    assert answer.json["success"] is True
    assert rules(answer.json["result"]) == {("OSC-032", "retention_until")}


def test_over_http_an_unknown_record_type_is_a_validation_error(app):
    answer = app.post("/api/3/action/governance_check", json={"type": "recipe"}, status=409)
    assert answer.json["error"]["__type"] == "Validation Error"
    assert "type" in answer.json["error"]


def test_a_dataset_of_the_portal_checked_as_shown_is_as_shown(current):
    dataset = factories.Dataset(**current)
    shown = call_action("governance_show", id=dataset["id"])
    checked = call_action("governance_check", **call_action("package_show", id=dataset["id"]))
    assert checked["groups"] == shown["groups"]


def test_a_change_is_checked_as_a_patch_would_store_it(current):
    dataset = factories.Dataset(**current)
    change = {"fitness_limits": "", "privacy_openness": "closed"}
    checked = call_action("governance_check", patch_of=dataset["name"], **change)
    assert checked["missing"] == ["fitness_limits"]
    assert "OSC-015" in {concern["rule"] for concern in checked["concerns"]}
    assert call_action("package_show", id=dataset["id"])["privacy_openness"] == "open"
    call_action("package_patch", id=dataset["id"], **change)
    shown = call_action("governance_show", id=dataset["id"])
    assert {key: checked[key] for key in ("level", "groups", "missing", "concerns")} == {
        key: shown[key] for key in ("level", "groups", "missing", "concerns")
    }


def test_a_change_of_an_algorithm_is_checked_as_one_whatever_type_is_sent():
    system = factories.Dataset(type="algorithm", algorithm_decision="decides", state="draft")
    checked = call_action("governance_check", patch_of=system["id"], type="dataset")
    assert ("OSC-041", "algorithm_oversight") in rules(checked)


@pytest.mark.parametrize("reference", [["a"], {"id": "a"}, 7])
def test_a_change_of_something_that_is_no_name_is_refused(reference):
    with pytest.raises(tk.ValidationError) as caught:
        call_action("governance_check", patch_of=reference)
    assert list(caught.value.error_dict) == ["patch_of"]


def test_a_change_of_nothing_is_not_found():
    with pytest.raises(tk.ObjectNotFound):
        call_action("governance_check", patch_of="no-such-dataset")
