"""governance_stats: counts that equal an assessment of each record, on every day, by every dimension."""

from collections import Counter

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib import search
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from freezegun import freeze_time
from support.catalogue import coded, make_catalogue, measured, records

TODAY = "2026-06-01"
# Days before, between and after the review and retention dates in the catalogue.
DAYS = (TODAY, "2026-06-03", "2026-06-20", "2026-08-01", "2028-01-01")
MEASURES = ("levels", "groups", "missing", "unknown", "concerns", "overdue")


@pytest.fixture(scope="module", autouse=True)
def catalogue(emptied, current_answers):
    """One catalogue for all tests of the module, which only read."""
    with freeze_time(TODAY):
        make_catalogue(current_answers)


def measures(row):
    return {name: row[name] for name in MEASURES}


@pytest.mark.parametrize("day", DAYS)
def test_all_counts_are_those_of_looking_at_each_record_on_that_day(day):
    with freeze_time(day):
        matching, stats = records(), call_action("governance_stats")
        assert measures(stats) == measured(matching)
        assert stats["codes"] == coded(matching)
        assert stats["total"] == len(matching)
        assert stats["types"] == Counter(each["type"] for each in matching)
        assert stats["as_of"] == day
        assert stats["index_lag"] == {"records": 0, "stale": False, "outdated": 0, "message": None}


def test_the_catalogue_of_these_tests_has_something_of_everything():
    with freeze_time("2026-08-01"):
        stats = call_action("governance_stats")
    assert all(stats["levels"].values())
    assert all(stats["overdue"].values())
    assert min(len(stats["missing"]), len(stats["concerns"])) > 3
    assert stats["unknown"]


@pytest.mark.parametrize("day", [TODAY, "2026-08-01"])
@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("organization", lambda record: [(record["organization"] or {}).get("name")]),
        ("group", lambda record: [group["name"] for group in record["groups"]] or [None]),
        ("type", lambda record: [record["type"]]),
        ("privacy_class", lambda record: [record.get("privacy_class") or None]),
        ("sovereignty_storage_countries", lambda record: record.get("sovereignty_storage_countries") or [None]),
    ],
)
def test_each_row_of_a_breakdown_counts_its_records(by, key, day):
    with freeze_time(day):
        matching, rows = records(), call_action("governance_stats", by=by)["by"][by]
        parts = {value: [each for each in matching if value in key(each)] for each in matching for value in key(each)}
        assert {row["name"]: measures(row) for row in rows} == {value: measured(part) for value, part in parts.items()}
        assert {row["name"]: row["total"] for row in rows} == {value: len(part) for value, part in parts.items()}


def test_rows_of_organizations_have_their_titles_and_those_without_one_stand_last():
    rows = call_action("governance_stats", by=["organization"])["by"]["organization"]
    assert sorted(row["title"] for row in rows[:-1]) == ["Mobility", "Parks"]
    assert rows[-1]["name"] is rows[-1]["title"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"fq": "vocab_privacy_class:personal"},
        {"fq": "vocab_governance_level:(started OR silent) AND dataset_type:dataset"},
        {"fq": "-vocab_governance_missing:ownership_owner"},
        {"fq": "a_field:nobody"},
        {"q": "cyclists"},
        {"q": "title:*", "fq": "dataset_type:algorithm"},
    ],
)
@pytest.mark.parametrize("day", [TODAY, "2026-08-01"])
def test_queries_narrow_the_count_as_they_narrow_a_search(query, day):
    with freeze_time(day):
        stats, matching = call_action("governance_stats", **query), records(**query)
        assert measures(stats) == measured(matching)
        assert stats["total"] == len(matching)


@pytest.mark.parametrize("no", ["false", False, 0])
def test_private_records_are_left_out_however_no_is_said(no):
    with freeze_time(TODAY):
        matching = [record for record in records() if not record["private"]]
        assert call_action("governance_stats", include_private=no)["total"] == len(matching) < len(records())


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"fq": "{!join from=id to=id}*:*"}, "fq"),
        ({"fq": "title:("}, "fq"),
        ({"fq": "_query_:x"}, "fq"),
        ({"fq": ["a", "b"]}, "fq"),
        ({"q": "title:[a TO"}, "q"),
        ({"by": "organisation"}, "by"),
        ({"by": {"organization": 1}}, "by"),
        ({"by": "organization,nothing"}, "by"),
        ({"by": "password"}, "by"),
        ({"include_private": "perhaps"}, "include_private"),
    ],
)
def test_a_wrong_question_is_refused_by_the_name_of_its_parameter(params, field):
    with pytest.raises(tk.ValidationError) as refusal:
        call_action("governance_stats", **params)
    assert list(refusal.value.error_dict) == [field]
    assert "solr" not in str(refusal.value).lower()


def test_a_mistyped_dimension_is_answered_with_the_nearest_one():
    with pytest.raises(tk.ValidationError, match="Did you mean “organization”"):
        call_action("governance_stats", by="organisation")


def test_a_record_that_the_index_does_not_have_is_said():
    with freeze_time(TODAY):
        lost = factories.Dataset()
        search.clear(lost["id"])
        search.commit()
        lag = call_action("governance_stats")["index_lag"]
        assert (lag["records"], lag["outdated"]) == (1, 0)
        assert "lags behind" in lag["message"]
        call_action("dataset_purge", id=lost["id"])


def test_records_indexed_under_other_options_are_said(monkeypatch, ckan_config):
    with freeze_time(TODAY):
        total = call_action("governance_stats")["total"]
        monkeypatch.setitem(ckan_config, config.REVIEW_MONTHS, 12)
        lag = call_action("governance_stats")["index_lag"]
        assert lag["outdated"] == total
        assert "rebuild the search index" in lag["message"]


def test_a_private_record_changes_no_number_of_who_may_not_see_it(app):
    # On the real day, because a token expires.
    for headers in ({}, {"Authorization": factories.UserWithToken()["token"]}):
        path = "/api/3/action/governance_stats?by=organization,group"
        before = app.get(path, headers=headers).json["result"]
        secret = factories.Dataset(private=True, owner_org=model.Group.all("organization")[0].id)
        assert app.get(path, headers=headers).json["result"] == before
        call_action("package_delete", id=secret["id"])
        assert app.get(path, headers=headers).json["result"] == before
