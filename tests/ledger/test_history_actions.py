"""governance_history and governance_changes: keyset pagination, translated texts, and data for proofs."""

import json
import uuid

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.logic import ValidationError
from ckan.tests import factories
from ckanext.opensmartcity.governance import model as governance_model
from ckanext.opensmartcity.ledger.model import event, event_queries
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.event import leaf_hash
from support.ledger_events import act, bodies
from support.query_budget import counted

pytestmark = pytest.mark.usefixtures("with_request_context")


@pytest.fixture
def organization():
    return factories.Organization(title="Mobility Department")


@pytest.fixture
def dataset(organization):
    return factories.Dataset(owner_org=organization["id"], privacy_class="personal", license_id="cc-by")["id"]


def anyone(action="governance_history", **data):
    return act(action, {"name": ""}, **data)


def test_an_event_carries_what_was_hashed(dataset):
    act("package_patch", id=dataset, privacy_class="non_personal")
    events = anyone(id=dataset)["events"]
    assert [event["event"] for event in events] == bodies(dataset)[::-1]
    hashes = [leaf_hash(canonical_bytes(event["event"])).hex() for event in events]
    assert [event["leaf_hash"] for event in events] == hashes
    assert events[0]["event"]["previous"] == hashes[1]
    assert {key: events[0][key] for key in ("index", "checkpoint")} == {"index": None, "checkpoint": None}


def test_changes_are_said_in_the_readers_language(dataset, organization):
    act(
        "package_patch",
        id=dataset,
        privacy_class="non_personal",
        sovereignty_storage_countries=["NL", "BE"],
        governance_reviewed_on="2026-05-03",
        governance_declared={"retention_type": {"state": "unknown"}},
        license_id="odc-odbl",
        private=True,
    )
    events = act("governance_history", id=dataset, lang="nl")["events"]
    by_field = {change["field"]: change for event in events[:2] for change in event["changes"]}
    assert by_field["sovereignty_storage_countries"]["after_display"] == ["België", "Nederland"]
    assert by_field["governance_reviewed_on"]["after_display"] == "3 mei 2026"
    assert by_field["license_id"]["before_display"] == "Creative Commons Attribution"
    standard = act("governance_standard_show", lang="nl")
    fields = {field["name"]: field for group in [standard] for field in standard["fields"]}
    assert by_field["privacy_class"]["label"] == fields["privacy_class"]["label"]
    (declared,) = by_field["governance_declared"]["after_display"]
    assert declared.startswith(fields["retention_type"]["label"])
    owner = next(change for change in events[-1]["changes"] if change["field"] == "owner_org")
    assert owner["after_display"] == "Mobility Department"
    english = anyone_changes = act("governance_history", id=dataset)["events"]
    assert anyone_changes is english
    private = next(change for change in english[1]["changes"] if change["field"] == "private")
    assert (private["before_display"], private["after_display"]) == ("everybody", "only the organisation")
    assert english[1]["action_label"] == "Who can see it changed"
    assert english[1]["actor"]["label"] == "The portal itself"


def test_an_editor_is_named_by_role_and_organisation(organization, dataset):
    editor = factories.User()
    act("organization_member_create", id=organization["id"], username=editor["name"], role="editor")
    act("package_patch", editor, id=dataset, privacy_class="non_personal")
    assert anyone(id=dataset, limit=1)["events"][0]["actor"] == {
        "role": "editor",
        "organization": organization["name"],
        "label": "Editor of Mobility Department",
    }


def test_what_the_standard_no_longer_knows_is_said_as_it_was_stored(dataset):
    body = bodies(dataset)[0] | {"changes": [{"field": "gone_field", "before": None, "after": ["a", "b"]}]}
    body["changes"].append({"field": "privacy_class", "before": None, "after": "no_such_code"})
    _insert(dataset, 1, body)
    gone, code = anyone(id=dataset, limit=1)["events"][0]["changes"]
    assert (gone["label"], gone["after_display"]) == ("gone_field", ["a", "b"])
    assert code["after_display"] == "no_such_code"


def test_a_walk_by_cursor_meets_each_event_once(dataset):
    for number in range(7):
        act("package_patch", id=dataset, ownership_owner=f"Department {number}")
    whole = [event["id"] for event in anyone(id=dataset)["events"]]
    walked, cursor = [], None
    while cursor or not walked:
        page = anyone(id=dataset, limit=3, **({"cursor": cursor} if cursor else {}))
        walked += [event["id"] for event in page["events"]]
        cursor = page["next_cursor"]
    assert walked == whole
    assert len(set(whole)) == 8


def test_the_renames_of_an_owner_stand_in_the_history_while_it_owned_the_dataset(organization, dataset):
    other = factories.Organization()
    act("organization_patch", id=organization["id"], title="Streets")
    act("organization_patch", id=other["id"], title="Not yet the owner")
    act("package_owner_org_update", id=dataset, organization_id=other["id"])
    act("organization_patch", id=other["id"], title="Water")
    act("organization_patch", id=organization["id"], title="No longer the owner")
    events = anyone(id=dataset)["events"]
    assert [event["action"] for event in events] == ["rename", "move", "rename", "create"]
    titles = [event["changes"][0]["after"] for event in events if event["action"] == "rename"]
    assert titles == ["Water", "Streets"]


def test_an_owner_from_private_times_is_not_given_away_by_its_renames(organization):
    made = factories.Dataset(owner_org=organization["id"], private=True)["id"]
    act("organization_patch", id=organization["id"], title="Streets")
    act("package_patch", id=made, private=False)
    act("organization_patch", id=organization["id"], title="Streets and Bicycles")
    seen = [event.get("action", "hidden") for event in anyone(id=made)["events"]]
    assert seen == ["rename", "visibility", "hidden"]


def test_a_dataset_without_a_history_yet_has_an_empty_one(dataset):
    from support.ledger_tables import renew  # noqa: PLC0415

    renew()
    history = anyone(id=dataset)
    assert (history["dataset"]["id"], history["events"], history["next_cursor"]) == (dataset, [], None)


@pytest.mark.parametrize(
    ("action", "wrong", "field"),
    [
        ("governance_history", {"limit": 0}, "limit"),
        ("governance_history", {"limit": 101}, "limit"),
        ("governance_history", {"cursor": "a"}, "cursor"),
        ("governance_history", {"cursor": str(10**30)}, "cursor"),
        ("governance_history", {"id": ""}, "id"),
        ("governance_changes", {"limit": 1001}, "limit"),
        ("governance_changes", {"since": "yesterday"}, "since"),
        ("governance_changes", {"since": str(uuid.uuid4())}, "since"),
        ("governance_changes", {"since": "9999-12-31T23:59:59-14:00"}, None),
        ("governance_changes", {"cursor": "-1"}, "cursor"),
    ],
)
def test_what_has_no_meaning_is_refused_by_name(dataset, action, wrong, field):
    data = ({"id": dataset} if action == "governance_history" else {}) | wrong
    if field is None:
        assert anyone(action, **data)["events"] == []
        return
    with pytest.raises(ValidationError) as refused:
        anyone(action, **data)
    assert set(refused.value.error_dict) == {field}


class TestFollowing:
    """A client that polls with `next_since` receives every event once."""

    def follow(self, since, **data):
        return anyone("governance_changes", since=since, **data)

    def test_since_a_time_and_then_since_an_event(self, dataset):
        start = bodies(dataset)[0]["at"]
        first = self.follow(start)
        assert first["events"][0]["id"] == bodies(dataset)[0]["id"]
        act("package_patch", id=dataset, privacy_class="non_personal")
        second = self.follow(first["next_since"])
        assert [event["id"] for event in second["events"]] == [bodies(dataset)[1]["id"]]
        third = self.follow(second["next_since"])
        assert (third["events"], third["next_since"]) == ([], second["next_since"])

    def test_without_since_the_newest_come_first(self, dataset):
        act("package_patch", id=dataset, privacy_class="non_personal")
        page = anyone("governance_changes", limit=1)
        assert page["events"][0]["id"] == bodies(dataset)[1]["id"]
        assert page["events"][0]["subject"]["name"] == act("package_show", id=dataset)["name"]
        older = anyone("governance_changes", limit=1, cursor=page["next_cursor"])
        assert older["events"][0]["id"] == bodies(dataset)[0]["id"]

    def test_an_event_that_commits_late_is_not_missed(self, dataset, monkeypatch):
        """A lower number can become visible after a higher one; the follower waits rather than pass it by."""
        monkeypatch.setattr(event_queries, "_PATIENCE", 0.1)
        start = bodies(dataset)[-1]["id"]
        late, early = (bodies(dataset)[0] | {"id": str(uuid.uuid4())} for _ in range(2))
        with model.meta.engine.connect() as writing, writing.begin() as transaction:
            _insert(dataset, 1, late, writing)
            _insert(dataset, 1, early)
            waited = self.follow(start)
            assert (waited["events"], waited["next_since"]) == ([], start)
            transaction.commit()
        assert [event["id"] for event in self.follow(start)["events"]] == [late["id"], early["id"]]


def _insert(dataset, count, body, connection=None):
    """Insert event rows directly into the table."""
    row = {"subject_id": dataset, "subject_type": "dataset", "action": body["action"], "at": body["at"], "public": True}
    ids = [body["id"]] if count == 1 and connection is not None else [str(uuid.uuid4()) for _ in range(count)]
    if count == 1 and body["id"] not in {known["id"] for known in bodies(dataset)}:
        ids = [body["id"]]
    rows = [
        row | {"event_id": id, "request": body["request"], "body": json.dumps(body | {"id": id}, default=str)}
        for id in ids
    ]
    if connection is not None:
        connection.execute(sa.insert(event), rows)
        return
    with model.meta.engine.begin() as own:
        own.execute(sa.insert(event), rows)


@pytest.fixture
def long_history(dataset):
    """A dataset with 10,000 events beside as many of another."""
    other = factories.Dataset()["id"]
    for subject in (dataset, other):
        _insert(subject, 10_000, bodies(subject)[0])
    with model.meta.engine.begin() as connection:
        connection.execute(sa.text("ANALYZE opensmartcity_event"))
    return dataset


def _scanned(plan):
    """Yield the type of each scan of the event table and how many rows it read."""
    if plan.get("Relation Name") == "opensmartcity_event":
        yield plan["Node Type"], (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    for child in plan.get("Plans", []):
        yield from _scanned(child)


def _explained(subject, depth):
    """Return the scans by PostgreSQL for a page that begins this many events before the newest."""
    rows = sa.select(event.c.seq).where(event.c.subject_id == subject).order_by(event.c.seq.desc())
    before = model.Session.scalar(rows.offset(depth).limit(1))
    values = {
        "before": before,
        "limit": 21,
        "subjects": [subject, "x"],
        "since": [0, 0],
        "until": [governance_model.MAX_BIGINT] * 2,
    }
    explained = model.Session.execute(
        sa.text("EXPLAIN (ANALYZE, FORMAT JSON) " + event_queries.HISTORY), values
    ).scalar()
    return list(_scanned(explained[0]["Plan"]))


def _is_served_by_key(subject, depth):
    scans = _explained(subject, depth)
    assert scans
    assert all("Index" in name for name, _ in scans), scans
    assert sum(read for _, read in scans) <= 21, scans


def test_the_history_of_the_last_id_but_a_few_is_served_by_key_too(dataset):
    """Without the array of ids, PostgreSQL would expect few events for such an id, and read and sort all."""
    body = bodies(dataset)[0]
    for subject in (*(f"zz{number}" for number in range(4)), *("zf", "za", "zc", "zb", "zd", "ze")):
        _insert(subject, 3_000 if len(subject) == len("zf") else 2, body)
    with model.meta.engine.begin() as connection:
        connection.execute(sa.text("ANALYZE opensmartcity_event"))
    _is_served_by_key("zf", 1_500)


@pytest.mark.parametrize("depth", [0, 5_000, 9_990])
def test_a_page_of_a_long_history_is_served_by_key_at_every_depth(long_history, depth):
    _is_served_by_key(long_history, depth)


def test_a_page_of_history_costs_the_same_however_long_the_history_is(long_history, monkeypatch):
    short = factories.Dataset(owner_org=factories.Organization()["id"])["id"]
    costs = [_cost(monkeypatch, id=dataset) for dataset in (short, long_history)]
    assert costs[0] == costs[1] <= 5, costs


def _cost(monkeypatch, **data):
    model.Session.remove()
    with counted(monkeypatch) as calls:
        anyone(**data)
    assert calls.solr == []
    return len(calls.sql)
