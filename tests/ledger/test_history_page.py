"""History page: changes in sentences, values before and after, and no data that the reader may not see."""

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from lxml import etree
from support.query_budget import counted

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SECRET = "A word that nobody outside may read"


@pytest.fixture
def organization():
    return factories.Organization(title="Mobility Department")


@pytest.fixture
def dataset(current, organization):
    """A public dataset whose openness changed once."""
    made = factories.Dataset(title="Bicycle counters", owner_org=organization["id"], **current)
    call_action("package_patch", id=made["id"], privacy_openness="shared", privacy_access_conditions="On request.")
    return made


def path(dataset, suffix="", language=""):
    return f"{language}/dataset/{dataset['name']}/transparency/history{suffix}"


def read(app, dataset, suffix="", **options):
    return app.get(path(dataset, suffix), **options)


def header_of(user):
    return {"Authorization": user["token"]}


def test_a_resident_reads_what_changed(app, dataset):
    body = read(app, dataset).body
    assert "The city changed “Openness” from “Open to everyone” to “Shared with some”." in body
    assert "The city answered “Conditions for access”: “On request”." in body
    assert body.index("Answers changed") < body.index("Registered")


def test_who_acted_is_a_role_and_never_a_name(app, dataset, organization):
    editor = factories.UserWithToken(name="somebody-by-name", fullname="Some Body")
    call_action("organization_member_create", id=organization["id"], username=editor["name"], role="editor")
    context = {"user": editor["name"], "ignore_auth": False}
    call_action("package_patch", context, id=dataset["id"], fitness_purpose="Another purpose.")
    body = read(app, dataset).body
    assert "Editor of Mobility Department" in body
    for suffix in ("", ".json", ".atom"):
        answer = read(app, dataset, suffix).body
        assert "somebody-by-name" not in answer
        assert "Some Body" not in answer


def test_what_a_steward_typed_is_text(app, dataset):
    call_action("package_patch", id=dataset["id"], fitness_purpose="One & two 'three' \"four\" {label} %s")
    body = read(app, dataset).body
    assert "One &amp; two &#39;three&#39; &#34;four&#34; {label} %s" in body


def test_the_same_as_json(app, dataset):
    answer = read(app, dataset, ".json")
    assert [event["action"] for event in answer.json["events"]] == ["update", "create"]
    preferred = read(app, dataset, headers={"Accept": "application/json"})
    assert preferred.json == answer.json
    assert "Accept" in preferred.headers["Vary"]


def test_older_changes_are_on_the_next_page(app, dataset):
    body = read(app, dataset, "?limit=1").body
    assert "Answers changed" in body
    assert "Registered" not in body
    cursor = read(app, dataset, ".json?limit=1").json["next_cursor"]
    assert f"cursor={cursor}" in body
    assert "Registered" in read(app, dataset, f"?cursor={cursor}").body


@pytest.mark.parametrize("query", ["?limit=many", "?limit=100000", "?cursor=x"])
def test_a_wrong_address_is_said_and_no_error_of_the_portal(app, dataset, query):
    read(app, dataset, query, status=400)


def test_the_feed_tells_the_newest_changes(app, dataset):
    feed = etree.fromstring(read(app, dataset, ".atom").body.encode())
    titles = feed.xpath("a:entry/a:title/text()", namespaces=ATOM)
    assert titles == ["Bicycle counters: Answers changed", "Bicycle counters: Registered"]
    assert "Shared with some" in feed.xpath("string(a:entry[1]/a:summary)", namespaces=ATOM)
    assert feed.xpath("string(a:entry[1]/a:author/a:name)", namespaces=ATOM) == "The portal itself"


def test_what_was_said_in_private_is_not_told_after_publication(app, current, organization):
    made = factories.Dataset(private=True, owner_org=organization["id"], **current | {"fitness_limits": SECRET})
    call_action("package_patch", id=made["id"], fitness_limits="Nothing.", private=False)
    for suffix in ("", ".json", ".atom"):
        assert SECRET not in read(app, made, suffix).body
    body = read(app, made).body
    assert "Everybody can see this now." in body
    assert "A change that is not public" in body


@pytest.mark.parametrize("suffix", ["", ".json", ".atom"])
def test_a_private_dataset_has_no_page_for_others(app, current, organization, suffix):
    made = factories.Dataset(private=True, owner_org=organization["id"], **current)
    stranger = factories.UserWithToken()
    read(app, made, suffix, status=404)
    read(app, made, suffix, headers=header_of(stranger), status=404)
    member = factories.UserWithToken()
    call_action("organization_member_create", id=organization["id"], username=member["name"], role="member")
    read(app, made, suffix, headers=header_of(member), status=200)


def test_a_dataset_that_never_was(app):
    app.get("/dataset/never-was/transparency/history", status=404)


def test_a_purged_dataset_leaves_a_page_that_says_so(app, dataset):
    call_action("dataset_purge", id=dataset["id"])
    body = read(app, dataset).body
    assert "This was removed for good." in body
    assert "Bicycle counters" in body
    assert "Removed for good" in body
    gone = app.get(f"/dataset/{dataset['name']}/transparency", status=410)
    assert "This was removed for good." in gone.body


def test_a_deleted_dataset_keeps_its_history(app, dataset):
    call_action("package_delete", id=dataset["id"])
    assert "This was taken out of the catalogue." in read(app, dataset).body


def test_the_page_asks_the_same_however_long_the_history_is(app, dataset, monkeypatch):
    def calls():
        read(app, dataset)
        model.Session.remove()
        with counted(monkeypatch) as counts:
            read(app, dataset)
        return counts

    short = calls()
    for number in range(12):
        call_action("package_patch", id=dataset["id"], fitness_purpose=f"Purpose {number}.")
    long = calls()
    assert len(long.sql) == len(short.sql) <= 9, str(long)
    assert long.solr == []
