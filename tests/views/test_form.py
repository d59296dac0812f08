"""The dataset form: every question in its group, answers kept as typed, old fields kept at all."""

import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action


@pytest.fixture
def steward():
    return factories.SysadminWithToken()


def form(app, steward, path="/dataset/new"):
    return BeautifulSoup(app.get(path, headers={"Authorization": steward["token"]}).body, "html.parser")


def send(app, steward, path, **data):
    headers = {"Authorization": steward["token"]}
    return app.post(path, data={"save": "", **data}, headers=headers, follow_redirects=False)


def values_of(soup):
    """Return what a browser would send of the dataset form if its user pressed save at once."""
    found = {}
    for node in soup.select("#dataset-edit input[name], #dataset-edit textarea[name]"):
        if node.get("type") in ("checkbox", "radio") and not node.has_attr("checked"):
            continue
        found.setdefault(node["name"], []).append(
            node.text.removeprefix("\n") if node.name == "textarea" else node.get("value", "")
        )
    for node in soup.select("#dataset-edit select[name]"):
        chosen = [option["value"] for option in node.select("option[selected]")]
        if not chosen and not node.has_attr("multiple"):
            chosen = [node.select_one("option")["value"]]
        if chosen:
            found.setdefault(node["name"], []).extend(chosen)
    return found


def test_every_question_stands_in_its_group_with_help_beside_it(app, steward, standard):
    soup = form(app, steward)
    for group in standard.records["dataset"].groups:
        fieldset = soup.select_one(f"#osc-group-{group.id}")
        assert group.question in fieldset.select_one("legend").text
        for field in group.fields:
            question = fieldset.select_one(f"#osc-question-{field.name}")
            assert field.question in question.text
            assert field.help in question.text
            assert field.reason in question.text
            assert question.select_one(f"#field-{field.name}")


def test_the_algorithm_form_asks_its_own_questions(app, steward, standard):
    soup = form(app, steward, "/algorithm/new")
    assert all(soup.select_one(f"#field-{name}") for name in standard.records["algorithm"].fields)


def test_an_algorithm_is_saved_at_once_since_it_needs_no_data(app, steward):
    shown = values_of(form(app, steward, "/algorithm/new"))
    sent = {name: values for name, values in shown.items() if any(values) or name == "_ckan_phase"}
    answer = send(app, steward, "/algorithm/new", **sent | {"private": "False", "name": "signals"})
    assert answer.headers["Location"].endswith("/algorithm/signals")
    assert call_action("package_show", id="signals")["state"] == "active"


def test_saving_a_form_unchanged_changes_nothing(app, steward, current):
    declared = {
        "ownership_mandate": {"state": "unknown"},
        "sovereignty_exit": {"state": "not_applicable", "reason": "The city runs it."},
    }
    dataset = factories.Dataset(
        **current, governance_declared=declared, ownership_suppliers=["First Ltd", "Second Ltd"],
        extras=[{"key": "old", "value": "field"}], author="Parks Department", version="1.2", tags=[{"name": "trees"}],
    )  # fmt: skip
    before = call_action("package_show", id=dataset["id"])
    send(
        app,
        steward,
        f"/dataset/edit/{dataset['id']}",
        **values_of(form(app, steward, f"/dataset/edit/{dataset['id']}")),
    )
    model.Session.expire_all()
    after = call_action("package_show", id=dataset["id"])
    changed = {key for key in before | after if (before.get(key) or None) != (after.get(key) or None)}
    assert changed <= {"metadata_modified"}


def test_what_was_typed_is_kept_beside_its_error(app, steward):
    typed = {
        "name": "typed", "title": "Typed", "retention_period": "five years", "governance_reviewed_on": "2026-02-31",
        "fitness_purpose": "Kept as typed.", "sovereignty_storage_countries": ["NL", "BE"],
        "privacy_class": "non_personal", "privacy_legal_basis": ["A6-1-e"],
        "declared-ownership_owner": "not_applicable", "declared-ownership_owner-reason": "",
    }  # fmt: skip
    soup = BeautifulSoup(send(app, steward, "/dataset/new", **typed).body, "html.parser")
    shown = values_of(soup)
    for name, value in typed.items():
        assert sorted(shown[name]) == sorted(value if isinstance(value, list) else [value])
    for name, rule in {
        "retention_period": "OSC-032", "governance_reviewed_on": "OSC-032", "privacy_legal_basis": "OSC-014",
        "ownership_owner": "OSC-070",
    }.items():  # fmt: skip
        assert rule in soup.select_one(f"#osc-error-{name}").text
    assert model.Package.get("typed") is None


def test_a_declaration_in_the_form_is_stored(app, steward):
    answer = send(
        app, steward, "/dataset/new", name="declared", title="Declared",
        **{
            "declared-ownership_owner": "unknown",
            "declared-fitness_limits": "not_applicable",
            "declared-fitness_limits-reason": "It is a test.",
            "declared-ownership_contact": "",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    assert call_action("package_show", id="declared")["governance_declared"] == {
        "ownership_owner": {"state": "unknown"},
        "fitness_limits": {"state": "not_applicable", "reason": "It is a test."},
    }


@pytest.mark.ckan_config("ckanext.opensmartcity.enforcement", "publish")
def test_under_publish_the_form_says_what_is_missing_before_its_page_is_left(app, steward):
    organization = factories.Organization()["id"]
    data = {"name": "gaps", "title": "Gaps", "owner_org": organization, "_ckan_phase": "dataset_new_1"}
    data |= {"declared-ownership_owner": ""}
    answer = send(app, steward, "/dataset/new", private="False", **data)
    assert "OSC-001" in answer.body
    assert send(app, steward, "/dataset/new", private="True", **data).status_code == 302


def test_dutch_stewards_get_a_dutch_form(app, steward):
    soup = form(app, steward, "/nl/dataset/new")
    assert soup.select_one("#osc-group-ownership legend").text.strip() != "Who is responsible for this data?"
