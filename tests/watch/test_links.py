"""Links of datasets: checked where they are public, stored with their date, resumed, and told where they failed."""

import json
from datetime import datetime, timedelta, timezone

import pytest
from budget import counted
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.fetching import Limits
from ckanext.opensmartcity.logic import asking
from ckanext.opensmartcity.logic.links import running
from ckanext.opensmartcity.model import links
from ckanext.opensmartcity.model.tables import link
from misbehaving import OK, hang, no_head, reply

FETCHER = asking.fetcher


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Nobody waits long for a server of these tests."""
    monkeypatch.setattr(running, "fetcher", lambda: FETCHER(Limits(0.5, 0.4, 0.8)))


@pytest.fixture
def clock(monkeypatch):
    """A function that moves the day on which links are checked."""
    moment = [datetime(2026, 6, 1, 12, tzinfo=timezone.utc)]
    monkeypatch.setattr(running, "_now", lambda: moment[0])

    def move(**distance):
        moment[0] += timedelta(**distance)

    return move


@pytest.fixture
def datasets():
    """A function that makes a dataset with these links; all of them are purged at the end."""
    made = []

    def make(*urls, **values):
        found = factories.Dataset(resources=[{"url": url, "name": f"File {n}"} for n, url in enumerate(urls)], **values)
        made.append(found["id"])
        return found

    yield make
    for dataset in made:
        call_action("dataset_purge", id=dataset)


def rows():
    model.Session.rollback()
    return {row.url: row for row in model.Session.execute(link.select())}


def states():
    return {url.rpartition("/")[2]: row.state for url, row in rows().items()}


def test_links_of_public_datasets_are_checked_and_no_others(serve, datasets, trap):
    server = serve({"/a": OK, "/b": reply(404), "/c": OK, "/d": reply(403)})
    owner = factories.Organization()["id"]
    datasets(f"{server.address}/a", f"{server.address}/b", f"{server.address}/d", "ftp://city.example/x")
    datasets(f"{server.address}/private", owner_org=owner, private=True)
    datasets(f"{server.address}/a", f"http://127.0.0.1:{trap.port}/inside")
    call_action("package_delete", id=datasets(f"{server.address}/deleted")["id"])
    assert sorted(running.check()) == ["failed", "reached", "unchecked", "unchecked"]
    assert states() == {"a": "reached", "b": "failed", "d": "unchecked", "inside": "unchecked"}
    asked = {path for _, path, _ in server.asked}
    assert asked == {"/robots.txt", "/a", "/b", "/d"}
    assert server.counts()["HEAD", "/a"] == 1
    assert trap.touched() == 0


def test_a_second_run_asks_for_nothing_that_is_not_due(serve, datasets, clock):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    assert list(running.check()) == ["reached"]
    asked = len(server.asked)
    assert list(running.check()) == []
    assert len(server.asked) == asked
    clock(days=7)
    assert list(running.check()) == ["reached"]


def test_a_run_goes_on_where_it_was(serve, datasets):
    server = serve({"*": OK, "/robots.txt": reply(404)})
    datasets(*(f"{server.address}/{n}" for n in range(7)))
    assert len(list(running.check(limit=3))) == 3
    assert running.waiting() == 4
    assert len(list(running.check())) == 4
    heads = [path for method, path, _ in server.asked if method == "HEAD"]
    assert sorted(heads) == sorted({f"/{n}" for n in range(7)})


def test_a_run_that_is_stopped_gives_back_what_it_did_not_look_at(serve, datasets, monkeypatch):
    monkeypatch.setattr(running, "_TURNS", 1)
    servers = [serve({"*": OK}) for _ in range(3)]
    datasets(*(f"{server.address}/x" for server in servers))
    outcomes = running.check(workers=1)
    assert next(outcomes) == "reached"
    outcomes.close()
    assert sorted(running.check()) == ["reached", "reached"]


def test_what_a_killed_run_had_in_hand_is_due_again_some_hours_later(serve, datasets, clock):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    links.collect(model.Session(), running._now())
    taken = links.claim(model.Session(), running._now(), running._now() + running._LEASE, links.Share(10, 10))
    model.Session.commit()
    assert len(taken) == 1
    assert list(running.check()) == []
    clock(hours=6)
    assert list(running.check()) == ["reached"]


def test_two_runs_at_once_are_one(serve, datasets):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    first = running.check()
    assert next(first) == "reached"
    with pytest.raises(running.RunError, match="Another run"):
        list(running.check())
    first.close()
    assert list(running.check()) == []


def test_a_host_has_no_more_than_its_share_of_a_run(serve, datasets, ckan_config):
    ckan_config["ckanext.opensmartcity.link_host_limit"] = 4
    many, few = serve({"*": OK}), serve({"*": OK})
    datasets(*(f"{many.url(host='localhost')}/{n}" for n in range(9)))
    datasets(f"{few.url(host='localhost').replace('localhost', '127.0.0.1')}/1")
    ckan_config["ckanext.opensmartcity.fetch_inside"] = ["127.0.0.0/8", "localhost"]
    assert len(list(running.check())) == 5
    assert sum(method == "HEAD" for method, _, _ in many.asked) == 4
    assert sum(method == "HEAD" for method, _, _ in few.asked) == 1


def test_since_when_it_failed_is_kept_until_it_answers(serve, datasets, clock):
    script = {"/a": reply(500)}
    server = serve(script)
    datasets(f"{server.address}/a")
    first = running._now()
    list(running.check())
    clock(days=1)
    list(running.check())
    row = rows()[f"{server.address}/a"]
    assert (row.failing_since, row.failures, row.status) == (first, 2, 500)
    clock(days=2)
    script["/a"] = OK
    list(running.check())
    row = rows()[f"{server.address}/a"]
    assert (row.state, row.failing_since, row.failures, row.reached_at) == ("reached", None, 0, running._now())


def test_who_asks_us_to_come_back_keeps_what_was_known(serve, datasets, clock):
    script = {"/a": OK}
    server = serve(script)
    datasets(f"{server.address}/a")
    list(running.check())
    clock(days=7)
    script["/a"] = reply(429, Retry_After="7200")
    assert list(running.check()) == ["wait"]
    row = rows()[f"{server.address}/a"]
    assert (row.state, row.due_at) == ("reached", running._now() + timedelta(hours=2))


def test_what_did_not_change_is_not_sent_again(serve, datasets, clock):
    def answer(connection, method, headers):
        return reply(304) if headers.get("if-none-match") == '"one"' else reply(200, b"x", ETag='"one"')

    server = serve({"/a": answer})
    datasets(f"{server.address}/a")
    list(running.check())
    clock(days=7)
    list(running.check())
    assert rows()[f"{server.address}/a"].status == 304


def test_a_link_that_no_dataset_names_any_more_is_forgotten(serve, datasets):
    server = serve({"*": OK})
    dataset = datasets(f"{server.address}/old")
    list(running.check())
    call_action("package_patch", id=dataset["id"], resources=[{"url": f"{server.address}/new"}])
    list(running.check())
    assert states() == {"new": "reached"}


def test_addresses_of_every_kind_are_stored_whole(datasets):
    urls = [
        f"http://nowhere.invalid/{'x' * 6000}",
        "http://nowhere.invalid/ü?q=a b#c",
        "HTTP://USER@nowhere.invalid:81/",
    ]
    datasets(*urls)
    list(running.check())
    assert set(rows()) == {url.strip() for url in urls}
    assert {row.host for row in rows().values()} == {"nowhere.invalid"}


class TestTelling:
    """What pages and actions say of links."""

    @pytest.fixture
    def checked(self, serve, datasets, clock):
        server = serve({"/good": OK, "/gone": reply(410), "/shut": reply(403), "/slow": hang, "/head": no_head(OK)})
        paths = ("good", "gone", "shut", "slow", "head")
        dataset = datasets(*(f"{server.address}/{path}" for path in paths), title="Counters <b>")
        list(running.check())
        return dataset

    def test_the_action_tells_every_resource_in_its_order(self, checked):
        told = call_action("governance_links_show", id=checked["name"])
        assert [each["state"] for each in told["links"]] == ["reached", "failed", "unchecked", "failed", "reached"]
        gone = told["links"][1]
        assert gone["message"] == "It answers with an error. (410)"
        assert gone["failing_since"] == gone["checked_at"] == "2026-06-01T12:00:00+00:00"
        assert told["links"][3]["message"] == "The answer took too long."

    def test_the_pages_of_dataset_and_resource_say_it(self, app, checked):
        body = app.get(f"/dataset/{checked['name']}").body
        assert body.count("Could not be reached since 1 June 2026.") == 2
        assert "It answers with an error. (410)" in body
        gone, good = checked["resources"][1]["id"], checked["resources"][0]["id"]
        assert "Could not be reached since" in app.get(f"/dataset/{checked['name']}/resource/{gone}").body
        assert "Could not be reached since" not in app.get(f"/dataset/{checked['name']}/resource/{good}").body
        assert app.get(f"/dataset/{checked['name']}/transparency").body.count("A link could not be reached on") == 2

    def test_a_link_that_was_changed_is_not_blamed_for_the_old_one(self, app, checked, serve):
        resources = [{**each, "url": "http://city.example/new"} for each in checked["resources"]]
        call_action("package_patch", id=checked["id"], resources=resources)
        assert "Could not be reached since" not in app.get(f"/dataset/{checked['name']}").body

    def test_the_page_has_a_new_validator_when_a_link_fails(self, app, checked):
        path = f"/dataset/{checked['name']}/transparency"
        tag = app.get(path).headers["ETag"]
        assert app.get(path, headers={"If-None-Match": tag}).status_code == 304
        model.Session.execute(link.update().values(state="reached", failing_since=None))
        model.Session.commit()
        assert app.get(path, headers={"If-None-Match": tag}).status_code == 200

    def test_the_figure_of_the_city_counts_links_with_a_verdict(self, app, checked):
        figure = figures()["links"]
        assert (figure["count"], figure["of"], figure["rest"]) == (2, 4, 2)
        body = app.get("/transparency").body
        assert "2 of 4" in body.partition('id="figure-links"')[2].partition("</section>")[0]
        assert "links,Links that lead somewhere" in app.get("/transparency.csv").body

    def test_behind_the_figure_is_a_list_with_as_many_links(self, app, checked):
        figure = figures()["links"]
        for address, count in ((figure["list"], figure["count"]), (figure["rest_list"], figure["rest"])):
            path = address.removeprefix("http://test.ckan.net")
            shown = json.loads(app.get(path, headers={"Accept": "application/json"}).body)
            assert len(shown["links"]) == count
            body = app.get(path).body
            assert all(each["url"] in body for each in shown["links"])
            assert "Counters &lt;b&gt;" in body

    def test_a_dataset_that_became_private_is_in_no_list_and_no_number(self, checked):
        owner = factories.Organization()["id"]
        call_action("package_patch", id=checked["id"], owner_org=owner, private=True)
        assert call_action("governance_links_list")["links"] == []
        assert "links" not in figures()

    def test_pages_of_the_list_have_each_link_once(self, checked):
        first = call_action("governance_links_list", limit=1)
        second = call_action("governance_links_list", limit=1, cursor=first["next_cursor"])
        assert second["next_cursor"] is None
        urls = [each["url"].rpartition("/")[2] for page in (first, second) for each in page["links"]]
        assert sorted(urls) == ["gone", "slow"]

    @pytest.mark.parametrize("query", ["state=nothing", "cursor=zz", "state=failed&cursor=%00"])
    def test_a_list_that_is_not_there_is_a_wrong_request(self, app, query):
        assert app.get(f"/transparency/links?{query}").status_code == 400

    def test_before_the_first_check_nothing_is_said(self, app, datasets):
        dataset = datasets("http://city.example/x")
        assert "links" not in figures()
        assert "figure-links" not in app.get("/transparency").body
        assert call_action("governance_links_show", id=dataset["id"])["links"][0]["state"] is None
        assert "There is no such link." in app.get("/transparency/links").body


def figures():
    city = call_action("governance_city_show")
    return {figure["id"]: figure for each in city["characteristics"] for figure in each["figures"]}


def test_the_command_tells_what_became_of_links_and_what_is_left(cli, serve, datasets):
    server = serve({"/a": OK, "/b": reply(404)})
    datasets(f"{server.address}/a", f"{server.address}/b")
    result = cli.invoke(ckan_command, ["opensmartcity", "links", "check"])
    assert result.exit_code == 0, result.output
    assert "1 reached, 1 not reached, 0 not ours to judge, 0 asked us to come back. 0 are still due." in result.stderr


def test_a_command_beside_a_run_says_so_in_one_line(cli, serve, datasets):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    outcomes = running.check()
    next(outcomes)
    result = cli.invoke(ckan_command, ["opensmartcity", "links", "check"])
    outcomes.close()
    assert result.exit_code == 1
    assert "Another run is checking links now." in result.stderr
    assert "Traceback" not in result.output


def test_the_job_checks_links_too(serve, datasets):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    running.job()
    assert states() == {"a": "reached"}


def test_what_links_cost(app, serve, datasets, monkeypatch):
    server = serve({"*": reply(404)})
    dataset = datasets(*(f"{server.address}/{n}" for n in range(3)))
    list(running.check())

    def ours(path):
        app.get(path)
        model.Session.remove()
        with counted(monkeypatch) as calls:
            app.get(path)
        return [statement for statement in calls.sql if "opensmartcity_link" in statement], calls

    for path in (f"/dataset/{dataset['name']}", f"/dataset/{dataset['name']}/transparency", "/transparency"):
        statements, calls = ours(path)
        assert len(statements) == 1, str(calls)
    statements, calls = ours("/transparency/links")
    assert (len(statements), len(calls.sql), calls.solr) == (1, 1, []), str(calls)
