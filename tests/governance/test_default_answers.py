"""Default answers of an organisation: validated by the standard, offered in the form, never stored by themselves."""

import json

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.governance.model import default_answers

STATED = {
    "ownership_owner": "Mobility Department",
    "sovereignty_storage_countries": ["NL"],
    "governance_declared": {
        "sovereignty_exit": {"state": "not_applicable", "reason": "The city runs it."},
        "ownership_mandate": {"state": "unknown"},
    },
}


@pytest.fixture
def organization():
    return factories.Organization()


def update(organization, **data):
    return call_action("governance_defaults_update", id=organization["id"], **data)


def show(organization, **data):
    return call_action("governance_defaults_show", id=organization["name"], **data)


def refused(organization, answers, **data):
    with pytest.raises(tk.ValidationError) as caught:
        update(organization, answers=answers, **data)
    model.Session.rollback()
    return {name: " ".join(errors) for name, errors in caught.value.error_dict.items()}


def test_nothing_is_offered_where_nothing_was_stated(organization):
    assert show(organization) == {"organization": organization["name"], "type": "dataset", "answers": {}, "offers": []}


def test_what_is_stated_comes_back_with_its_words(organization):
    assert update(organization, answers=STATED)["answers"] == STATED
    model.Session.remove()
    shown = show(organization)
    assert shown["answers"] == STATED
    offers = {offer["name"]: offer for offer in shown["offers"]}
    assert offers.keys() == {"ownership_owner", "sovereignty_storage_countries", *STATED["governance_declared"]}
    assert offers["sovereignty_storage_countries"]["display"] == ["Netherlands"]
    assert offers["sovereignty_exit"]["state"] == "not_applicable"
    assert offers["sovereignty_exit"]["reason"] == "The city runs it."


def test_words_are_in_the_language_asked_for(organization):
    update(organization, answers=STATED)
    offers = {offer["name"]: offer for offer in show(organization, lang="nl")["offers"]}
    assert offers["sovereignty_storage_countries"]["display"] == ["Nederland"]


def test_an_update_replaces_all_that_was_stated(organization):
    update(organization, answers=STATED)
    update(organization, answers={"privacy_openness": "open"})
    assert show(organization)["answers"] == {"privacy_openness": "open"}


def test_each_kind_of_record_has_its_own(organization):
    update(organization, answers=STATED)
    update(organization, type="algorithm", answers={"algorithm_owner": "Traffic"})
    assert show(organization, type="algorithm")["answers"] == {"algorithm_owner": "Traffic"}
    assert show(organization)["answers"] == STATED


def test_nothing_of_it_is_stored_with_a_dataset_or_shown_with_the_organisation(organization):
    update(organization, answers=STATED)
    dataset = factories.Dataset(owner_org=organization["id"])
    assert "ownership_owner" not in call_action("package_show", id=dataset["id"])
    assert "Mobility Department" not in json.dumps(call_action("organization_show", id=organization["id"]))


def test_an_edit_of_the_organisation_keeps_them_and_its_purge_takes_them_along(organization):
    update(organization, answers=STATED)
    call_action("organization_update", id=organization["id"], name=organization["name"], title="New title")
    assert show(organization)["answers"] == STATED
    call_action("organization_purge", id=organization["id"])
    assert default_answers.read(organization["id"], "dataset") == {}


BAD = {
    "unknown code": ({"privacy_class": "secret"}, "privacy_class", "OSC-002"),
    "no question": ({"title": "Everything"}, "title", "OSC-003"),
    "a date": ({"governance_reviewed_on": "2026-05-01"}, "governance_reviewed_on", "OSC-003"),
    "a declared date": (
        {"governance_declared": {"retention_until": {"state": "unknown"}}}, "retention_until", "OSC-003",
    ),
    "HTML": ({"fitness_purpose": "<b>x</b>"}, "fitness_purpose", "OSC-004"),
    "a script as link": ({"ownership_mandate": "javascript:alert(1)"}, "ownership_mandate", "OSC-005"),
    "a contradiction": ({"retention_type": "indefinite", "retention_period": "P5Y"}, "retention_period", "OSC-030"),
    "answered and declared": (
        {"ownership_owner": "Parks", "governance_declared": {"ownership_owner": {"state": "unknown"}}},
        "ownership_owner", "OSC-070",
    ),
    "a system that is not here": ({"algorithm_systems": ["none"]}, "algorithm_systems", "OSC-040"),
}  # fmt: skip


@pytest.mark.parametrize(("answers", "field", "rule"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_on_its_field_with_its_rule_and_nothing_is_stored(organization, answers, field, rule):
    errors = refused(organization, STATED | answers)
    assert list(errors) == [field]
    assert rule in errors[field]
    assert show(organization)["answers"] == {}


@pytest.mark.parametrize("answers", [None, [], "text", 7])
def test_answers_that_are_no_object_are_refused(organization, answers):
    assert list(refused(organization, answers)) == ["answers"]


def test_a_kind_of_record_that_does_not_exist_is_refused(organization):
    assert list(refused(organization, {}, type="recipe")) == ["type"]


def test_an_answer_alone_is_no_error_where_only_others_are_missing(organization):
    update(organization, answers={"privacy_class": "special_category"})
    assert show(organization)["answers"] == {"privacy_class": "special_category"}


def test_a_group_is_no_organisation():
    with pytest.raises(tk.ObjectNotFound):
        show(factories.Group())
