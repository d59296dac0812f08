"""Links between datasets and algorithm records, restricted to the records that the reader may see."""

import pytest
from ckan import model
from ckan.lib import search
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.governance.model.packages import former_names_of
from support.query_budget import counted

pytestmark = pytest.mark.usefixtures("with_request_context")

ANONYMOUS = {"user": "", "ignore_auth": False}


def create_algorithm(**more):
    return factories.Dataset(type="algorithm", **more)


def create_dataset_using(*named, **more):
    """Create a dataset that the named algorithms use."""
    answers = {"algorithm_use": "in_use", "algorithm_role": ["input"], "algorithm_systems": list(named)}
    return factories.Dataset(**answers | more)


def algorithm_titles(dataset, context=ANONYMOUS):
    shown = call_action("governance_show", context=dict(context), id=dataset["id"])["systems"]
    return [(each["named"], each["title"]) for each in shown]


def dataset_names(record, context=ANONYMOUS):
    shown = call_action("governance_show", context=dict(context), id=record["id"])
    assert len(shown["datasets"]) == shown["datasets_total"]
    return {each["name"] for each in shown["datasets"]}


@pytest.mark.parametrize("by", ["id", "name"])
def test_each_names_the_other(by):
    record = create_algorithm(title="Planner")
    dataset, _ = create_dataset_using(record[by]), factories.Dataset()
    assert algorithm_titles(dataset) == [(record[by], "Planner")]
    assert dataset_names(record) == {dataset["name"]}


def test_a_link_leads_to_the_page():
    record = create_algorithm()
    dataset = create_dataset_using(record["name"])
    shown = call_action("governance_show", id=dataset["id"])["systems"][0]
    assert shown["link"].endswith(f"/algorithm/{record['name']}")
    shown = call_action("governance_show", id=record["id"])["datasets"][0]
    assert shown["link"].endswith(f"/dataset/{dataset['name']}")


def test_a_dataset_without_systems_and_a_system_without_datasets_say_so():
    assert algorithm_titles(factories.Dataset()) == []
    assert dataset_names(create_algorithm()) == set()


def test_a_renamed_system_is_still_the_same():
    record = create_algorithm(title="Planner")
    dataset = create_dataset_using(record["name"])
    for name in ("planner-2", "planner-3"):
        call_action("package_patch", id=record["id"], name=name)
    assert algorithm_titles(dataset) == [(record["name"], "Planner")]
    assert dataset_names(record) == {dataset["name"]}
    assert call_action("package_show", id=record["id"])["name"] == "planner-3"


def test_a_renamed_system_is_found_by_an_index_that_was_built_anew():
    record = create_algorithm()
    dataset = create_dataset_using(record["name"])
    call_action("package_patch", id=record["id"], name="anew")
    search.rebuild()
    assert algorithm_titles(dataset) == [(record["name"], record["title"])]
    assert dataset_names(record) == {dataset["name"]}


def test_a_name_that_somebody_else_has_now_means_the_new_one():
    old = create_algorithm(title="Old")
    dataset = create_dataset_using(old["name"])
    call_action("package_patch", id=old["id"], name="moved-away")
    new = create_algorithm(name=old["name"], title="New")
    assert algorithm_titles(dataset) == [(new["name"], "New")]
    assert dataset_names(new) == {dataset["name"]}
    assert dataset_names(old) == set()


def test_a_system_that_gets_an_old_name_back_has_it_no_longer_as_a_former_one():
    record = create_algorithm()
    for name in ("elsewhere", record["name"]):
        call_action("package_patch", id=record["id"], name=name)
    model.Session.expire_all()
    assert former_names_of(record["id"]) == ["elsewhere"]


def test_former_names_are_kept_by_later_edits_and_shown_to_nobody():
    record = create_algorithm()
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
    """Organisation with a private algorithm record, a private dataset and a member."""
    member = factories.User()
    owner = factories.Organization(users=[{"name": member["name"], "capacity": "member"}])["id"]
    record = create_algorithm(owner_org=owner, private=True, title="Secret planner")
    hidden = create_dataset_using(record["id"], record["name"], owner_org=owner, private=True)
    return record, hidden, owner, {"user": member["name"], "ignore_auth": False}


def test_a_private_system_is_a_mere_name_to_who_may_not_read_it(town):
    record, _, owner, member = town
    dataset = create_dataset_using(record["name"], owner_org=owner)
    assert algorithm_titles(dataset) == [(record["name"], None)]
    assert algorithm_titles(dataset, member) == [(record["name"], "Secret planner")]


def test_what_is_hidden_looks_like_what_does_not_exist(town):
    record, _, owner, _ = town
    dataset = create_dataset_using(record["id"], owner_org=owner)
    hidden = call_action("governance_show", context=dict(ANONYMOUS), id=dataset["id"])["systems"]
    search.clear(record["id"])
    assert call_action("governance_show", context=dict(ANONYMOUS), id=dataset["id"])["systems"] == hidden


def test_private_datasets_are_neither_listed_nor_counted(town):
    record, hidden, owner, member = town
    shown = create_dataset_using(record["name"], owner_org=owner)
    call_action("package_patch", id=record["id"], private=False)
    assert dataset_names(record) == {shown["name"]}
    assert dataset_names(record, member) == {shown["name"], hidden["name"]}


def test_a_deleted_system_is_a_mere_name():
    record = create_algorithm()
    dataset = create_dataset_using(record["name"])
    call_action("package_delete", id=record["id"])
    assert algorithm_titles(dataset) == [(record["name"], None)]


@pytest.mark.parametrize("named", ['x" OR name:*', "ünïcode", "a b", "*", "x" * 500])
def test_whatever_was_stored_as_a_system_is_only_a_name(named):
    dataset = factories.Dataset()
    package = model.Package.get(dataset["id"])
    package.extras["algorithm_systems"] = f'["{named}"]'.replace('x" OR', 'x\\" OR')
    model.Session.commit()
    search.rebuild(dataset["id"])
    assert algorithm_titles(dataset) == [(named, None)]


def calls_of(monkeypatch, action, **data):
    model.Session.remove()
    with counted(monkeypatch) as calls:
        call_action(action, context=dict(ANONYMOUS), **data)
    return calls


def test_the_other_side_costs_one_search_however_many_there_are(monkeypatch):
    records = [create_algorithm() for _ in range(6)]
    one, many = create_dataset_using(records[0]["name"]), create_dataset_using(*(record["name"] for record in records))
    none = calls_of(monkeypatch, "governance_show", id=factories.Dataset()["id"])
    for dataset in (one, many):
        calls = calls_of(monkeypatch, "governance_show", id=dataset["id"])
        assert len(calls.solr) == len(none.solr) + 1, str(calls)
        assert len(calls.sql) <= len(none.sql), str(calls)
    for _ in range(5):
        create_dataset_using(records[1]["id"])
    for record in records[:3]:
        calls = calls_of(monkeypatch, "governance_show", id=record["id"])
        assert len(calls.solr) == len(none.solr) + 1, str(calls)
        assert len(calls.sql) <= len(none.sql), str(calls)
