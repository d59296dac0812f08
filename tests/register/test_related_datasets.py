"""Datasets name their systems and systems their datasets: as far as the reader may see the other side."""

import pytest
from ckan import model
from ckan.lib import search
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.governance.model.packages import former_names_of
from support.query_budget import counted

pytestmark = pytest.mark.usefixtures("with_request_context")

ANONYMOUS = {"user": "", "ignore_auth": False}


def system(**more):
    return factories.Dataset(type="algorithm", **more)


def use(*named, **more):
    """Create a dataset that these systems use."""
    answers = {"algorithm_use": "in_use", "algorithm_role": ["input"], "algorithm_systems": list(named)}
    return factories.Dataset(**answers | more)


def systems(dataset, context=ANONYMOUS):
    shown = call_action("governance_show", context=dict(context), id=dataset["id"])["systems"]
    return [(each["named"], each["title"]) for each in shown]


def datasets(record, context=ANONYMOUS):
    shown = call_action("governance_show", context=dict(context), id=record["id"])
    assert len(shown["datasets"]) == shown["datasets_total"]
    return {each["name"] for each in shown["datasets"]}


@pytest.mark.parametrize("by", ["id", "name"])
def test_each_names_the_other(by):
    record = system(title="Planner")
    dataset, _ = use(record[by]), factories.Dataset()
    assert systems(dataset) == [(record[by], "Planner")]
    assert datasets(record) == {dataset["name"]}


def test_a_link_leads_to_the_page():
    record = system()
    dataset = use(record["name"])
    shown = call_action("governance_show", id=dataset["id"])["systems"][0]
    assert shown["link"].endswith(f"/algorithm/{record['name']}")
    shown = call_action("governance_show", id=record["id"])["datasets"][0]
    assert shown["link"].endswith(f"/dataset/{dataset['name']}")


def test_a_dataset_without_systems_and_a_system_without_datasets_say_so():
    assert systems(factories.Dataset()) == []
    assert datasets(system()) == set()


def test_a_renamed_system_is_still_the_same():
    record = system(title="Planner")
    dataset = use(record["name"])
    for name in ("planner-2", "planner-3"):
        call_action("package_patch", id=record["id"], name=name)
    assert systems(dataset) == [(record["name"], "Planner")]
    assert datasets(record) == {dataset["name"]}
    assert call_action("package_show", id=record["id"])["name"] == "planner-3"


def test_a_renamed_system_is_found_by_an_index_that_was_built_anew():
    record = system()
    dataset = use(record["name"])
    call_action("package_patch", id=record["id"], name="anew")
    search.rebuild()
    assert systems(dataset) == [(record["name"], record["title"])]
    assert datasets(record) == {dataset["name"]}


def test_a_name_that_somebody_else_has_now_means_the_new_one():
    old = system(title="Old")
    dataset = use(old["name"])
    call_action("package_patch", id=old["id"], name="moved-away")
    new = system(name=old["name"], title="New")
    assert systems(dataset) == [(new["name"], "New")]
    assert datasets(new) == {dataset["name"]}
    assert datasets(old) == set()


def test_a_system_that_gets_an_old_name_back_has_it_no_longer_as_a_former_one():
    record = system()
    for name in ("elsewhere", record["name"]):
        call_action("package_patch", id=record["id"], name=name)
    model.Session.expire_all()
    assert former_names_of(record["id"]) == ["elsewhere"]


def test_former_names_are_kept_by_later_edits_and_shown_to_nobody():
    record = system()
    call_action("package_patch", id=record["id"], name="kept")
    call_action("package_patch", id=record["id"], title="Other")
    model.Session.expire_all()
    assert former_names_of(record["id"]) == [record["name"]]
    assert "plugin_data" not in call_action("package_show", id=record["id"])


def test_datasets_keep_no_former_names():
    dataset = factories.Dataset()
    call_action("package_patch", id=dataset["id"], name="renamed-dataset")
    model.Session.expire_all()
    assert former_names_of(dataset["id"]) == []


@pytest.fixture
def town():
    """An organisation with a private system and a private dataset, and its member."""
    member = factories.User()
    owner = factories.Organization(users=[{"name": member["name"], "capacity": "member"}])["id"]
    record = system(owner_org=owner, private=True, title="Secret planner")
    hidden = use(record["id"], record["name"], owner_org=owner, private=True)
    return record, hidden, owner, {"user": member["name"], "ignore_auth": False}


def test_a_private_system_is_a_mere_name_to_who_may_not_read_it(town):
    record, _, owner, member = town
    dataset = use(record["name"], owner_org=owner)
    assert systems(dataset) == [(record["name"], None)]
    assert systems(dataset, member) == [(record["name"], "Secret planner")]


def test_what_is_hidden_looks_like_what_does_not_exist(town):
    record, _, owner, _ = town
    dataset = use(record["id"], owner_org=owner)
    hidden = call_action("governance_show", context=dict(ANONYMOUS), id=dataset["id"])["systems"]
    search.clear(record["id"])
    assert call_action("governance_show", context=dict(ANONYMOUS), id=dataset["id"])["systems"] == hidden


def test_private_datasets_are_neither_listed_nor_counted(town):
    record, hidden, owner, member = town
    shown = use(record["name"], owner_org=owner)
    call_action("package_patch", id=record["id"], private=False)
    assert datasets(record) == {shown["name"]}
    assert datasets(record, member) == {shown["name"], hidden["name"]}


def test_a_deleted_system_is_a_mere_name():
    record = system()
    dataset = use(record["name"])
    call_action("package_delete", id=record["id"])
    assert systems(dataset) == [(record["name"], None)]


@pytest.mark.parametrize("named", ['x" OR name:*', "ünïcode", "a b", "*", "x" * 500])
def test_whatever_was_stored_as_a_system_is_only_a_name(named):
    dataset = factories.Dataset()
    package = model.Package.get(dataset["id"])
    package.extras["algorithm_systems"] = f'["{named}"]'.replace('x" OR', 'x\\" OR')
    model.Session.commit()
    search.rebuild(dataset["id"])
    assert systems(dataset) == [(named, None)]


def calls_of(monkeypatch, action, **data):
    model.Session.remove()
    with counted(monkeypatch) as calls:
        call_action(action, context=dict(ANONYMOUS), **data)
    return calls


def test_the_other_side_costs_one_search_however_many_there_are(monkeypatch):
    records = [system() for _ in range(6)]
    one, many = use(records[0]["name"]), use(*(record["name"] for record in records))
    none = calls_of(monkeypatch, "governance_show", id=factories.Dataset()["id"])
    for dataset in (one, many):
        calls = calls_of(monkeypatch, "governance_show", id=dataset["id"])
        assert len(calls.solr) == len(none.solr) + 1, str(calls)
        assert len(calls.sql) <= len(none.sql), str(calls)
    for _ in range(5):
        use(records[1]["id"])
    for record in records[:3]:
        calls = calls_of(monkeypatch, "governance_show", id=record["id"])
        assert len(calls.solr) == len(none.solr) + 1, str(calls)
        assert len(calls.sql) <= len(none.sql), str(calls)
