"""Enforcement modes `advise` and `publish`, also for datasets that are older than the plugin."""

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.exceptions import CkanConfigurationException
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config

publish = pytest.mark.ckan_config("ckanext.opensmartcity.enforcement", "publish")


@pytest.fixture
def organization():
    return factories.Organization()["id"]


def store_directly(dataset, **answers):
    """Store answers without validation, as an older version or another tool may have done."""
    package = model.Package.get(dataset["id"])
    package.extras = {**package.extras, **answers}
    model.repo.commit()
    tk.get_action("package_show")({"ignore_auth": True, "use_cache": False}, {"id": dataset["id"]})


def refused(action, **data):
    with pytest.raises(tk.ValidationError) as caught:
        call_action(action, **data)
    model.Session.rollback()
    return caught.value.error_dict


def test_advise_lets_an_incomplete_dataset_become_public(organization):
    assert factories.Dataset(owner_org=organization, private=False)["private"] is False


@publish
def test_publish_refuses_a_new_public_dataset_with_gaps(organization):
    errors = refused("package_create", name="gaps", owner_org=organization, private=False, ownership_owner="Parks")
    assert "OSC-001" in errors["ownership_contact"][0]
    assert "ownership_owner" not in errors


@publish
def test_publish_lets_a_private_dataset_have_gaps_until_it_becomes_public(organization):
    dataset = factories.Dataset(owner_org=organization, private=True)
    assert "OSC-001" in refused("package_patch", id=dataset["id"], private=False)["privacy_class"][0]


@publish
def test_publish_lets_a_complete_dataset_become_public(organization, current):
    dataset = factories.Dataset(owner_org=organization, private=True)
    assert call_action("package_patch", id=dataset["id"], private=False, **current)["private"] is False


@publish
def test_publish_accepts_what_is_declared(organization, current):
    del current["fitness_limits"]
    declared = {"fitness_limits": {"state": "unknown"}}
    assert factories.Dataset(owner_org=organization, governance_declared=declared, **current)["private"] is False


@publish
def test_publish_lets_a_draft_have_gaps_until_it_becomes_active(organization):
    draft = factories.Dataset(owner_org=organization, state="draft")
    assert "OSC-001" in refused("package_patch", id=draft["id"], state="active")["ownership_owner"][0]


@publish
def test_publish_reports_the_gap_rule_of_a_field(organization, current):
    answers = current | {
        "privacy_class": "personal", "privacy_openness": "closed", "sovereignty_storage_countries": ["US"],
        "sovereignty_foreign_access": "yes", "license_id": "notspecified",
    }  # fmt: skip
    errors = refused("package_create", name="abroad", owner_org=organization, **answers)
    assert "OSC-020" in errors["sovereignty_transfer_basis"][0]


@pytest.mark.parametrize("enforcement", ["advise", "publish"])
def test_a_dataset_made_before_the_plugin_stays_editable(organization, enforcement, ckan_config, monkeypatch):
    old = factories.Dataset(owner_org=organization, extras=[{"key": "old", "value": "field"}])
    monkeypatch.setitem(ckan_config, "ckanext.opensmartcity.enforcement", enforcement)
    edited = call_action("package_patch", id=old["id"], title="New title", ownership_owner="Parks")
    assert edited["title"] == "New title"
    assert edited["extras"] == [{"key": "old", "value": "field"}]


def test_publish_refuses_an_edit_that_opens_a_gap_in_a_public_dataset(organization, current, ckan_config, monkeypatch):
    dataset = factories.Dataset(owner_org=organization, **current)
    monkeypatch.setitem(ckan_config, "ckanext.opensmartcity.enforcement", "publish")
    errors = refused("package_patch", id=dataset["id"], ownership_contact="", title="Other")
    assert list(errors) == ["ownership_contact"]


@pytest.mark.parametrize(
    "stored",
    [
        {"privacy_class": "very_secret"},
        {"governance_reviewed_on": "last year"},
        {"privacy_class": "special_category", "privacy_openness": "open"},
        {"governance_declared": "{broken"},
        {"sovereignty_storage_countries": '["ZZ"]'},
    ],
    ids=str,
)
def test_an_answer_that_the_edit_does_not_touch_is_not_refused_and_not_lost(stored):
    dataset = factories.Dataset()
    store_directly(dataset, **stored)
    shown = call_action("package_show", context={"use_cache": False}, id=dataset["id"])
    call_action("package_update", **shown | {"title": "New title"})
    assert {name: model.Package.get(dataset["id"]).extras[name] for name in stored} == stored


def test_the_form_sends_lists_in_another_shape_and_does_not_touch_them_by_that():
    dataset = factories.Dataset()
    store_directly(dataset, sovereignty_storage_countries='["ZZ"]', algorithm_elsewhere='["not a link", "nor this"]')
    shown = call_action("package_show", context={"use_cache": False}, id=dataset["id"])
    sent = {"sovereignty_storage_countries": "ZZ", "algorithm_elsewhere": "not a link\r\nnor this\r\n"}
    assert call_action("package_update", **shown | sent | {"title": "New title"})["title"] == "New title"


def test_a_touched_answer_is_refused_even_if_another_was_wrong_before():
    dataset = factories.Dataset()
    store_directly(dataset, privacy_class="very_secret")
    errors = refused("package_patch", id=dataset["id"], privacy_openness="ajar")
    assert list(errors) == ["privacy_openness"]


def test_a_contradiction_with_an_untouched_answer_is_refused(current):
    dataset = factories.Dataset(**current)
    errors = refused("package_patch", id=dataset["id"], retention_period="P5Y")
    assert "OSC-030" in errors["retention_period"][0]


@pytest.mark.parametrize(
    ("option", "value"), [("enforcement", "force"), ("home_jurisdiction", "ZZ"), ("review_months", 0)]
)
def test_a_configuration_without_meaning_stops_the_start(option, value, ckan_config, monkeypatch):

    monkeypatch.setitem(ckan_config, f"ckanext.opensmartcity.{option}", value)
    with pytest.raises(CkanConfigurationException, match=option):
        config.check()
