"""OSC-040: a dataset may only name algorithm records that its editor can see."""

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action


@pytest.fixture
def use(current):
    """Return a function that returns the answers of a dataset that algorithms use."""
    return lambda *systems: current | {
        "algorithm_use": "in_use", "algorithm_role": ["input"], "algorithm_systems": list(systems)
    }  # fmt: skip


def refused(user=None, **data):
    context = {"user": user, "ignore_auth": False} if user else None
    with pytest.raises(tk.ValidationError) as caught:
        call_action("package_create", context=context, **data)
    model.Session.rollback()
    return caught.value.error_dict


@pytest.mark.parametrize("by", ["id", "name"])
def test_osc_040_accepts_an_algorithm_record_by_id_or_name(use, by):
    system = factories.Dataset(type="algorithm")
    assert factories.Dataset(**use(system[by]))["algorithm_systems"] == [system[by]]


def test_osc_040_refuses_what_does_not_exist(use):
    assert "OSC-040" in refused(name="uses", **use("no-such-system"))["algorithm_systems"][0]


def test_osc_040_refuses_a_dataset_that_is_no_algorithm(use):
    assert "OSC-040" in refused(name="uses", **use(factories.Dataset()["name"]))["algorithm_systems"][0]


def test_osc_040_refuses_a_deleted_record(use):
    system = factories.Dataset(type="algorithm")
    call_action("package_delete", id=system["id"])
    assert "OSC-040" in refused(name="uses", **use(system["id"]))["algorithm_systems"][0]


def test_osc_040_refuses_a_private_record_of_others_without_telling_it_exists(use):
    hidden = factories.Dataset(type="algorithm", owner_org=factories.Organization()["id"], private=True)
    editor = factories.User()
    mine = factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])
    seen = refused(user=editor["name"], name="uses", owner_org=mine["id"], **use(hidden["name"]))
    none = refused(user=editor["name"], name="uses", owner_org=mine["id"], **use("x" * len(hidden["name"])))
    assert seen["algorithm_systems"][0].replace(hidden["name"], "") == none["algorithm_systems"][0].replace(
        "x" * len(hidden["name"]), ""
    )


def test_osc_040_accepts_a_private_record_of_ones_own(use):
    editor = factories.User()
    mine = factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])
    system = factories.Dataset(type="algorithm", owner_org=mine["id"], private=True)
    context = {"user": editor["name"], "ignore_auth": False}
    dataset = call_action("package_create", context=context, name="uses", owner_org=mine["id"], **use(system["name"]))
    assert dataset["algorithm_systems"] == [system["name"]]
