"""Fixtures for a portal with a signing key, and helpers that tamper with its ledger as a database owner could."""

import json
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckan.common import config
from ckan.lib import jobs
from ckan.tests import factories
from ckanext.opensmartcity.governance.model import metadata
from ckanext.opensmartcity.ledger import sequencer, signer
from ckanext.opensmartcity.ledger.high_water_mark import HighWaterMark
from ckanext.opensmartcity.ledger.model import events
from ckanext.opensmartcity.ledger.model import log as ledger_log
from ckanext.opensmartcity.ledger.model.events import Act, SubjectInfo
from ckanext.opensmartcity.ledger.model.log import StoredTiles
from ckanext.opensmartcity.ledger_format.event import Change, Event, commitment, leaf_hash
from ckanext.opensmartcity.tlog import tiles
from ckanext.opensmartcity.tlog.checkpoint import parse_checkpoint
from ckanext.opensmartcity.tlog.merkle import root_of
from ckanext.opensmartcity.tlog.signed_note import verify_note
from support.ckan_app import app, cli, emptied, loaded_plugins, portal, portal_app
from support.ckan_version import IS_2_11
from support.ledger_events import act
from support.ledger_tables import renew
from support.scheduled_jobs import delete_scheduled_jobs

__all__ = ["app", "cli", "emptied", "loaded_plugins", "portal", "portal_app"]


def table_names():
    """Return the tables of all loaded features."""
    return [table.name for table in metadata.sorted_tables]


@pytest.fixture(scope="module")
def key_file(emptied, tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "ledger.pem"
    signer.make_key(path, "test.ckan.net/opensmartcity")
    return path


@pytest.fixture(autouse=True)
def signing_key(key_file, ckan_config):
    """Configure the signing key of the module."""
    ckan_config["ckanext.opensmartcity.signing_key"] = str(key_file)
    return key_file


@pytest.fixture
def empty_ledger(emptied, signing_key):
    """Empty the ledger."""
    renew()


@pytest.fixture
def queue(empty_ledger, clean_queues):
    """Return the real job queue, emptied of queued and scheduled jobs."""
    sequencer._LastWindow.until = 0
    delete_scheduled_jobs()
    return jobs.get_queue()


@pytest.fixture(scope="module")
def city(emptied, key_file):
    """Two public datasets and a private one with a history, signed twice, and a snapshot of all rows."""
    kept = config.get("ckanext.opensmartcity.signing_key")
    config["ckanext.opensmartcity.signing_key"] = str(key_file)
    renew()
    org, user = factories.Organization(), factories.Sysadmin()
    datasets = [factories.Dataset(owner_org=org["id"], private=private) for private in (False, False, True)]
    first = sequencer.checkpoint().signed
    for number, dataset in enumerate(datasets * 2):
        act("package_patch", user, id=dataset["id"], fitness_purpose=f"Purpose {number}")
    second = sequencer.checkpoint().signed
    snapshot = Snapshot()
    config["ckanext.opensmartcity.signing_key"] = kept
    return City(datasets, str(first.note), str(second.note), snapshot)


class City:
    """Datasets, checkpoints and row snapshot shared by the verification tests."""

    def __init__(self, datasets, first, second, snapshot):
        self.datasets, self.first, self.second, self.snapshot = datasets, first, second, snapshot


class Snapshot:
    """Snapshot of all rows of the ledger, which `restore` writes back like a restored backup.

    The high-water mark beside the key goes back with them; with `keep_mark` it stays, as it does on a portal.
    """

    def __init__(self):
        self.rows = {name: rows(f'SELECT * FROM "{name}"') for name in table_names()}
        self.mark = self.mark_path().read_bytes() if self.mark_path().exists() else None

    def mark_path(self):
        return HighWaterMark(Path(config["ckanext.opensmartcity.signing_key"])).path

    def restore(self, keep_mark=False):
        files = HighWaterMark(Path(config["ckanext.opensmartcity.signing_key"]))
        kept = {path: path.read_bytes() for path in (files.path, files.abandoned) if path.exists()}
        renew()
        if not keep_mark:
            kept = {files.path: self.mark} if self.mark else {}
        for path, content in kept.items():
            path.write_bytes(content)
        with model.meta.engine.begin() as connection:
            for table in metadata.sorted_tables:
                for row in self.rows[table.name]:
                    # SQLAlchemy 1.4, which CKAN 2.11 has, reads ids as objects and writes them as texts.
                    values = {
                        name: str(each) if isinstance(each, uuid.UUID) else each for name, each in row._mapping.items()
                    }
                    connection.execute(sa.insert(table), values)
                # Let the sequences continue after the restored rows.
                if any(column.identity is not None for column in table.columns):
                    column = next(column.name for column in table.columns if column.identity is not None)
                    sequence = f"pg_get_serial_sequence('{table.name}', '{column}')"
                    connection.execute(
                        sa.text(f"SELECT setval({sequence}, coalesce(max({column}), 0) + 1, false) FROM {table.name}")
                    )


@pytest.fixture
def fresh_city(city):
    """Restore the snapshot of the city before and after the test."""
    city.snapshot.restore()
    yield city
    city.snapshot.restore()


@pytest.fixture
def run(cli):
    """Run `ckan opensmartcity ledger …` and assert its exit code and the absence of a traceback."""

    def invoke(*arguments, code=0):
        model.Session.remove()
        result = cli.invoke(ckan_command, ["opensmartcity", "ledger", *map(str, arguments)])
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return invoke


def rows(query, **values):
    with model.meta.engine.connect() as connection:
        return connection.execute(sa.text(query), values).all()


def tamper(*statements, **values):
    """Tamper with rows as a database owner could, with triggers and foreign keys disabled."""
    with model.meta.engine.begin() as connection:
        for name in table_names():
            connection.execute(sa.text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
        for name in ("opensmartcity_leaf", "opensmartcity_actor"):
            connection.execute(sa.text(f"ALTER TABLE {name} DROP CONSTRAINT IF EXISTS {name}_event_seq_fkey"))
        for statement in statements:
            connection.execute(sa.text(statement), values)
        for name in table_names():
            connection.execute(sa.text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))


def slip_in(dataset, text):
    """Change the purpose of a dataset past the portal; return the text that was there."""
    if IS_2_11:
        text_of = "SELECT value AS text FROM package_extra WHERE package_id = :id AND key = 'fitness_purpose'"
        change = "UPDATE package_extra SET value = :text WHERE package_id = :id AND key = 'fitness_purpose'"
    else:
        text_of = "SELECT extras ->> 'fitness_purpose' AS text FROM package WHERE id = :id"
        answer = "jsonb_build_object('fitness_purpose', CAST(:text AS text))"
        change = f"UPDATE package SET extras = extras || {answer} WHERE id = :id"
    before = rows(text_of, id=dataset)[0].text
    tamper(change, id=dataset, text=text)
    return before


def swap_bodies(one, other):
    """Exchange the bodies of two stored events."""
    tamper(
        "UPDATE opensmartcity_event SET body = CASE seq WHEN :one THEN CAST(:b AS text) ELSE :a END "
        "WHERE seq IN (:one, :other)",
        one=one.seq,
        other=other.seq,
        a=one.body,
        b=other.body,
    )


def append(count, subjects=5, tag="t"):
    """Append events of organisations through `events.append`, one transaction each."""
    session = model.Session()
    for number in range(count):
        append_one(session, f"{tag}-{number % subjects}", f"Title {number}")
        session.commit()


def append_one(session, subject, title):
    """Append a rename of an organisation by the portal itself."""
    row = session.execute(
        sa.text("SELECT last_hash, answers FROM opensmartcity_state WHERE subject_id = :id FOR UPDATE"),
        {"id": subject},
    ).one_or_none()
    change = Change("title", row.answers["title"] if row else "Title before", title)
    event = Event(
        id=str(uuid.uuid4()),
        request=str(uuid.uuid4()),
        subject_type="organization",
        subject_id=subject,
        action="rename",
        public=True,
        at="2026-05-01T00:00:00.000000Z",
        role="sysadmin",
        organization=None,
        actor=commitment("", ""),
        nonce="0" * 32,
        previous=bytes(row.last_hash).hex() if row else None,
        standard_version="1",
        standard_digest="sha256:0",
        changes=(change,),
    )
    info = SubjectInfo(["public"], [], subject, title)
    events.append(session, Act(event, None, "", {"title": title}, info))


def assert_consistent():
    """Assert one leaf per event, indexes without gaps, tiles that give the root, and a checkpoint of the whole log."""
    stored = rows(
        'SELECT l."index", l.hash, e.body FROM opensmartcity_event e JOIN opensmartcity_leaf l ON l.event_seq = e.seq '
        'ORDER BY l."index"'
    )
    assert len(stored) == rows("SELECT count(*) FROM opensmartcity_event")[0][0]
    assert [row[0] for row in stored] == list(range(len(stored)))
    hashes = [leaf_hash(row.body.encode()) for row in stored]
    assert hashes == [bytes(row.hash) for row in stored]
    session = model.Session()
    last = ledger_log.latest(session)
    signed = parse_checkpoint(last.note)
    assert (signed.size, signed.root) == (len(stored), root_of(hashes))
    assert tiles.root(StoredTiles(session), len(stored)) == root_of(hashes)
    assert verify_note(signed.note, [entry.key for entry in ledger_log.keys(session)])
    session.rollback()


def write(path, lines):
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def findings(output):
    return json.loads(output)["findings"]
