"""Query budgets of the form: number of SQL statements and Solr requests of its pages."""

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.ckan_version import IS_2_11
from support.query_budget import counted

# CKAN 2.11 itself needs one statement more for a page of a dataset.
OF_2_11 = int(IS_2_11)


@pytest.fixture
def dataset(current):
    """Dataset with complete answers, in an organisation with default answers."""
    owner = factories.Organization()["id"]
    call_action("governance_defaults_update", id=owner, answers={"ownership_custodian": "Parking Systems team"})
    return factories.Dataset(owner_org=owner, resources=[{"url": "https://data.example.org/a.csv"}], **current)


@pytest.fixture
def steward(dataset):
    """Token of an editor of the dataset's organisation."""
    user = factories.UserWithToken()
    call_action("member_create", id=dataset["owner_org"], object=user["id"], object_type="user", capacity="editor")
    return {"Authorization": user["token"]}


def calls_with(app, monkeypatch, path, headers, **data):
    def request():
        return (
            app.post(path, data=data, headers=headers, follow_redirects=False)
            if data
            else app.get(path, headers=headers)
        )

    request()
    model.Session.remove()
    with counted(monkeypatch) as calls:
        assert request().status_code < 400
    return calls


def test_a_page_of_the_form_asks_less_than_ckans_own_form(app, dataset, steward, monkeypatch):
    plain = calls_with(app, monkeypatch, f"/dataset/edit/{dataset['name']}", steward)
    ours = calls_with(app, monkeypatch, f"/dataset/{dataset['name']}/governance/privacy", steward)
    assert len(ours.sql) < len(plain.sql), f"{ours}\nwhere CKAN's form has\n{plain}"
    assert len(ours.sql) <= 27 + OF_2_11, str(ours)
    assert len(ours.solr) <= 1, str(ours)


def test_the_live_check_of_a_page_asks_little(app, dataset, steward, monkeypatch):
    path = f"/dataset/{dataset['name']}/governance/privacy/check"
    calls = calls_with(app, monkeypatch, path, steward, privacy_class="personal", **{"declared-privacy_class": ""})
    assert len(calls.sql) <= 19 + OF_2_11, str(calls)
    assert len(calls.solr) <= 1, str(calls)


def test_saving_a_page_costs_a_patch_and_the_permission_to_it(app, dataset, steward, monkeypatch):
    headers = steward
    patch = calls_with(
        app, monkeypatch, "/api/3/action/package_patch", headers, id=dataset["id"], fitness_purpose="By API."
    )
    path = f"/dataset/{dataset['name']}/governance/fitness"
    calls = calls_with(app, monkeypatch, path, headers, fitness_purpose="By form.", **{"declared-fitness_purpose": ""})
    assert len(calls.sql) <= len(patch.sql) + 12, f"{calls}\nwhere a patch has\n{patch}"


def test_the_page_of_default_answers_has_fewer_queries_than_the_page_of_its_organisation(app, dataset, monkeypatch):
    admin = {"Authorization": factories.SysadminWithToken()["token"]}
    name = dataset["organization"]["name"]
    plain = calls_with(app, monkeypatch, f"/organization/edit/{name}", admin)
    ours = calls_with(app, monkeypatch, f"/organization/{name}/usual-answers/dataset/privacy", admin)
    assert len(ours.sql) <= len(plain.sql) + 3, f"{ours}\nwhere the form of the organisation has\n{plain}"
