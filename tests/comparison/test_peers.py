"""Other cities: fetched by a command, kept, shown side by side; whatever a peer does, the page stands."""

import json
from datetime import datetime, timedelta, timezone

import pytest
import trustme
from ckan import model
from ckan.cli.cli import ckan as ckan_command
from ckan.exceptions import CkanConfigurationException
from ckan.lib.search import SearchError
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.comparison import fetch_job, reader
from ckanext.opensmartcity.comparison.model import peer
from ckanext.opensmartcity.exchange.city_indicators import city_schema_text, parse_city
from ckanext.opensmartcity.governance import http_identity
from ckanext.opensmartcity.http_client import Limits, errors
from jsonschema import Draft202012Validator
from support.catalogue import make_catalogue
from support.misbehaving_server import drip, drip_body, hang, huge, nothing, reply, tls_context
from support.other_cities import CITY, StockServer, answer, stock
from support.query_budget import counted

FETCHER = http_identity.fetcher
pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture(scope="module")
def catalogue(emptied, current_answers):
    make_catalogue(current_answers, size=6)


@pytest.fixture(autouse=True)
def quick(monkeypatch, catalogue):
    monkeypatch.setattr(fetch_job, "fetcher", lambda: FETCHER(Limits(2, 1.5, 3)))
    monkeypatch.setattr(reader, "MOST_BYTES", 200_000)
    monkeypatch.setattr(fetch_job, "MOST_BYTES", 200_000)


@pytest.fixture
def clock(monkeypatch):
    moment = [datetime(2026, 6, 1, 12, tzinfo=timezone.utc)]
    monkeypatch.setattr(fetch_job, "_now", lambda: moment[0])

    def move(**distance):
        moment[0] += timedelta(**distance)

    return move


@pytest.fixture
def fetch(ckan_config):
    """A function that fetches these peers."""

    def run(*urls):
        ckan_config["ckanext.opensmartcity.peers"] = list(urls)
        return dict(fetch_job.fetch())

    return run


def compare():
    return call_action("governance_compare_show")


def figure(compared, name):
    found = [each for part in compared["characteristics"] for each in part["figures"]] + compared["derived"]
    return next((each for each in found if each["id"] == name), None)


def test_our_own_figures_have_the_form_that_we_publish(app):
    for path in ("/transparency.json", "/nl/transparency.json"):
        city = json.loads(app.get(path).body)
        Draft202012Validator(json.loads(city_schema_text())).validate(city)
        assert parse_city(app.get(path).body.encode())["total"] == city["total"]


def test_the_schema_is_published(app):
    found = app.get("/transparency/city.schema.json")
    assert found.headers["Content-Type"] == "application/schema+json"
    assert found.body == city_schema_text()


def test_a_peer_stands_beside_us_with_its_day_and_its_version(app, serve, fetch):
    server = serve({"/transparency.json": answer(CITY)})
    assert fetch(server.address) == {server.address: None}
    compared = compare()
    ours, theirs = compared["cities"]
    assert (ours["own"], ours["state"], theirs["name"], theirs["state"]) == (
        True,
        "current",
        "Noorderhaven <b>",
        "current",
    )
    assert (theirs["as_of"], theirs["standard"]["version"], theirs["kind"]) == ("2026-05-30", "1.0.0", "opensmartcity")
    own = next(
        f
        for each in call_action("governance_city_show")["characteristics"]
        for f in each["figures"]
        if f["id"] == "owner"
    )
    assert figure(compared, "owner")["values"] == [
        {"count": own["count"], "of": own["of"], "definition": None},
        {"count": 17, "of": 23, "definition": None},
    ]
    body = app.get("/transparency/compare").body
    assert "17 of 23" in body
    assert "30 May 2026" in body
    assert "Noorderhaven &lt;b&gt;" in body


def test_what_is_counted_differently_there_is_said_and_what_is_not_ours_is_left(app, serve, fetch):
    fetch(serve({"/transparency.json": answer(CITY)}).address)
    assert figure(compare(), "contact")["values"][1]["definition"] == "Any <i>phone</i> counts."
    assert "Any &lt;i&gt;phone&lt;/i&gt; counts." in app.get("/transparency/compare").body
    assert figure(compare(), "theirs") is None
    assert figure(compare(), "mandate")["values"][1] is None


def test_our_definition_in_another_language_is_no_other_definition(app, fetch, serve):
    dutch = json.loads(app.get("/nl/transparency.json").body)
    fetch(serve({"/transparency.json": answer(dutch)}).address)
    found = [each for part in compare()["characteristics"] for each in part["figures"]]
    assert [each["values"][1]["definition"] for each in found if each["values"][1]["definition"]] == []


def test_a_portal_without_the_plugin_gives_what_is_derived(app, serve, fetch):
    server = serve(StockServer(*stock()))
    assert fetch(server.address) == {server.address: None}
    compared = compare()
    theirs = compared["cities"][1]
    assert (theirs["kind"], theirs["standard"], theirs["total"], theirs["name"]) == ("ckan", None, 50, "Old portal")
    values = {each["id"]: each["values"][1] for each in compared["derived"]}
    assert {name: (value["count"], value["of"]) for name, value in values.items()} == {
        "derived_formats": (7, 50),
        "derived_licences": (30, 50),
        "derived_owners": (48, 50),
        "derived_changed": (12, 50),
    }
    formats = next(path for _, path, _ in server.requests if "%2Bres_format" in path)
    assert "%22CSV%22+OR+%22GeoJSON%22" in formats
    assert "PDF" not in formats
    assert figure(compared, "owner")["values"][1] is None
    assert "These numbers are derived" in app.get("/transparency/compare").body


def test_our_own_derived_numbers_are_those_of_our_search(fetch):
    fetch()
    values = {each["id"]: each["values"][0] for each in compare()["derived"]}
    total = call_action("package_search", fq="dataset_type:dataset", rows=0)["count"]
    assert {value["of"] for value in values.values()} == {total}
    assert values["derived_changed"]["count"] == total
    owned = call_action("package_search", fq="+dataset_type:dataset +organization:[* TO *]", rows=0)["count"]
    assert 0 < values["derived_owners"]["count"] == owned < total


def html(connection, method, headers):
    return reply(200, b"<!doctype html><p>Welcome", Content_Type="text/html")


MISBEHAVING = {
    "slow": ({"*": hang}, errors.TIMEOUT),
    "drip": ({"*": drip}, errors.TIMEOUT),
    "drip-body": ({"*": drip_body}, errors.TIMEOUT),
    "huge": ({"*": huge}, errors.TOO_LARGE),
    "empty": ({"*": nothing}, errors.BROKEN),
    "html": ({"*": html}, errors.NOT_JSON),
    "broken": ({"*": reply(500)}, errors.STATUS),
    "busy": ({"*": reply(429)}, errors.WAIT),
    "nobody": ({"*": reply(404)}, errors.NOT_FOUND),
    "lie": ({"*": answer(CITY | {"total": -5})}, errors.FORM),
    "array": ({"*": answer([])}, errors.FORM),
    "deep": ({"*": reply(200, b"[" * 100_000)}, errors.NOT_JSON),
    "loop": ({"*": reply(302, Location="/again")}, errors.REDIRECTS),
    "false": ({"/transparency.json": reply(404), "*": answer({"success": False})}, errors.NOT_FOUND),
    "strange": (
        {"/transparency.json": reply(404), "*": answer({"success": True, "result": {"count": "many"}})},
        errors.NOT_FOUND,
    ),
}


def test_each_misbehaving_peer_is_said_and_none_breaks_the_page_or_the_others(app, serve, fetch, trap, ckan_config):
    expected = {}
    for script, problem in MISBEHAVING.values():
        expected[serve(script).address] = problem
    expected[serve({"*": reply(302, Location=f"http://127.0.0.1:{trap.port}/")}).address] = errors.PRIVATE
    expected[f"http://127.0.0.1:{trap.port}"] = errors.PRIVATE
    secure = serve({"*": answer(CITY)}, tls_context(trustme.CA(), "localhost"))
    expected[secure.address] = errors.TLS
    expected["http://localhost:1"] = errors.PRIVATE
    ckan_config["ckanext.opensmartcity.fetch_inside"] += ["localhost:1"]
    expected["http://localhost:1"] = errors.CONNECT
    expected["http://nowhere.invalid"] = errors.DNS
    good = serve({"/transparency.json": answer(CITY)}).address
    assert fetch(*expected, good) == expected | {good: None}
    assert trap.connections() == 0
    body = app.get("/transparency/compare").body
    for city in compare()["cities"][1:-1]:
        assert (city["state"], city["problem"]) == ("failed", expected[city["url"]])
        assert city["message"] in body
    assert body.count("Could not be read since") == len(expected)
    assert "17 of 23" in body
    assert "Traceback" not in body


def test_what_was_read_before_stays_with_its_day_and_since_when_it_is_old(app, serve, fetch, clock):
    script = {"/transparency.json": answer(CITY)}
    server = serve(script)
    fetch(server.address)
    clock(days=1)
    script["/transparency.json"] = reply(500)
    fetch(server.address)
    clock(days=1)
    fetch(server.address)
    city = compare()["cities"][1]
    assert (city["state"], city["failing_since"][:10], city["tried_at"][:10]) == ("earlier", "2026-06-02", "2026-06-03")
    assert figure(compare(), "owner")["values"][1]["count"] == 17
    assert (
        "Could not be read since 2 June 2026. These numbers are from before that date."
        in app.get("/transparency/compare").body
    )
    script["/transparency.json"] = answer(CITY)
    fetch(server.address)
    assert (compare()["cities"][1]["state"], compare()["cities"][1]["failing_since"]) == ("current", None)


def test_a_city_that_is_no_longer_compared_with_is_forgotten(serve, fetch):
    fetch(serve({"/transparency.json": answer(CITY)}).address)
    fetch()
    assert [city["own"] for city in compare()["cities"]] == [True]
    assert model.Session.query(peer).count() == 1


def test_before_the_first_fetch_and_without_cities_the_page_says_so(app, ckan_config):
    assert "has not been told of other cities yet" in app.get("/transparency/compare").body
    ckan_config["ckanext.opensmartcity.peers"] = ["https://data.city.example"]
    body = app.get("/transparency/compare").body
    assert body.count("No numbers yet.") == 1
    assert "https://data.city.example" in body


def test_before_the_first_fetch_our_own_figures_are_those_of_the_city_page(fetch, ckan_config):
    ckan_config["ckanext.opensmartcity.peers"] = ["https://data.city.example"]
    shown = {
        each["id"]: (each["count"], each["of"])
        for part in call_action("governance_city_show")["characteristics"]
        for each in part["figures"]
    }
    compared = compare()
    own, other = compared["cities"]
    assert (own["state"], other["state"]) == ("current", "waiting")
    values = {each["id"]: each["values"] for part in compared["characteristics"] for each in part["figures"]}
    assert {name: (value["count"], value["of"]) for name, (value, _) in values.items()} == shown
    before = [each["values"][0] for each in compared["derived"]]
    fetch()
    assert [each["values"][0] for each in compare()["derived"]] == before != []


def test_without_a_search_our_own_figures_are_not_there_and_the_page_is(app, monkeypatch):
    def fail(params):
        raise SearchError("down")

    monkeypatch.setattr(fetch_job, "derive", lambda search, today: fail(search))
    assert "No numbers yet." in app.get("/transparency/compare").body


def test_the_page_is_made_of_what_is_kept(app, serve, fetch, monkeypatch):
    server = serve({"/transparency.json": answer(CITY)})
    fetch(server.address)
    asked = len(server.requests)
    app.get("/transparency/compare")
    for path in ("/transparency/compare", "/nl/transparency/compare", "/transparency/compare.json"):
        model.Session.remove()
        with counted(monkeypatch) as calls:
            app.get(path)
        assert sum("opensmartcity" in statement for statement in calls.sql) == 1, str(calls)
        assert (len(calls.sql) <= 2, calls.solr) == (True, []), str(calls)
    assert len(server.requests) == asked


def test_who_has_the_comparison_already_is_told_so(app, serve, fetch):
    fetch(serve({"/transparency.json": answer(CITY)}).address)
    tag = app.get("/transparency/compare").headers["ETag"]
    assert app.get("/transparency/compare", headers={"If-None-Match": tag}).status_code == 304
    assert app.get("/nl/transparency/compare", headers={"If-None-Match": tag}).status_code == 200
    fetch()
    assert app.get("/transparency/compare", headers={"If-None-Match": tag}).status_code == 200


def test_the_command_says_what_became_of_each(cli, serve, ckan_config):
    good, bad = serve({"/transparency.json": answer(CITY)}), serve({"*": reply(500)})
    ckan_config["ckanext.opensmartcity.peers"] = [good.address, bad.address]
    result = cli.invoke(ckan_command, ["opensmartcity", "peers", "fetch"])
    assert result.exit_code == 0, result.output
    assert f"{good.address}: fetched" in result.output
    assert f"{bad.address}: It answers with an error." in result.output


def test_the_job_fetches_too(serve, ckan_config):
    ckan_config["ckanext.opensmartcity.peers"] = [serve({"/transparency.json": answer(CITY)}).address]
    fetch_job.job()
    assert compare()["cities"][1]["state"] == "current"


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("peers", ["ftp://data.city.example"], "is not a web address without a password"),
        ("peers", ["https://user:secret@data.city.example"], "is not a web address without a password"),
        ("fetch_inside", ["10.0.0.1/8"], "is neither a network"),
        ("link_seconds", -1, "must be 0 or more"),
        ("link_days", 0, "must be 1 or more"),
        ("link_host_limit", 0, "must be 1 or more"),
    ],
)
def test_an_option_without_meaning_stops_the_start(ckan_config, option, value, reason):
    ckan_config[f"ckanext.opensmartcity.{option}"] = value
    with pytest.raises(CkanConfigurationException, match=reason):
        config.check()
