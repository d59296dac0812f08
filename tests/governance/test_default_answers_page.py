"""Pages of default answers, and how the form offers them to a steward."""

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.ckan_version import IS_2_11
from support.form_pages import form, page, send, shown, soup_of, values_of

STATED = {
    "sovereignty_storage_kind": "own_premises",
    "sovereignty_storage_countries": ["BE", "NL"],
    "sovereignty_jurisdictions": ["EU", "NL"],
    "sovereignty_provider": "City Computing Centre",
    "governance_declared": {
        "sovereignty_indigenous_notice": {"state": "not_applicable", "reason": "No community is concerned."},
        "sovereignty_foreign_access": {"state": "unknown"},
    },
}


@pytest.fixture
def steward():
    return factories.SysadminWithToken()


@pytest.fixture
def organization():
    return factories.Organization()


@pytest.fixture
def stated(organization):
    call_action("governance_defaults_update", id=organization["id"], answers=STATED)
    return organization


def page_path(organization, group, kind="dataset"):
    return f"/organization/{organization['name']}/usual-answers/{kind}/{group}"


def offered(soup):
    return {
        node.find_parent(class_="osc-question")["id"].removeprefix("osc-question-"): " ".join(node.text.split())
        for node in soup.select(".osc-question .osc-offer")
    }


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
def test_there_is_a_page_for_each_group_with_every_question_that_is_not_about_a_day(
    app, steward, organization, standard, kind
):
    for group in standard.records[kind].groups:
        soup = form(app, steward, page_path(organization, group.id, kind))
        asked = [node["id"].removeprefix("osc-question-") for node in soup.select(".osc-question")]
        assert asked == [field.name for field in group.fields if field.type.value != "date"]


def test_a_page_keeps_what_the_other_pages_state(app, steward, stated):
    sent = values_of(form(app, steward, page_path(stated, "ownership"))) | {"ownership_owner": "Mobility"}
    sent["declared-ownership_mandate"] = "unknown"
    assert send(app, steward, page_path(stated, "ownership"), **sent).status_code == 302
    answers = call_action("governance_defaults_show", id=stated["id"])["answers"]
    declared = STATED["governance_declared"] | {"ownership_mandate": {"state": "unknown"}}
    assert answers == STATED | {"ownership_owner": "Mobility", "governance_declared": declared}


def test_saving_a_page_unchanged_changes_nothing(app, steward, stated, standard):
    for group in standard.records["dataset"].groups:
        path = page_path(stated, group.id)
        send(app, steward, path, **values_of(form(app, steward, path)))
    assert call_action("governance_defaults_show", id=stated["id"])["answers"] == STATED


def test_what_is_refused_comes_back_as_typed_beside_its_field(app, steward, organization):
    path = page_path(organization, "ownership")
    typed = {"ownership_mandate": "javascript:alert(1)", "ownership_contact": "at the desk"}
    soup = soup_of(send(app, steward, path, **values_of(form(app, steward, path)) | typed))
    for name, value in typed.items():
        assert soup.select_one(f"#field-{name}")["value"] == value
        assert "OSC-005" in soup.select_one(f"#osc-error-{name}").text
        assert soup.select_one(f".osc-errors a[href='#field-{name}']")
    assert call_action("governance_defaults_show", id=organization["id"])["answers"] == {}


def test_they_are_linked_from_the_pages_of_the_organisation(app, steward, organization):
    entry = f"/organization/{organization['name']}/usual-answers"
    for path in (f"/organization/{organization['name']}", f"/organization/edit/{organization['name']}"):
        assert form(app, steward, path).select(f"a[href='{entry}']"), path
    assert not soup_of(app.get(f"/organization/{organization['name']}")).select(f"a[href='{entry}']")


def test_they_are_offered_beside_empty_questions_and_only_there(app, steward, stated):
    dataset = factories.Dataset(owner_org=stated["id"], sovereignty_storage_kind="own_premises")
    soup = form(app, steward, page(dataset, "sovereignty"))
    found = offered(soup)
    assert found.keys() == {
        "sovereignty_storage_countries", "sovereignty_jurisdictions", "sovereignty_provider",
        "sovereignty_indigenous_notice", "sovereignty_foreign_access",
    }  # fmt: skip
    assert found["sovereignty_storage_countries"].startswith("Default answer of your organisation: Belgium")
    assert "No community is concerned." in found["sovereignty_indigenous_notice"]
    filled = values_of(soup)
    assert "sovereignty_storage_countries" not in filled, "offered is not filled in"
    assert filled["sovereignty_provider"] == [""]


def test_a_save_stores_nothing_of_what_is_only_offered(app, steward, stated):
    dataset = factories.Dataset(owner_org=stated["id"])
    before = shown(dataset)
    send(app, steward, page(dataset, "sovereignty"), **values_of(form(app, steward, page(dataset, "sovereignty"))))
    # CKAN 2.11 moves this date with each save.
    moved = {"metadata_modified"} if IS_2_11 else set()
    assert {name for name, value in shown(dataset).items() if value != before[name]} == moved


def test_one_offer_is_taken_into_the_page_and_stored_only_by_a_save(app, steward, stated):
    dataset = factories.Dataset(owner_org=stated["id"])
    path = page(dataset, "sovereignty")
    sent = values_of(form(app, steward, path)) | {"sovereignty_exit": "Typed meanwhile."}
    soup = soup_of(send(app, steward, path, **sent | {"take": "sovereignty_storage_countries"}))
    filled = values_of(soup)
    assert sorted(filled["sovereignty_storage_countries"]) == ["BE", "NL"]
    assert filled["sovereignty_exit"] == ["Typed meanwhile."]
    assert "sovereignty_jurisdictions" not in filled
    assert soup.select_one("#osc-question-sovereignty_storage_countries .osc-taken")
    assert "sovereignty_storage_countries" not in shown(dataset)
    send(app, steward, path, **filled)
    assert shown(dataset)["sovereignty_storage_countries"] == ["BE", "NL"]
    assert shown(dataset)["sovereignty_exit"] == "Typed meanwhile."


def test_all_offers_that_apply_are_taken_at_once_for_review(app, steward, stated):
    dataset = factories.Dataset(owner_org=stated["id"])
    path = page(dataset, "sovereignty")
    soup = soup_of(send(app, steward, path, **values_of(form(app, steward, path)) | {"take": "*"}))
    taken = {node.find_parent(class_="osc-question")["id"] for node in soup.select(".osc-taken")}
    assert "osc-question-sovereignty_provider" not in taken, "it is asked of other kinds of storage only"
    filled = values_of(soup)
    assert filled["sovereignty_storage_kind"] == ["own_premises"]
    assert filled["declared-sovereignty_indigenous_notice"] == ["not_applicable"]
    assert filled["declared-sovereignty_indigenous_notice-reason"] == ["No community is concerned."]
    assert filled["sovereignty_foreign_access"] == [""]
    assert filled["declared-sovereignty_foreign_access"] == ["unknown"]
    assert "sovereignty_storage_kind" not in shown(dataset)
    assert send(app, steward, path, **filled).status_code == 302
    assert shown(dataset)["governance_declared"] == STATED["governance_declared"]


@pytest.mark.ckan_config("ckan.auth.allow_dataset_collaborators", True)
def test_a_steward_of_one_dataset_only_is_offered_nothing(app, stated):
    collaborator = factories.UserWithToken()
    dataset = factories.Dataset(owner_org=stated["id"])
    call_action("package_collaborator_create", id=dataset["id"], user_id=collaborator["id"], capacity="editor")
    soup = form(app, collaborator, page(dataset, "sovereignty"))
    assert soup.select_one("#field-sovereignty_provider")
    assert offered(soup) == {}
