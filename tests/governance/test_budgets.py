"""Query budgets: number of SQL statements and Solr requests for reading and writing governance."""

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from support.ckan_version import IS_2_11
from support.query_budget import counted

pytestmark = pytest.mark.usefixtures("with_request_context")


@pytest.fixture
def dataset(current):
    """Dataset with complete answers and two resources, in an organisation."""
    made = factories.Dataset(
        owner_org=factories.Organization()["id"],
        resources=[{"url": "https://data.example.org/a.csv"}, {"url": "https://data.example.org/b.csv"}],
        **current,
    )
    model.Session.expire_all()
    return made


def calls_of(monkeypatch, action, **data):
    model.Session.remove()
    with counted(monkeypatch) as calls:
        call_action(action, **data)
    return calls


def test_governance_show_costs_what_package_show_costs(dataset, monkeypatch):
    plain = calls_of(monkeypatch, "package_show", id=dataset["id"])
    governed = calls_of(monkeypatch, "governance_show", id=dataset["id"])
    assert len(governed.sql) <= len(plain.sql), f"{governed}\nwhere package_show has\n{plain}"
    assert len(governed.solr) == len(plain.solr) == 1


def test_package_create_costs_no_query_for_its_governance(current, monkeypatch):
    organization = factories.Organization()["id"]
    plain = calls_of(monkeypatch, "package_create", name="plain", owner_org=organization)
    governed = calls_of(monkeypatch, "package_create", name="governed", owner_org=organization, **current)
    # CKAN 2.11 inserts extras into a table of their own, and the plain dataset has none.
    assert len(governed.sql) <= len(plain.sql) + IS_2_11, f"{governed}\nwhere a plain one has\n{plain}"
    assert len(governed.solr) == len(plain.solr)


def test_package_patch_costs_no_query_for_its_governance(dataset, monkeypatch):
    plain = calls_of(monkeypatch, "package_patch", id=dataset["id"], title="Other")
    governed = calls_of(monkeypatch, "package_patch", id=dataset["id"], fitness_alternatives="By hand.")
    assert len(governed.sql) <= len(plain.sql), f"{governed}\nwhere a plain one has\n{plain}"


def test_governance_check_asks_nothing_but_who_asks(current, monkeypatch):
    calls = calls_of(monkeypatch, "governance_check", **current)
    assert [statement for statement in calls.sql if not statement.startswith('SELECT "user"')] == [], str(calls)
    assert calls.solr == []


def get(app, monkeypatch, path):
    app.get(path).get_data()
    model.Session.remove()
    with counted(monkeypatch) as calls:
        app.get(path).get_data()
    return calls


# The page also shows recent changes (permission, events, names), links, and in one more statement questions and stories
# of residents.
STATEMENTS = {"transparency": 12, "transparency.json": 5, "transparency.ttl": 5, "transparency/qr.svg": 5}


@pytest.mark.parametrize("page", STATEMENTS)
@pytest.mark.parametrize("language", ["", "/nl"])
def test_the_transparency_page_asks_few_statements_and_one_search(app, dataset, monkeypatch, page, language):
    calls = get(app, monkeypatch, f"{language}/dataset/{dataset['name']}/{page}")
    assert len(calls.sql) <= STATEMENTS[page], str(calls)
    assert len(calls.solr) == 1, str(calls)


def test_the_transparency_page_asks_less_than_the_dataset_page(app, dataset, monkeypatch):
    plain = get(app, monkeypatch, f"/dataset/{dataset['name']}")
    ours = get(app, monkeypatch, f"/dataset/{dataset['name']}/transparency")
    assert len(ours.sql) < len(plain.sql), f"{ours}\nwhere CKAN's page has\n{plain}"


def test_default_answers_are_read_and_written_with_one_statement_each(dataset, monkeypatch):
    owner = dataset["owner_org"]
    stated = {"ownership_owner": "Parks"}
    written = calls_of(monkeypatch, "governance_defaults_update", id=owner, answers=stated)
    shown = calls_of(monkeypatch, "governance_defaults_show", id=owner)
    for calls in (written, shown):
        ours = [statement for statement in calls.sql if "opensmartcity" in statement]
        assert len(calls.sql) <= 6, str(calls)
        assert len(ours) <= 2, str(calls)
        assert calls.solr == []


AUDITS = {
    "/api/3/action/governance_audit": 3,
    "/transparency/audit.json": 4,
    "/transparency/audit.csv": 2,
    "/transparency/audit.jsonl": 2,
}


@pytest.mark.parametrize("path", AUDITS)
def test_an_audit_asks_two_searches_and_the_same_statements_however_many_records(app, dataset, monkeypatch, path):
    few = get(app, monkeypatch, path)
    for _ in range(3):
        factories.Dataset(owner_org=factories.Organization()["id"])
    many = get(app, monkeypatch, path)
    assert len(few.solr) == len(many.solr) == 2, str(many)
    assert len(few.sql) == len(many.sql) <= AUDITS[path], str(many)


STATS = "/api/3/action/governance_stats?by=organization,group,type,privacy_class"


@pytest.mark.parametrize(
    ("path", "statements"),
    # One statement counts links, one disposals, two count questions and stories of residents.
    [(STATS, 4), ("/transparency", 7), ("/nl/transparency", 7), ("/transparency.json", 7), ("/transparency.csv", 7)],
)
def test_a_count_of_everything_asks_two_searches_and_as_many_statements_however_many_records(
    app, dataset, monkeypatch, path, statements
):
    few = get(app, monkeypatch, path)
    for _ in range(3):
        factories.Dataset(owner_org=factories.Organization()["id"], groups=[{"name": factories.Group()["name"]}])
    many = get(app, monkeypatch, path)
    assert len(few.solr) == len(many.solr) == 2, str(many)
    assert len(many.sql) <= statements, str(many)
    assert len(many.sql) - len(few.sql) <= 1, f"{many}\nwhere a smaller city has\n{few}"
