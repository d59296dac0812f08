"""Query budget of the ledger in a save: three statements if a governed answer changed, two if not."""

import pytest
from ckan import model
from ckan.tests import factories
from ckanext.opensmartcity.ledger.model import session_hooks
from support.ckan_version import IS_2_11
from support.ledger_events import act
from support.query_budget import counted

pytestmark = pytest.mark.usefixtures("with_request_context")


@pytest.fixture
def added(monkeypatch):
    """Return a function that counts the additional statements of an action with the ledger."""

    def count(action, user, recorded, unrecorded):
        with monkeypatch.context() as patch:
            patch.setattr(session_hooks, "watch", lambda watched: None)
            without = _calls(monkeypatch, action, user, unrecorded)
        return len(_calls(monkeypatch, action, user, recorded).sql) - len(without.sql)

    return count


def _calls(monkeypatch, action, user, data):
    model.Session.remove()
    with counted(monkeypatch) as calls:
        act(action, user, **data)
    return calls


@pytest.fixture
def owned():
    """An editor, and two datasets alike."""
    editor = factories.User()
    organization = factories.Organization(users=[{"name": editor["name"], "capacity": "editor"}])["id"]
    return editor, organization, [factories.Dataset(owner_org=organization)["id"] for _ in range(2)]


@pytest.mark.parametrize("who", ["editor", "sysadmin"])
@pytest.mark.parametrize(
    ("change", "most"),
    [
        ({"privacy_class": "personal"}, 3),
        ({"notes": "Other words"}, 2),
        ({"private": True, "privacy_class": "personal"}, 4),
    ],
)
def test_a_save_asks_so_many_statements_more(owned, added, who, change, most):
    editor, _, (one, other) = owned
    user = editor if who == "editor" else factories.Sysadmin()
    assert added("package_patch", user, {"id": one, **change}, {"id": other, **change}) <= most


def test_a_new_dataset_asks_three_statements_more(owned, added):
    editor, organization, _ = owned
    recorded, unrecorded = ({"name": name, "owner_org": organization} for name in ("with-ledger", "without-ledger"))
    assert added("package_create", editor, recorded, unrecorded) <= 3


def test_a_save_that_changes_nothing_asks_nothing_more(owned, added):
    editor, _, (one, other) = owned
    # CKAN 2.11 calls the hook of a change here too: the dataset and its last known state are read.
    assert added("package_patch", editor, {"id": one}, {"id": other}) == (2 if IS_2_11 else 0)
