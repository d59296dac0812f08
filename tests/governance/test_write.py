"""Writing: form, API and other ways reject errors of the standard with field and rule, and store nothing."""

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action

BAD = {
    "unknown code": ("privacy_class", "secret", "OSC-002"),
    "unknown code in a list": ("privacy_data_subjects", ["residents", "martians"], "OSC-002"),
    "malformed date": ("governance_reviewed_on", "1 May 2026", "OSC-032"),
    "date that does not exist": ("governance_reviewed_on", "2026-02-31", "OSC-032"),
    "malformed period": ("retention_period", "five years", "OSC-032"),
    "period of zero": ("retention_period", "P0D", "OSC-032"),
    "negative period": ("retention_period", "-P1Y", "OSC-032"),
    "country that does not exist": ("sovereignty_storage_countries", ["NL", "ZZ"], "OSC-003"),
    "JSON that is not": ("governance_declared", "{not json", "OSC-003"),
    "JSON without end": ("governance_declared", "[" * 5000, "OSC-003"),
    "declaration of no question": ("governance_declared", {"title": {"state": "unknown"}}, "OSC-003"),
    "100 kB of text": ("fitness_purpose", "x" * 100_000, "OSC-004"),
    "control characters": ("fitness_purpose", "bell \x07 bell", "OSC-004"),
    "null byte": ("ownership_owner", "null\x00byte", "OSC-004"),
    "HTML": ("fitness_limits", "<script>alert(1)</script>", "OSC-004"),
    "javascript link": ("privacy_impact_assessment_url", "javascript:alert(1)", "OSC-005"),
    "javascript link where text may stand": ("ownership_mandate", "JavaScript:alert(1)", "OSC-005"),
    "data link in a list": ("algorithm_elsewhere", ["data:text/html,x"], "OSC-005"),
    "contact that is none": ("ownership_contact", "ask at the desk", "OSC-005"),
    "a list where text belongs": ("ownership_owner", ["Mobility", "Parks"], "OSC-003"),
    "an object where text belongs": ("ownership_owner", {"name": "Mobility"}, "OSC-003"),
    "a number where a list belongs": ("ownership_suppliers", 7, "OSC-003"),
    "no list of declarations": ("governance_declared", [], "OSC-003"),
    "no list of declarations as text": ("governance_declared", "[]", "OSC-003"),
    "false for declarations": ("governance_declared", False, "OSC-003"),
    "an empty list where text belongs": ("ownership_owner", [], "OSC-003"),
    "an empty object where text belongs": ("ownership_owner", {}, "OSC-003"),
    "an empty object where a code belongs": ("privacy_class", {}, "OSC-003"),
    "an empty object where a list belongs": ("ownership_suppliers", {}, "OSC-003"),
    "zero where text belongs": ("ownership_owner", 0, "OSC-003"),
    "review in the future": ("governance_reviewed_on", "2999-01-01", "OSC-052"),
    "text that nobody can see": ("fitness_purpose", "\u2060\ufeff", "OSC-071"),
    "not applicable without a reason": (
        "governance_declared", {"ownership_owner": {"state": "not_applicable"}}, "OSC-070",
    ),
}  # fmt: skip


def refused(action, **data):
    with pytest.raises(tk.ValidationError) as caught:
        call_action(action, **data)
    model.Session.rollback()
    return {name: " ".join(errors) for name, errors in caught.value.error_dict.items()}


@pytest.mark.parametrize(("name", "value", "rule"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_on_its_field_with_its_rule_and_nothing_is_stored(name, value, rule):
    errors = refused("package_create", name="bad-input", **{name: value})
    reported = "ownership_owner" if rule == "OSC-070" else name
    assert list(errors) == [reported]
    assert rule in errors[reported]
    assert model.Package.get("bad-input") is None


def test_over_http_it_is_a_409_in_the_error_shape_of_ckan(app):
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    answer = app.post(
        "/api/3/action/package_create", json={"name": "bad", "retention_period": "soon"}, headers=headers, status=409
    )
    assert answer.json["success"] is False
    assert answer.json["error"]["__type"] == "Validation Error"
    assert "OSC-032" in answer.json["error"]["retention_period"][0]


def test_answered_and_declared_is_refused_on_the_field():
    errors = refused(
        "package_create", name="both", ownership_owner="Parks",
        governance_declared={"ownership_owner": {"state": "unknown"}},
    )  # fmt: skip
    assert "OSC-070" in errors["ownership_owner"]


def test_a_patch_that_is_refused_changes_nothing(current):
    dataset = factories.Dataset(**current)
    refused("package_patch", id=dataset["id"], title="New title", privacy_class="bogus")
    assert call_action("package_show", id=dataset["id"])["title"] == dataset["title"]


def test_answers_come_back_as_they_were_given(current):
    given = current | {
        "ownership_suppliers": ["First Ltd", "Second Ltd"],
        "governance_declared": {"ownership_mandate": {"state": "unknown"}},
    }
    stored = call_action("package_show", id=factories.Dataset(**given)["id"])
    assert {name: stored[name] for name in given} == given


def test_answers_are_normalised():
    dataset = factories.Dataset(
        ownership_contact=" mailto:parks@city.example ", sovereignty_storage_countries="nl", retention_type="",
        fitness_purpose="one\r\ntwo\r\n", retention_period="p5y",
    )  # fmt: skip
    assert dataset["ownership_contact"] == "parks@city.example"
    assert dataset["sovereignty_storage_countries"] == ["NL"]
    assert dataset["fitness_purpose"] == "one\ntwo"
    assert dataset["retention_period"] == "P5Y"
    assert "retention_type" not in dataset


def test_choosing_the_same_in_another_order_is_no_change(current):
    dataset = factories.Dataset(**current)
    patched = call_action("package_patch", id=dataset["id"], sovereignty_jurisdictions=["NL", "EU", "NL"])
    assert patched["sovereignty_jurisdictions"] == dataset["sovereignty_jurisdictions"]


def test_a_patch_leaves_the_other_answers_alone(current):
    dataset = factories.Dataset(**current)
    patched = call_action("package_patch", id=dataset["id"], fitness_alternatives="Counting by hand.")
    assert {name: patched[name] for name in current} == current


def test_an_answer_can_be_taken_back(current):
    dataset = factories.Dataset(**current)
    patched = call_action("package_patch", id=dataset["id"], sovereignty_jurisdictions=[], fitness_limits="")
    assert "sovereignty_jurisdictions" not in patched
    assert "fitness_limits" not in patched


def test_free_extras_survive_beside_the_answers(current):
    dataset = factories.Dataset(extras=[{"key": "inventory number", "value": "17"}])
    patched = call_action("package_patch", id=dataset["id"], **current)
    assert patched["extras"] == [{"key": "inventory number", "value": "17"}]


def test_the_error_speaks_the_language_of_the_request(app):
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    bad = {"name": "bad", "ownership_owner": "<b>x</b>"}
    english = app.post("/api/3/action/package_create", json=bad, headers=headers, status=409)
    dutch = app.post("/nl/api/3/action/package_create", json=bad, headers=headers, status=409)
    assert dutch.json["error"]["ownership_owner"] != english.json["error"]["ownership_owner"]


def test_longest_texts_of_every_field_can_be_indexed(current, standard):
    long = {f.name: "é" * 8000 for f in standard.records["dataset"].fields.values() if f.type.value == "long_text"}
    declared = {
        name: {"state": "not_applicable", "reason": "ü" * 8000}
        for name in ("ownership_mandate", "ownership_custodian", "ownership_owner_uri", "governance_reviewer_role")
    }
    long.pop("retention_event")
    dataset = factories.Dataset(**current | long, governance_declared=declared)
    assert call_action("package_search", fq=f"name:{dataset['name']}")["count"] == 1


def test_declarations_of_a_form_of_somebody_else_are_laid_over_those_of_the_record(current):
    dataset = factories.Dataset(**current, governance_declared={"ownership_mandate": {"state": "unknown"}})
    sent = {"declared-fitness_alternatives": "not_applicable", "declared-fitness_alternatives-reason": "A duty."}
    patched = call_action("package_patch", id=dataset["id"], **sent)
    assert patched["governance_declared"] == {
        "ownership_mandate": {"state": "unknown"},
        "fitness_alternatives": {"state": "not_applicable", "reason": "A duty."},
    }
    again = call_action("package_patch", id=dataset["id"], **{"declared-ownership_mandate": ""})
    assert list(again["governance_declared"]) == ["fitness_alternatives"]
