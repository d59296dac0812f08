"""Baseline events: the history of datasets that existed before the ledger begins with their present answers."""

import threading

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories
from ckanext.opensmartcity.governance.model import packages
from ckanext.opensmartcity.ledger import maintenance
from ckanext.opensmartcity.ledger.model import session_hooks, state
from support.ledger_events import act, bodies, chain_is_intact, summaries
from support.ledger_tables import renew

pytestmark = pytest.mark.usefixtures("with_request_context")


@pytest.fixture
def before_the_ledger():
    """Make datasets of which the ledger knows nothing, as on a portal that gets the plugin now."""

    def make(count=1, **answers):
        organization = factories.Organization()["id"]
        made = [factories.Dataset(owner_org=organization, **answers)["id"] for _ in range(count)]
        renew()
        return made

    return make


def run(cli):
    result = cli.invoke(ckan, ["opensmartcity", "ledger", "baseline"])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_baseline_tells_what_each_dataset_says_now(cli, before_the_ledger):
    (public,) = before_the_ledger(privacy_class="personal")
    private = act("package_patch", id=public, title="x")["id"]
    renew()
    assert "Every governed dataset has a history." in run(cli)
    ((action, is_public, changes),) = summaries(private)
    assert (action, is_public) == ("baseline", True)
    assert changes["privacy_class"] == (None, "personal")
    assert bodies(public)[0]["by"]["role"] == "system"
    assert chain_is_intact(public)


def test_a_private_dataset_begins_in_private(cli, before_the_ledger):
    (private,) = before_the_ledger(private=True, privacy_class="personal")
    run(cli)
    assert [(action, public) for action, public, _ in summaries(private)] == [("baseline", False)]


def test_a_second_run_finds_nothing_to_do(cli, before_the_ledger):
    made = before_the_ledger(3)
    run(cli)
    run(cli)
    assert [len(bodies(dataset)) for dataset in made] == [1, 1, 1]


def test_an_interrupted_run_goes_on_where_it_was(cli, before_the_ledger, monkeypatch):
    made = before_the_ledger(5)
    monkeypatch.setattr(maintenance, "BATCH", 2)
    steps = maintenance.begin_missing()
    assert next(steps) == 2
    steps.close()
    # Other tests have left datasets too, and any of all may come first.
    assert model.Session.scalar(sa.select(sa.func.count()).select_from(state)) == 2
    run(cli)
    assert [len(bodies(dataset)) for dataset in made] == [1] * 5


def test_what_the_standard_does_not_know_has_no_history(cli, before_the_ledger):
    (other,) = before_the_ledger(type="showcase")
    run(cli)
    assert summaries(other) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"privacy_class": "non_personal"}, [("update", {"privacy_class": ("personal", "non_personal")})]),
        ({"title": "Other"}, []),
        ({"state": "deleted"}, [("delete", {"state": ("active", "deleted")})]),
    ],
)
def test_an_edit_before_the_baseline_begins_the_history_with_what_was_stored(before_the_ledger, change, expected):
    (dataset,) = before_the_ledger(privacy_class="personal")
    act("package_patch", id=dataset, **change)
    first, *others = summaries(dataset)
    assert first[0] == "baseline"
    assert first[2]["privacy_class"] == (None, "personal")
    assert [(action, changes) for action, _, changes in others] == expected
    assert chain_is_intact(dataset)


def test_a_purge_before_the_baseline_leaves_what_was_there(before_the_ledger):
    (dataset,) = before_the_ledger(privacy_class="personal")
    act("dataset_purge", id=dataset)
    # The event of a purge holds no values.
    assert [(action, changes.get("privacy_class")) for action, _, changes in summaries(dataset)] == [
        ("baseline", (None, "personal")),
        ("purge", None),
    ]


def test_a_dataset_that_is_being_edited_is_left_to_the_edit(cli, before_the_ledger):
    """The run skips locked datasets: the edit itself begins the history, with the values before the edit."""
    one, other = before_the_ledger(2, privacy_class="personal")
    reached, go_on = threading.Event(), threading.Event()
    committed = packages.committed_dataset

    def slow(dataset_id):
        reached.set()
        assert go_on.wait(30)
        return committed(dataset_id)

    def edit():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(packages, "committed_dataset", slow)
            act("package_patch", id=one, privacy_class="non_personal")
        model.Session.remove()

    editor = threading.Thread(target=edit)
    editor.start()
    assert reached.wait(30)
    output = run(cli)
    go_on.set()
    editor.join(30)
    assert "being edited now: 1. Run it again." in output
    assert [action for action, _, _ in summaries(one)] == ["baseline", "update"]
    assert [action for action, _, _ in summaries(other)] == ["baseline"]
    assert "Every governed dataset has a history." in run(cli)
    assert chain_is_intact(one)


def test_the_baseline_brings_up_to_date_who_may_see_a_dataset(cli, before_the_ledger):
    (dataset,) = before_the_ledger()
    run(cli)
    model.Session.execute(sa.update(state).where(state.c.subject_id == dataset).values(labels=["staff"]))
    model.Session.commit()
    assert "Datasets whose permission labels or last days of keeping were updated: 1." in run(cli)
    assert model.Session.scalar(sa.select(state.c.labels).where(state.c.subject_id == dataset)) == ["public"]
    assert len(bodies(dataset)) == 1


def test_nothing_is_watched_any_longer_after_an_action_that_failed(before_the_ledger):
    (dataset,) = before_the_ledger()
    with pytest.raises(Exception, match="was not found"):
        act("package_owner_org_update", id=dataset, organization_id="no-such-organisation")
    model.Session.rollback()
    assert session_hooks.of_session(model.Session()) == {}
