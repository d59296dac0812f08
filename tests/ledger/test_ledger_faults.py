"""Concurrent and killed processes: no event is lost, duplicated or out of order."""

import os
import signal

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.opensmartcity.ledger import recorder
from ckanext.opensmartcity.ledger.model import events
from support.ledger_events import act, bodies, chain_is_intact, changes
from support.processes import exit_code_of, fork


@pytest.fixture
def dataset():
    return factories.Dataset(owner_org=factories.Organization()["id"], ownership_owner="Nobody yet")["id"]


def owners(dataset):
    """Return the owner before and after each event."""
    return [changes(body)["ownership_owner"] for body in bodies(dataset)]


def test_two_editors_of_one_dataset_are_told_in_the_order_of_their_commits(dataset):
    """Each process changes another answer; no change is attributed to the wrong one."""

    def edit(field, values):
        for value in values:
            act("package_patch", id=dataset, **{field: value})

    plans = {
        "ownership_custodian": [f"Team {number}" for number in range(12)],
        "fitness_alternatives": [f"By hand {number}" for number in range(12)],
    }
    processes = [fork(lambda plan=plan: edit(*plan)) for plan in plans.items()]
    assert [exit_code_of(process) for process in processes] == [0, 0]
    now = {}
    for body in bodies(dataset):
        for field, (before, after) in changes(body).items():
            assert now.get(field) == before
            now[field] = after
    stored = dict(model.Package.get(dataset).extras)
    model.Session.remove()
    assert {field: now.get(field) for field in plans} == {field: stored.get(field) for field in plans}
    assert chain_is_intact(dataset)


def _die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def _before_the_event():
    events.append = _die


def _after_the_event():
    append = events.append
    events.append = lambda *args: (append(*args), _die())


def _before_the_commit():
    sa.event.listen(model.Session, "before_commit", lambda session: session.in_nested_transaction() or _die())


def _before_anything_is_told():
    recorder.packages.dataset = _die


def _after_the_commit():
    sa.event.listen(model.Session, "after_commit", lambda session: session.in_nested_transaction() or _die())


@pytest.mark.parametrize(
    ("moment", "saved"),
    [
        (_before_anything_is_told, False),
        (_before_the_event, False),
        (_after_the_event, False),
        (_before_the_commit, False),
        (_after_the_commit, True),
    ],
)
def test_a_process_killed_at_any_moment_leaves_both_change_and_event_or_neither(dataset, moment, saved):
    def save():
        moment()
        act("package_patch", id=dataset, ownership_owner="Killed")

    assert exit_code_of(fork(save)) == -signal.SIGKILL
    values = [after for _, after in owners(dataset)]
    stored = model.Package.get(dataset).extras["ownership_owner"]
    model.Session.remove()
    assert values == (["Nobody yet", "Killed"] if saved else ["Nobody yet"])
    assert stored == values[-1]
    act("package_patch", id=dataset, ownership_owner="Whoever came next")
    assert owners(dataset)[-1] == (values[-1], "Whoever came next")
    assert len(bodies(dataset)) == len(values) + 1
    assert chain_is_intact(dataset)


def test_a_pair_of_events_is_never_torn_apart(dataset):
    """Becoming private and a changed answer are two events of one transaction: both are committed or neither."""

    def save():
        _after_the_event()
        act("package_patch", id=dataset, private=True, ownership_owner="Killed")

    assert exit_code_of(fork(save)) == -signal.SIGKILL
    assert len(bodies(dataset)) == 1
    act("package_patch", id=dataset, private=True, ownership_owner="Again")
    assert [body["action"] for body in bodies(dataset)] == ["create", "visibility", "update"]
