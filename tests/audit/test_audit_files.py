"""Exports: the rows of the action as streamed files that can be resumed."""

import csv
import gzip
import io
import json

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.audit import scroll
from ckanext.opensmartcity.audit.export import Export, read_export, write
from ckanext.opensmartcity.exchange.table_writer import END, JsonLinesWriter
from freezegun import freeze_time
from support.catalogue import make_catalogue

TODAY = "2026-08-01"


@pytest.fixture(scope="module", autouse=True)
def catalogue(emptied, current_answers):
    """One catalogue for all tests of the module, which do not change it."""
    with freeze_time("2026-06-01"):
        make_catalogue(current_answers, size=24)


@pytest.fixture(autouse=True)
def today(catalogue):
    with freeze_time(TODAY):
        yield


def listed(**params):
    return call_action("governance_audit", {"user": "", "ignore_auth": False}, limit=1000, **params)["rows"]


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def cells(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def whole(answer):
    """Return a response after reading all of it, because files are streamed."""
    assert answer.data
    return answer


def export(size=5, **params):
    """Return an export in small pages."""
    made = read_export("", params)
    return Export(made.audit, made.user, made.mark, size)


def test_json_lines_are_the_rows_of_the_action(app):
    answer = app.get("/transparency/audit.jsonl")
    rows = lines(answer.body)
    assert [{key: value for key, value in row.items() if key != "cursor"} for row in rows] == listed()
    assert [row.get("cursor") for row in rows] == [None] * (len(rows) - 1) + [END]
    assert answer.headers["Content-Type"].startswith("application/jsonl")
    assert 'filename="audit-2026-08-01.jsonl"' in answer.headers["Content-Disposition"]


def test_the_table_has_the_rows_of_the_action(app):
    shown = cells(app.get("/transparency/audit.csv").body)
    assert [(row["id"], row["level"], row["level_privacy"], row["missing"]) for row in shown] == [
        (row["id"], row["level"], row["groups"].get("privacy", ""), "; ".join(row["missing"])) for row in listed()
    ]
    assert shown[-1]["cursor"] == END


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_file_is_compressed_on_the_way_or_to_stay(app, form):
    plain = app.get(f"/transparency/audit.{form}").data
    on_the_way = whole(app.get(f"/transparency/audit.{form}", headers={"Accept-Encoding": "gzip"}))
    to_stay = whole(app.get(f"/transparency/audit.{form}.gz"))
    assert (on_the_way.headers["Content-Encoding"], to_stay.headers.get("Content-Encoding")) == ("gzip", None)
    assert to_stay.headers["Content-Type"] == "application/gzip"
    assert gzip.decompress(on_the_way.data) == gzip.decompress(to_stay.data) == plain
    assert "Accept-Encoding" in on_the_way.headers["Vary"]


def test_words_are_in_the_language_of_the_address_or_of_the_parameter(app):
    english, dutch = app.get("/transparency/audit.jsonl").body, app.get("/nl/transparency/audit.jsonl").body
    assert english != dutch == app.get("/transparency/audit.jsonl?lang=nl").body


@pytest.mark.parametrize(
    "params", [{"level": "silent,started"}, {"overdue": "review"}, {"fq": "dataset_type:algorithm"}]
)
def test_filters_are_those_of_the_action(app, params):
    rows = lines(app.get("/transparency/audit.jsonl", query_string=params).body)
    assert [row["id"] for row in rows] == [row["id"] for row in listed(**params)] != []


def test_an_export_of_nothing_is_a_table_of_nothing(app):
    params = {"fq": "dataset_type:algorithm", "missing": "fitness_limits"}
    assert cells(app.get("/transparency/audit.csv", query_string=params).body) == []
    assert app.get("/transparency/audit.jsonl", query_string=params).body == ""


@pytest.mark.parametrize("size", [1, 5, 29, 1000])
def test_whatever_the_size_of_its_pages_an_export_is_the_same(size):
    rows = [row.as_dict() for row in export(size).rows()]
    assert [row["id"] for row in rows] == [row["id"] for row in listed()]
    assert rows[-1]["cursor"] == END


def test_an_export_that_broke_off_goes_on_where_its_last_cursor_stands(app):
    rows = list(export().rows())
    broken = rows[:13]
    kept = max(number for number, row in enumerate(broken) if row.cursor) + 1
    for form, read in (("jsonl", lines), ("csv", cells)):
        rest = app.get(f"/transparency/audit.{form}", query_string={"cursor": rows[kept - 1].cursor}).body
        head = "" if form == "jsonl" else app.get("/transparency/audit.csv").body.partition("\n")[0] + "\n"
        ids = [row.record["id"] for row in rows[:kept]] + [row["id"] for row in read(head + rest)]
        assert ids == [row["id"] for row in listed()], form


def test_an_export_goes_on_with_a_cursor_of_the_action_too(app):
    cursor = call_action("governance_audit", {"user": "", "ignore_auth": False}, limit=4)["next_cursor"]
    rows = lines(app.get("/transparency/audit.jsonl", query_string={"cursor": cursor}).body)
    assert [row["id"] for row in rows] == [row["id"] for row in listed()[4:]]


def test_an_export_reads_no_further_ahead_than_one_page(monkeypatch):
    calls, page = [], scroll.page
    monkeypatch.setattr(scroll, "page", lambda *args, **options: calls.append(1) or page(*args, **options))
    parts = write(export(2).pages(), JsonLinesWriter())
    next(parts)
    for number in range(1, 5):
        next(parts)
        assert len(calls) <= number + 2
    parts.close()


def test_who_loses_the_right_to_see_a_record_while_an_export_goes_on_does_not_get_it():
    user = factories.User()
    owner = factories.Organization(users=[{"name": user["name"], "capacity": "member"}])
    secret = [factories.Dataset(owner_org=owner["id"], private=True)["id"] for _ in range(8)]
    made = read_export(user["name"], {"organization": owner["name"]})
    pages = Export(made.audit, made.user, made.mark, size=2, renew_after=0).pages()
    seen = [row.record["id"] for row in next(pages)]
    by = {"user": factories.Sysadmin()["name"]}
    call_action("organization_member_delete", by, id=owner["id"], username=user["name"])
    seen += [row.record["id"] for page in pages for row in page]
    # Two pages were fetched before.
    assert 2 <= len(seen) <= 6
    for each in secret:
        call_action("dataset_purge", id=each)


def test_the_manifest_says_what_there_is_and_by_what_it_can_be_cited(app, standard):
    told = app.get("/transparency/audit.json?level=silent,started").json
    rows = listed(level="silent,started")
    assert told["total"] == len(rows) == sum(told["levels"].values())
    assert told["levels"]["current"] == 0
    assert told["as_of"] == TODAY
    assert told["standard"]["version"] == standard.version
    assert told["filters"] == {"level": ["silent", "started"]}
    assert told["checkpoint"] is None
    assert told["index_lag"]["message"] is None
    for form in ("csv", "jsonl"):
        there = whole(app.get(told["files"][form].removeprefix("http://test.ckan.net")))
        assert len((cells if form == "csv" else lines)(there.body)) == len(rows)
        assert 'rel="describedby"' in there.headers["Link"]
        described = there.headers["Link"].partition(">")[0].removeprefix("<http://test.ckan.net")
        assert app.get(described).json["total"] == len(rows)


@pytest.mark.parametrize("page", ["audit.csv", "audit.jsonl.gz", "audit.json"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("level=x", "level"),
        ("level=silent&level=current", "level"),
        ("fq={!join from=id to=id}*:*", "fq"),
        ("q=title:[a", "q"),
        ("limit=10", "limit"),
        ("levle=silent", "levle"),
        ("cursor=abc", "cursor"),
        ("lang=xx", "lang"),
        ('organization=" OR *:*', "organization"),
    ],
)
def test_a_wrong_question_is_refused_by_the_name_of_its_parameter(app, page, query, field):
    answer = app.get(f"/transparency/{page}?{query}")
    assert answer.status_code == 400
    assert set(answer.json["error"]) == {"__type", field}
    assert answer.json["success"] is False


@pytest.mark.parametrize("page", ["audit.csv", "audit.jsonl", "audit.csv.gz", "audit.json"])
def test_without_a_search_an_export_says_so(app, ckan_config, monkeypatch, page):
    monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nowhere")
    answer = app.get(f"/transparency/{page}")
    assert answer.status_code == 503
    assert "does not answer" in answer.json["error"]["message"]
    assert int(answer.headers["Retry-After"]) > 0


def test_another_format_is_not_there(app):
    assert app.get("/transparency/audit.xlsx").status_code == 404


@pytest.mark.parametrize("title", ["=1+1", "@SUM(A1)", "-2", "\u202eneddih", "🚲", "Ä" * 90, 'a"b;c,d'])
def test_whatever_a_record_is_called_the_table_holds_it_and_it_does_not_run(app, title):
    made = factories.Dataset(title=title)
    (row,) = cells(app.get("/transparency/audit.csv", query_string={"fq": f"id:{made['id']}"}).body)
    assert row["title"] in (title, f"'{title}")
    assert not row["title"].startswith(("=", "+", "-", "@"))
    call_action("dataset_purge", id=made["id"])


def test_no_connection_to_the_database_is_held_while_a_file_is_sent():
    pages = export(2).pages()
    next(pages)
    assert not model.Session.registry.has()
    pages.close()
