"""Concurrent saves while the log is sequenced and signed: no event is lost, duplicated or out of order."""

import multiprocessing
import random

import pytest
from ckan import model
from ckan.tests import factories
from ckanext.opensmartcity.ledger import sequencer
from ckanext.opensmartcity.ledger.verify import StoredLog
from ledger.conftest import assert_consistent, rows
from support.ledger_events import act, bodies, chain_is_intact, changes
from support.processes import exit_code_of, fork

PROCESSES, EACH, DATASETS, SEQUENCERS = 8, 25, 20, 2


@pytest.fixture
def datasets(empty_ledger, ckan_config):
    # Indexing takes most of the time of a save and is not needed here.
    ckan_config["ckan.search.solr_commit"] = False
    organization = factories.Organization()["id"]
    return [factories.Dataset(owner_org=organization, ownership_owner="Nobody yet")["id"] for _ in range(DATASETS)]


def update(number, datasets):
    """Save as one of many processes; every fifth save changes nothing."""
    chosen = random.Random(number)
    for turn in range(EACH + EACH // 5):
        answer = {} if turn % 6 == 5 else {"ownership_owner": f"Process {number}, turn {turn}"}
        act("package_patch", id=chosen.choice(datasets), **answer)


def sequence(done, totals):
    """Sequence and sign in a loop until stopped; return the number of sequenced events."""
    added = 0
    while not done.wait(0.05):
        added += sequencer.checkpoint().added
    totals.put(added)


@pytest.fixture
def sequencers():
    """Start processes that sequence and sign; return a function that stops them and returns their counts."""
    processes = multiprocessing.get_context("fork")
    done, totals = processes.Event(), processes.SimpleQueue()
    children = [fork(lambda: sequence(done, totals)) for _ in range(SEQUENCERS)]

    def stop():
        done.set()
        assert [exit_code_of(child) for child in children] == [0] * SEQUENCERS
        return [totals.get() for _ in children]

    yield stop
    done.set()


def test_two_hundred_updates_by_eight_processes_are_two_hundred_events_in_one_log(datasets, sequencers):
    savers = [fork(lambda number=number: update(number, datasets)) for number in range(PROCESSES)]
    assert [exit_code_of(saver) for saver in savers] == [0] * PROCESSES
    logged = sequencers()
    logged.append(sequencer.checkpoint().added)
    assert sum(logged) == rows("SELECT count(*) FROM opensmartcity_event")[0][0] == DATASETS + PROCESSES * EACH
    assert_consistent()
    for dataset in datasets:
        assert_in_order(dataset)
    assert [finding for finding in StoredLog(model.Session(), [], []).findings() if not finding.remark] == []
    model.Session.rollback()
    sizes = [row.size for row in rows("SELECT size FROM opensmartcity_checkpoint ORDER BY id")]
    assert sizes == sorted(set(sizes))
    assert len(sizes) > SEQUENCERS, "the sequencers did not run while the updates did"


def assert_in_order(dataset):
    """Values before and after form an unbroken chain in table and log, and end in the stored state."""
    steps = [changes(body)["ownership_owner"] for body in bodies(dataset)]
    assert [before for before, _ in steps] == [None, *(after for _, after in steps[:-1])]
    assert steps[-1][1] == model.Package.get(dataset).extras["ownership_owner"]
    model.Session.remove()
    assert chain_is_intact(dataset)
    indexes = rows(
        'SELECT l."index" FROM opensmartcity_event e JOIN opensmartcity_leaf l ON l.event_seq = e.seq '
        "WHERE e.subject_id = :id ORDER BY e.seq",
        id=dataset,
    )
    assert indexes == sorted(indexes)
    assert len(indexes) == len(steps)
