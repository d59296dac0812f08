"""Links of datasets: checked where they are public, stored with their date, resumed, and told where they failed."""

from datetime import datetime, timedelta, timezone

import pytest
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.governance import http_identity
from ckanext.opensmartcity.http_client import Limits
from ckanext.opensmartcity.links import check_job
from ckanext.opensmartcity.links import model as links_model
from ckanext.opensmartcity.links.model import link
from support.misbehaving_server import OK, reply

FETCHER = http_identity.fetcher
pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Nobody waits long for a server of these tests."""
    monkeypatch.setattr(check_job, "fetcher", lambda: FETCHER(Limits(2, 1.5, 3)))


@pytest.fixture
def clock(monkeypatch):
    """A function that moves the day on which links are checked."""
    moment = [datetime(2026, 6, 1, 12, tzinfo=timezone.utc)]
    monkeypatch.setattr(check_job, "_now", lambda: moment[0])

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
    assert sorted(check_job.check()) == ["failed", "reached", "unchecked", "unchecked"]
    assert states() == {"a": "reached", "b": "failed", "d": "unchecked", "inside": "unchecked"}
    asked = {path for _, path, _ in server.requests}
    assert asked == {"/robots.txt", "/a", "/b", "/d"}
    assert server.counts()["HEAD", "/a"] == 1
    assert trap.connections() == 0


def test_a_second_run_asks_for_nothing_that_is_not_due(serve, datasets, clock):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    assert list(check_job.check()) == ["reached"]
    asked = len(server.requests)
    assert list(check_job.check()) == []
    assert len(server.requests) == asked
    clock(days=7)
    assert list(check_job.check()) == ["reached"]


def test_a_run_goes_on_where_it_was(serve, datasets):
    server = serve({"*": OK, "/robots.txt": reply(404)})
    datasets(*(f"{server.address}/{n}" for n in range(7)))
    assert len(list(check_job.check(limit=3))) == 3
    assert check_job.waiting() == 4
    assert len(list(check_job.check())) == 4
    heads = [path for method, path, _ in server.requests if method == "HEAD"]
    assert sorted(heads) == sorted({f"/{n}" for n in range(7)})


def test_a_run_that_is_stopped_gives_back_what_it_did_not_look_at(serve, datasets, monkeypatch):
    monkeypatch.setattr(check_job, "_PER_HOST", 1)
    servers = [serve({"*": OK}) for _ in range(3)]
    datasets(*(f"{server.address}/x" for server in servers))
    outcomes = check_job.check(workers=1)
    assert next(outcomes) == "reached"
    outcomes.close()
    assert sorted(check_job.check()) == ["reached", "reached"]


def test_what_a_killed_run_had_in_hand_is_due_again_some_hours_later(serve, datasets, clock):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    links_model.collect(model.Session(), check_job._now())
    taken = links_model.claim(
        model.Session(), check_job._now(), check_job._now() + check_job._LEASE, links_model.Share(10, 10)
    )
    model.Session.commit()
    assert len(taken) == 1
    assert list(check_job.check()) == []
    clock(hours=6)
    assert list(check_job.check()) == ["reached"]


def test_two_runs_at_once_are_one(serve, datasets):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    first = check_job.check()
    assert next(first) == "reached"
    with pytest.raises(check_job.RunError, match="Another run"):
        list(check_job.check())
    first.close()
    assert list(check_job.check()) == []


def test_a_host_has_no_more_than_its_share_of_a_run(serve, datasets, ckan_config):
    ckan_config["ckanext.opensmartcity.link_host_limit"] = 4
    many, few = serve({"*": OK}), serve({"*": OK})
    datasets(*(f"{many.url(host='localhost')}/{n}" for n in range(9)))
    datasets(f"{few.url(host='localhost').replace('localhost', '127.0.0.1')}/1")
    ckan_config["ckanext.opensmartcity.fetch_inside"] = ["127.0.0.0/8", "localhost"]
    assert len(list(check_job.check())) == 5
    assert sum(method == "HEAD" for method, _, _ in many.requests) == 4
    assert sum(method == "HEAD" for method, _, _ in few.requests) == 1


def test_since_when_it_failed_is_kept_until_it_answers(serve, datasets, clock):
    script = {"/a": reply(500)}
    server = serve(script)
    datasets(f"{server.address}/a")
    first = check_job._now()
    list(check_job.check())
    clock(days=1)
    list(check_job.check())
    row = rows()[f"{server.address}/a"]
    assert (row.failing_since, row.failures, row.status) == (first, 2, 500)
    clock(days=2)
    script["/a"] = OK
    list(check_job.check())
    row = rows()[f"{server.address}/a"]
    assert (row.state, row.failing_since, row.failures, row.reached_at) == ("reached", None, 0, check_job._now())


def test_who_asks_us_to_come_back_keeps_what_was_known(serve, datasets, clock):
    script = {"/a": OK}
    server = serve(script)
    datasets(f"{server.address}/a")
    list(check_job.check())
    clock(days=7)
    script["/a"] = reply(429, Retry_After="7200")
    assert list(check_job.check()) == ["wait"]
    row = rows()[f"{server.address}/a"]
    assert (row.state, row.due_at) == ("reached", check_job._now() + timedelta(hours=2))


def test_what_did_not_change_is_not_sent_again(serve, datasets, clock):
    def answer(connection, method, headers):
        return reply(304) if headers.get("if-none-match") == '"one"' else reply(200, b"x", ETag='"one"')

    server = serve({"/a": answer})
    datasets(f"{server.address}/a")
    list(check_job.check())
    clock(days=7)
    list(check_job.check())
    assert rows()[f"{server.address}/a"].status == 304


def test_a_link_that_no_dataset_names_any_more_is_forgotten(serve, datasets):
    server = serve({"*": OK})
    dataset = datasets(f"{server.address}/old")
    list(check_job.check())
    call_action("package_patch", id=dataset["id"], resources=[{"url": f"{server.address}/new"}])
    list(check_job.check())
    assert states() == {"new": "reached"}


def test_addresses_of_every_kind_are_stored_whole(datasets):
    urls = [
        f"http://nowhere.invalid/{'x' * 6000}",
        "http://nowhere.invalid/ü?q=a b#c",
        "HTTP://USER@nowhere.invalid:81/",
    ]
    datasets(*urls)
    list(check_job.check())
    assert set(rows()) == {url.strip() for url in urls}
    assert {row.host for row in rows().values()} == {"nowhere.invalid"}


def test_the_command_tells_what_became_of_links_and_what_is_left(cli, serve, datasets):
    server = serve({"/a": OK, "/b": reply(404)})
    datasets(f"{server.address}/a", f"{server.address}/b")
    result = cli.invoke(ckan_command, ["opensmartcity", "links", "check"])
    assert result.exit_code == 0, result.output
    assert "1 reached, 1 not reached, 0 not ours to judge, 0 asked us to come back. 0 are still due." in result.stderr


def test_a_command_beside_a_run_says_so_in_one_line(cli, serve, datasets):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    outcomes = check_job.check()
    next(outcomes)
    result = cli.invoke(ckan_command, ["opensmartcity", "links", "check"])
    outcomes.close()
    assert result.exit_code == 1
    assert "Another run is checking links now." in result.stderr
    assert "Traceback" not in result.output


def test_the_job_checks_links_too(serve, datasets):
    server = serve({"/a": OK})
    datasets(f"{server.address}/a")
    check_job.job()
    assert states() == {"a": "reached"}
