"""governance_show: shape of the result, texts and permissions."""

import ckan.plugins.toolkit as tk
import pytest
from ckan.lib.i18n import get_available_locales
from ckan.logic import ValidationError
from ckan.tests import factories
from ckan.tests.helpers import call_action, call_auth
from freezegun import freeze_time

TODAY = "2026-06-01"

SHAPE = {
    "dataset", "standard", "level", "groups", "missing", "unknown", "concerns", "next_step", "reviewed_on",
    "review_due", "review_overdue", "retention_due", "disposal_overdue", "assessed_at", "links", "errors", "earlier",
    "answers_given_by",
}  # fmt: skip
FIELD_SHAPE = {"name", "label", "type", "value", "display", "state", "required", "reason", "iri"}


def show(**kwargs):
    return call_action("governance_show", **kwargs)


def field(governance, name):
    return next(f for group in governance["groups"] for f in group["fields"] if f["name"] == name)


def test_a_dataset_without_answers_is_silent_and_every_key_of_the_interface_is_there():
    governance = show(id=factories.Dataset()["id"])
    assert set(governance) == SHAPE | {"systems"}
    assert governance["level"] == "silent"
    assert [group["id"] for group in governance["groups"]] == [
        "ownership", "sovereignty", "privacy", "algorithm", "retention", "fitness",
    ]  # fmt: skip
    assert set(governance["groups"][0]["fields"][0]) == FIELD_SHAPE
    assert governance["next_step"]["field"] == "ownership_owner"


@freeze_time(TODAY)
def test_a_complete_dataset_is_current(current):
    governance = show(id=factories.Dataset(**current)["name"])
    assert governance["level"] == "current"
    assert governance["missing"] == governance["unknown"] == governance["concerns"] == governance["errors"] == []
    assert governance["next_step"] is None
    assert set(governance["standard"]) == {"version", "digest", "recorded"}
    assert governance["assessed_at"] == TODAY


def test_answers_are_said_in_words(current):
    governance = show(id=factories.Dataset(**current)["id"])
    assert field(governance, "sovereignty_storage_countries")["display"] == ["Netherlands"]
    assert field(governance, "governance_reviewed_on")["display"] == "1 May 2026"
    assert field(governance, "privacy_class")["value"] == "non_personal"


def test_a_period_is_said_in_words_and_its_end_is_computed(current):
    answers = current | {
        "retention_type": "fixed_period", "retention_period": "P18M", "retention_starts_on": "2026-01-31",
        "retention_basis": "Archive schedule", "retention_disposition": "delete",
    }  # fmt: skip
    governance = show(id=factories.Dataset(**answers)["id"])
    assert field(governance, "retention_period")["display"] == "18 months"
    assert governance["retention_due"] == "2027-07-31"


def test_the_language_is_the_callers(current):
    dataset = factories.Dataset(**current)
    assert field(show(id=dataset["id"], lang="nl"), "sovereignty_storage_countries")["display"] == ["Nederland"]
    # CKAN has Icelandic, for which we have no translation.
    assert show(id=dataset["id"], lang="is")["groups"] == show(id=dataset["id"])["groups"]


@pytest.mark.parametrize("code", ["xx", "klingon", "nl_", "../nl", "N" * 10_000])
def test_what_is_no_language_is_refused(current, code):
    dataset = factories.Dataset(**current)
    for action, given in (
        ("governance_show", {"id": dataset["id"]}),
        ("governance_check", {}),
        ("governance_city_show", {}),
    ):
        with pytest.raises(ValidationError) as refused:
            call_action(action, lang=code, **given)
        assert "Choose one of: en, de, es, fr, nl" in refused.value.error_dict["lang"][0]


def test_every_language_of_ckan_is_one(current):
    dataset = factories.Dataset(**current)
    for locale in get_available_locales():
        show(id=dataset["id"], lang=str(locale))


def test_silence_unknown_and_not_applicable_are_three_things(current):
    del current["fitness_limits"], current["ownership_steward_role"]
    declared = {
        "fitness_purpose": {"state": "unknown"},
        "ownership_steward_role": {"state": "not_applicable", "reason": "A machine keeps it."},
    }
    del current["fitness_purpose"]
    governance = show(id=factories.Dataset(**current, governance_declared=declared)["id"])
    assert field(governance, "fitness_limits")["state"] == "missing"
    assert field(governance, "fitness_purpose")["state"] == "unknown"
    assert field(governance, "ownership_steward_role")["state"] == "not_applicable"
    assert field(governance, "ownership_steward_role")["reason"] == "A machine keeps it."
    assert governance["missing"] == ["fitness_limits"]
    assert governance["unknown"] == ["fitness_purpose"]


def test_an_unknown_dataset_is_not_found():
    with pytest.raises(tk.ObjectNotFound):
        show(id="no-such-dataset")


def test_an_id_is_required():
    with pytest.raises(tk.ValidationError) as caught:
        show()
    assert "id" in caught.value.error_dict


def test_a_private_dataset_is_refused_to_strangers():
    organization = factories.Organization()
    dataset = factories.Dataset(owner_org=organization["id"], private=True)
    with pytest.raises(tk.NotAuthorized):
        call_auth("governance_show", context={"user": "", "ignore_auth": False}, id=dataset["id"])


def test_the_standard_is_shown_in_the_language_asked_for():
    listing = call_action("governance_standard_show", lang="nl")
    assert {"version", "digest", "groups", "fields", "vocabularies", "rules"} <= set(listing)
    assert listing["digest"] == call_action("governance_standard_show")["digest"]
    assert listing["groups"] != call_action("governance_standard_show")["groups"]
