"""Report of checked links: the same on pages and from actions, and nothing of private records."""

import json
from datetime import datetime, timezone

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.governance import http_identity
from ckanext.opensmartcity.governance import model as governance_model
from ckanext.opensmartcity.http_client import Limits
from ckanext.opensmartcity.links import check_job
from ckanext.opensmartcity.links.model import link
from support.local_servers import forget
from support.misbehaving_server import OK, hang, no_head, reply, serving
from support.query_budget import counted


def test_before_the_first_check_nothing_is_said(app):
    forget()
    dataset = factories.Dataset(resources=[{"url": "http://city.example/x"}])
    assert "links" not in figures()
    assert "figure-links" not in app.get("/transparency").body
    assert call_action("governance_links_show", id=dataset["id"])["links"][0]["state"] is None
    assert "There is no such link." in app.get("/transparency/links").body
    call_action("dataset_purge", id=dataset["id"])


@pytest.fixture(scope="module")
def checked(emptied):
    """A dataset with a link of each kind, checked once; the tests put back what they change."""
    from ckan.common import config  # noqa: PLC0415  (CKAN's, after it is loaded)

    forget()
    script = {"/good": OK, "/gone": reply(410), "/shut": reply(403), "/slow": hang, "/head": no_head(OK)}
    with serving(script) as server, pytest.MonkeyPatch.context() as patch:
        patch.setitem(config, "ckanext.opensmartcity.fetch_inside", ["localhost"])
        patch.setitem(config, "ckanext.opensmartcity.link_seconds", 0)
        patch.setattr(check_job, "fetcher", lambda quick=http_identity.fetcher: quick(Limits(2, 1.5, 3)))
        patch.setattr(check_job, "_now", lambda: datetime(2026, 6, 1, 12, tzinfo=timezone.utc))
        resources = [{"url": server.url(path, host="localhost"), "name": path[1:]} for path in script]
        dataset = factories.Dataset(title="Counters <b>", resources=resources)
        list(check_job.check())
        yield dataset
    call_action("dataset_purge", id=dataset["id"])
    forget()


def test_the_action_tells_every_resource_in_its_order(checked):
    told = call_action("governance_links_show", id=checked["name"])
    assert [each["state"] for each in told["links"]] == ["reached", "failed", "unchecked", "failed", "reached"]
    gone = told["links"][1]
    assert gone["message"] == "It answers with an error. (410)"
    assert gone["failing_since"] == gone["checked_at"] == "2026-06-01T12:00:00+00:00"
    assert told["links"][3]["message"] == "The answer took too long."


def test_the_pages_of_dataset_and_resource_say_it(app, checked):
    body = app.get(f"/dataset/{checked['name']}").body
    assert body.count("Could not be reached since 1 June 2026.") == 2
    assert "It answers with an error. (410)" in body
    gone, good = checked["resources"][1]["id"], checked["resources"][0]["id"]
    assert "Could not be reached since" in app.get(f"/dataset/{checked['name']}/resource/{gone}").body
    assert "Could not be reached since" not in app.get(f"/dataset/{checked['name']}/resource/{good}").body
    assert app.get(f"/dataset/{checked['name']}/transparency").body.count("A link could not be reached on") == 2


def test_a_link_that_was_changed_is_not_blamed_for_the_old_one(app, checked):
    resources = [{**each, "url": "http://city.example/new"} for each in checked["resources"]]
    call_action("package_patch", id=checked["id"], resources=resources)
    assert "Could not be reached since" not in app.get(f"/dataset/{checked['name']}").body
    call_action("package_patch", id=checked["id"], resources=checked["resources"])


def test_the_page_has_a_new_validator_when_a_link_fails(app, checked):
    path = f"/dataset/{checked['name']}/transparency"
    tag = app.get(path).headers["ETag"]
    assert app.get(path, headers={"If-None-Match": tag}).status_code == 304
    mended = link.c.failures > 0
    model.Session.execute(link.update().where(mended).values(state="reached"))
    model.Session.commit()
    assert app.get(path, headers={"If-None-Match": tag}).status_code == 200
    model.Session.execute(link.update().where(mended).values(state="failed"))
    model.Session.commit()


def test_the_figure_of_the_city_counts_links_with_a_verdict(app, checked):
    figure = figures()["links"]
    assert (figure["count"], figure["of"], figure["rest"]) == (2, 4, 2)
    body = app.get("/transparency").body
    assert "2 of 4" in body.partition('id="figure-links"')[2].partition("</section>")[0]
    assert "links,Links that lead somewhere" in app.get("/transparency.csv").body


def test_behind_the_figure_is_a_list_with_as_many_links(app, checked):
    figure = figures()["links"]
    for address, count in ((figure["list"], figure["count"]), (figure["rest_list"], figure["rest"])):
        path = address.removeprefix("http://test.ckan.net")
        shown = json.loads(app.get(path, headers={"Accept": "application/json"}).body)
        assert len(shown["links"]) == count
        body = app.get(path).body
        assert all(each["url"] in body for each in shown["links"])
        assert "Counters &lt;b&gt;" in body


def test_a_dataset_that_became_private_is_in_no_list_and_no_number(checked):
    owner = factories.Organization()["id"]
    call_action("package_patch", id=checked["id"], owner_org=owner, private=True)
    assert call_action("governance_links_list")["links"] == []
    assert "links" not in figures()
    call_action("package_patch", id=checked["id"], private=False)


def test_pages_of_the_list_have_each_link_once(checked):
    first = call_action("governance_links_list", limit=1)
    second = call_action("governance_links_list", limit=1, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    urls = [each["url"].rpartition("/")[2] for page in (first, second) for each in page["links"]]
    assert sorted(urls) == ["gone", "slow"]


@pytest.mark.parametrize("query", ["state=nothing", "cursor=zz", "state=failed&cursor=%00"])
def test_a_list_that_is_not_there_is_a_wrong_request(app, query):
    assert app.get(f"/transparency/links?{query}").status_code == 400


def figures():
    city = call_action("governance_city_show")
    return {figure["id"]: figure for each in city["characteristics"] for figure in each["figures"]}


def test_what_links_cost(app, checked, monkeypatch):
    def ours(path):
        app.get(path)
        model.Session.remove()
        with counted(monkeypatch) as calls:
            app.get(path)
        return [each for each in calls.sql if "opensmartcity_link" in each or "l.failing_since" in each], calls

    for path in (f"/dataset/{checked['name']}", f"/dataset/{checked['name']}/transparency", "/transparency"):
        statements, calls = ours(path)
        assert len(statements) == 1, str(calls)
    statements, calls = ours("/transparency/links")
    assert (len(statements), len(calls.sql) <= 2, calls.solr) == (1, True, []), str(calls)


def test_before_the_upgrade_of_the_database_pages_are_as_they_were(app, checked, monkeypatch):
    monkeypatch.setattr(governance_model, "ready", lambda: False)
    name = checked["name"]
    for path in (f"/dataset/{name}", f"/dataset/{name}/transparency", "/transparency", "/transparency/compare"):
        body = app.get(path).body
        assert "ould not be reached" not in body
        assert "figure-links" not in body
    assert "There is no such link." in app.get("/transparency/links").body
    with pytest.raises(check_job.RunError, match="ckan db upgrade"):
        list(check_job.check())
