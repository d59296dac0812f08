"""City page: numbers that link to their lists, texts for empty states, and no scripts."""

import csv
import io
import json
import re
from html import unescape

import pytest
from ckan.tests import factories
from ckan.tests.helpers import call_action
from freezegun import freeze_time
from support.catalogue import make_catalogue

TODAY = "2026-08-01"


@pytest.fixture(scope="module")
def catalogue(emptied, current_answers):
    """A catalogue that the tests of this module may add to."""
    with freeze_time("2026-06-01"):
        make_catalogue(current_answers, size=20)


@pytest.fixture
def today():
    with freeze_time(TODAY):
        yield


def city(app, language=""):
    return json.loads(app.get(f"{language}/transparency.json").body)


def found(app, address):
    """Return how many records a list says that it has, or the list of a feature has."""
    path = address.removeprefix("http://test.ckan.net")
    if path.startswith("/transparency/"):
        return len(app.get(path, headers={"Accept": "application/json"}).json["datasets"])
    body = app.get(path).body
    number = re.search(r"<h1>\s*(\d+|No) (?:dataset|algorithm)s? found", body)[1]
    return 0 if number == "No" else int(number)


class TestEmpty:
    """The portal before its first record."""

    def test_a_city_without_records_says_so(self, app, emptied):
        body = app.get("/transparency").body
        assert "has not published any record yet" in body
        assert "osc-figure" not in body

    def test_one_empty_organization_changes_nothing(self, app):
        factories.Organization()
        assert "has not published any record yet" in app.get("/transparency").body

    def test_a_city_without_algorithms_says_that_there_is_no_such_record(self, app):
        dataset = factories.Dataset()
        body = app.get("/transparency").body
        assert "There is no such record." in body
        assert "No organisation has" not in body
        call_action("dataset_purge", id=dataset["id"])

    def test_a_city_of_one_organization_has_a_table_of_one_row(self, app):
        dataset = factories.Dataset(owner_org=factories.Organization(title="The only one")["id"])
        part = app.get("/transparency").body.partition('id="osc-organizations-title"')[2].partition("</section>")[0]
        assert part.partition("<tbody")[2].count("<tr") == 1
        assert "The only one" in part
        call_action("dataset_purge", id=dataset["id"])

    def test_the_table_of_an_empty_city_has_no_rows_of_organizations(self, app):
        rows = list(csv.DictReader(io.StringIO(app.get("/transparency.csv").body)))
        assert {row["count"] for row in rows} == {"0"}


@pytest.mark.usefixtures("catalogue", "today")
class TestPage:
    """The page of a city with records of every kind."""

    def test_every_number_leads_to_a_list_with_as_many_records(self, app):
        numbers = [
            (figure[key], figure[address])
            for each in city(app)["characteristics"]
            for figure in each["figures"]
            for key, address in (("count", "list"), ("rest", "rest_list"))
        ]
        assert len(numbers) > 40
        assert [(count, address) for count, address in numbers if found(app, address) != count] == []

    def test_levels_gaps_and_overdue_lead_to_lists_with_as_many_records(self, app):
        shown = city(app)
        levelled = [*shown["organizations"], *shown["records"], *(g for r in shown["records"] for g in r["groups"])]
        rows = [level for each in levelled for level in each["levels"] if level["list"] and each.get("name", 1)]
        rows += [
            gap
            for each in shown["records"]
            for key in ("missing", "unknown", "concerns", "overdue")
            for gap in each[key]
        ]
        assert [(row, found(app, row["list"])) for row in rows if found(app, row["list"]) != row["count"]] == []

    def test_the_list_says_what_its_number_was(self, app):
        body = app.get("/dataset/?ext_figure_rest=owner").body
        assert "Datasets with a responsible organisation" in body
        assert "do not meet it" in body
        assert "osc-list-note" not in app.get("/dataset/").body

    def test_a_list_that_is_not_there_is_a_wrong_request(self, app):
        assert app.get("/dataset/?ext_figure=nothing").status_code == 400

    def test_all_numbers_of_the_json_are_on_the_page(self, app):
        body = app.get("/transparency").body
        for each in city(app)["characteristics"]:
            assert each["label"] in body
            for figure in each["figures"]:
                part = unescape(body).partition(f'id="figure-{figure["id"]}"')[2].partition("</section>")[0]
                assert f"{figure['count']} of {figure['of']}" in part
                assert figure["definition"] in part

    def test_the_page_gives_day_standard_and_what_it_does_not_know(self, app):
        body = app.get("/transparency").body
        assert "1 August 2026" in body
        assert city(app)["standard"]["digest"] in body
        assert "Nobody else has checked them" in body

    @pytest.mark.ckan_config("ckanext.opensmartcity.home_jurisdiction", "")
    def test_without_a_home_the_page_says_what_it_leaves_out(self, app):
        body = app.get("/transparency").body
        assert "Not shown: Datasets kept at home." in body
        assert "figure-home_storage" not in body

    def test_the_table_has_the_numbers_of_the_json(self, app):
        answer = app.get("/transparency.csv")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(answer.body.removeprefix("\ufeff"))))
        figures = {f["id"]: (f["count"], f["of"]) for each in city(app)["characteristics"] for f in each["figures"]}
        parts = {each["id"] for each in city(app)["characteristics"]}
        assert {row["id"]: (int(row["count"]), int(row["of"])) for row in rows if row["part"] in parts} == figures
        assert {row["as_of"] for row in rows} == {TODAY}

    def test_accept_chooses_between_page_and_json(self, app):
        answer = app.get("/transparency", headers={"Accept": "application/json"})
        assert answer.headers["Content-Type"].startswith("application/json")
        assert "Accept" in answer.headers["Vary"]

    def test_navigation_leads_to_the_page(self, app):
        assert 'href="/transparency"' in app.get("/about").body

    def test_the_page_is_light(self, app):
        assert len(app.get("/transparency").body) < 120_000

    def test_an_old_copy_is_kept_until_a_number_or_the_day_changes(self, app):
        tag = app.get("/transparency").headers["ETag"]
        assert app.get("/transparency", headers={"If-None-Match": tag}).status_code == 304
        assert app.get("/nl/transparency", headers={"If-None-Match": tag}).status_code == 200
        assert app.get("/transparency.json", headers={"If-None-Match": tag}).status_code == 200
        with freeze_time("2026-08-02"):
            assert app.get("/transparency", headers={"If-None-Match": tag}).status_code == 200
        factories.Dataset()
        assert app.get("/transparency", headers={"If-None-Match": tag}).status_code == 200

    def test_a_language_that_is_not_shipped_is_english(self, app):
        action = "/api/3/action/governance_city_show"
        assert app.get(f"{action}?lang=is").json["result"] == app.get(action).json["result"]
        assert "lang" in app.get(f"{action}?lang=xx", status=409).json["error"]

    @pytest.mark.parametrize("title", ["<script>alert(1)</script>", "\u202eneddih", "🚲" * 50, "Ä" * 500, "=1+1", " "])
    def test_whatever_an_organization_is_called_is_only_shown(self, app, title):
        organization = factories.Organization(title=title)
        dataset = factories.Dataset(owner_org=organization["id"])
        body = app.get("/transparency").body
        assert "<script>alert" not in body
        row = next(row for row in city(app)["organizations"] if row["name"] == organization["name"])
        assert row["title"] == (title.strip() or organization["name"])
        cells = [row["label"] for row in csv.DictReader(io.StringIO(app.get("/transparency.csv").body))]
        assert not any(cell.startswith("=") for cell in cells)
        call_action("dataset_purge", id=dataset["id"])

    def test_without_a_search_the_page_says_that_nothing_can_be_counted(self, app, ckan_config, monkeypatch):
        monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nowhere")
        answers = [app.get(path) for path in ("/transparency", "/transparency.json", "/transparency.csv")]
        assert [answer.status_code for answer in answers] == [503] * 3
        assert "nothing can be counted now" in answers[0].body
        assert "Traceback" not in answers[0].body


def test_who_logs_in_gets_no_old_copy_of_the_page_but_the_same_numbers(app):
    anonymous, token = app.get("/transparency"), {"Authorization": factories.UserWithToken()["token"]}
    tag = {"If-None-Match": anonymous.headers["ETag"]}
    assert app.get("/transparency", headers=tag | token).status_code == 200
    assert app.get("/transparency.json", headers=token).body == app.get("/transparency.json").body
    assert {"Cookie", "Authorization"} <= set(re.split(", *", anonymous.headers["Vary"]))
