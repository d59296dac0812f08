"""Outcomes of promises to keep a dataset no longer than a day: removed in time, removed late, or overdue."""

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories
from ckanext.opensmartcity.ledger import disposals
from ckanext.opensmartcity.ledger.model import state
from freezegun import freeze_time
from support.ledger_events import act
from support.ledger_tables import renew

pytestmark = pytest.mark.usefixtures("with_request_context", "empty_ledger")

MADE, DUE, AFTER, TODAY = "2026-01-01", "2026-06-15", "2026-06-16", "2026-07-01"
UNTIL = {"retention_type": "until_date", "retention_until": DUE}
# Each states the same last day of keeping.
PROMISES = {
    "until a day": UNTIL,
    "for a period": {
        "retention_type": "fixed_period",
        "retention_period": "P1Y",
        "retention_starts_on": "2025-06-15",
        "retention_until": "",
    },
}
NO_DAY = {
    "no answer": {},
    "for ever": {"retention_type": "indefinite"},
    "until an event": {"retention_type": "until_event", "retention_event": "The permit ends."},
    "a period without a first day": {"retention_type": "fixed_period", "retention_period": "P1Y"},
}
REMOVALS = {
    "deleted": ["package_delete"],
    "purged": ["dataset_purge"],
    "deleted, then purged": ["package_delete", "dataset_purge"],
}


def make(**values):
    """Return the id of a new public dataset, kept until DUE by default."""
    with freeze_time(MADE):
        organization = factories.Organization()["id"]
        return factories.Dataset(**{"owner_org": organization, **UNTIL, **values})["id"]


def on(day, action, **data):
    """Call an action on a day."""
    with freeze_time(day):
        return act(action, **data)


def outcomes(day=TODAY, **params):
    """Return the outcome of each listed dataset by id, after comparing the list with the counts."""
    listed = on(day, "governance_disposal_list", limit=100, **params)
    found = {row["id"]: row["outcome"] for row in listed["datasets"]}
    counts = listed["counts"]
    if not params:
        assert counts == {each: list(found.values()).count(each) for each in ("in_time", "late", "overdue")}
    return found


def forget_days():
    """Leave the states as a version before the columns did."""
    model.Session.execute(sa.update(state).values(due_on=None, disposed_on=None))
    model.Session.commit()


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("removal", REMOVALS)
@pytest.mark.parametrize(
    ("day", "outcome"), [("2026-05-01", "in_time"), (DUE, "in_time"), (AFTER, "late"), (TODAY, "late")]
)
def test_a_removed_dataset_stays_in_the_count_with_its_outcome(promise, removal, day, outcome):
    dataset = make(**PROMISES[promise])
    first, *later = REMOVALS[removal]
    on(day, first, id=dataset)
    for action in later:
        on(TODAY, action, id=dataset)
    assert outcomes(DUE) == {}
    (row,) = on(TODAY, "governance_disposal_list")["datasets"]
    assert (row["id"], row["due_on"], row["disposed_on"], row["outcome"]) == (dataset, DUE, day, outcome)
    assert row["state"] == ("purged" if "purged" in removal else "deleted")
    assert outcomes("2036-01-01") == {dataset: outcome}


@pytest.mark.parametrize("promise", PROMISES)
def test_a_dataset_that_is_still_there_is_overdue_from_the_day_after(promise):
    dataset = make(**PROMISES[promise])
    assert [outcomes(day) for day in (MADE, DUE, AFTER)] == [{}, {}, {dataset: "overdue"}]


@pytest.mark.parametrize("answers", NO_DAY)
@pytest.mark.parametrize("removal", [[], *REMOVALS.values()])
def test_without_a_last_day_there_is_nothing_to_count(answers, removal):
    dataset = make(**{"retention_type": "", "retention_until": "", **NO_DAY[answers]})
    for action in removal:
        on(AFTER, action, id=dataset)
    assert outcomes("2099-01-01") == {}


def test_the_newest_answer_counts_until_the_removal_and_none_after_it():
    moved, cleared, emptied = make(), make(), make()
    on(AFTER, "package_patch", id=moved, retention_until="2030-01-01")
    on(AFTER, "package_patch", id=cleared, retention_type="indefinite", retention_until="")
    # The removal itself cannot change the promise, nor can an edit of a deleted dataset.
    on(AFTER, "package_patch", id=emptied, state="deleted", retention_until="2030-01-01")
    on(TODAY, "package_patch", id=emptied, retention_until="2040-01-01")
    assert outcomes() == {emptied: "late"}
    assert outcomes("2030-01-02") == {emptied: "late", moved: "overdue"}


def test_a_restored_dataset_is_there_again_and_its_next_removal_counts():
    dataset = make()
    on("2026-06-01", "package_delete", id=dataset)
    on(AFTER, "package_patch", id=dataset, state="active")
    assert outcomes() == {dataset: "overdue"}
    on(TODAY, "package_delete", id=dataset)
    assert outcomes("2026-07-02") == {dataset: "late"}


@pytest.mark.parametrize("removal", [[], *REMOVALS.values()])
def test_a_private_dataset_is_listed_for_nobody(removal):
    private, hidden, public = make(private=True), make(), make()
    on(MADE, "package_patch", id=hidden, private=True)
    for action in removal:
        for dataset in (private, hidden, public):
            on(AFTER, action, id=dataset)
    for user in (None, factories.Sysadmin(), factories.User()):
        with freeze_time(TODAY):
            assert [row["id"] for row in act("governance_disposal_list", user)["datasets"]] == [public]


def test_the_baseline_completes_what_an_earlier_version_recorded(run):
    there, in_time, late, purged = make(), make(), make(), make()
    on("2026-06-01", "package_delete", id=in_time)
    on(AFTER, "package_delete", id=late)
    on(AFTER, "dataset_purge", id=purged)
    forget_days()
    assert outcomes() == {}
    with freeze_time(TODAY):
        assert "labels or last days of keeping were updated: 3." in run("baseline").output
        assert "updated" not in run("baseline").output
    # The purge has taken the answers of one, so that nobody knows its last day.
    found = outcomes()
    assert [found.get(each) for each in (there, in_time, late, purged)] == ["overdue", "in_time", "late", None]


def test_a_dataset_deleted_by_an_earlier_version_and_purged_now_keeps_the_day_of_its_deletion():
    dataset = make()
    on("2026-06-01", "package_delete", id=dataset)
    forget_days()
    on(TODAY, "dataset_purge", id=dataset)
    assert outcomes() == {dataset: "in_time"}


def test_a_dataset_deleted_before_its_history_began_is_not_counted(run):
    dataset = make()
    on("2026-06-01", "package_delete", id=dataset)
    renew()
    with freeze_time(TODAY):
        run("baseline")
        run("baseline")
    assert dataset not in outcomes()
    on(TODAY, "dataset_purge", id=dataset)
    assert dataset not in outcomes()


def test_pages_of_the_list_meet_each_dataset_once_in_order():
    made = {make(retention_until=day): day for day in ("2026-06-15", "2026-06-15", "2026-03-01", "2026-06-15")}
    on(DUE, "package_delete", id=next(iter(made)))
    walked, cursor = [], {}
    while cursor is not None:
        found = on(TODAY, "governance_disposal_list", limit=1, **cursor)
        walked += found["datasets"]
        cursor = {"cursor": found["next_cursor"]} if found["next_cursor"] else None
    assert {row["id"]: row["due_on"] for row in walked} == made
    assert len(walked) == len(made)
    assert [row["due_on"] for row in walked] == sorted(made.values(), reverse=True)
    assert len(outcomes(outcome="late,overdue")) == 3
    assert list(outcomes(outcome="in_time").values()) == ["in_time"]


def test_the_indicator_counts_those_in_time_among_all_and_leads_to_both_lists(app):
    with freeze_time(TODAY):
        assert disposals.indicators() == {"removed_in_time": None}
    ids = [make(), make(), make(), make()]
    on(DUE, "dataset_purge", id=ids[0])
    on(AFTER, "dataset_purge", id=ids[1])
    on(AFTER, "package_delete", id=ids[2])
    with freeze_time(TODAY):
        share = disposals.indicators()["removed_in_time"]
        assert (share.count, share.of) == (1, 4)
        listed = [app.get(url, headers={"Accept": "application/json"}).json for url in (share.list, share.rest_list)]
        page = app.get(share.rest_list)
    assert [{row["id"] for row in each["datasets"]} for each in listed] == [{ids[0]}, set(ids[1:])]
    # A removed dataset leads to its history, also after a purge; one that is there to its page.
    assert f"/dataset/{ids[1]}/transparency/history" in page.body
    assert f"/dataset/{ids[2]}/transparency/history" in page.body
    (there,) = (row for row in listed[1]["datasets"] if row["state"] == "active")
    assert f"/dataset/{there['name']}/transparency" in page.body
    assert all(app.get(f"/dataset/{id}/transparency/history").status_code == 200 for id in ids)
