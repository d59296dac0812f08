"""Indicators of the city: equal to an assessment of each record, and to the lists behind them."""

import pytest
from ckan.lib.search import SearchQueryError
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import registry
from freezegun import freeze_time
from support.catalogue import make_catalogue, readings, records

TODAY = "2026-06-01"
FIGURES = sorted(registry.indicators().counted)


@pytest.fixture(scope="module", autouse=True)
def catalogue(emptied, current_answers):
    """One catalogue for all tests of the module, which only read."""
    with freeze_time(TODAY):
        make_catalogue(current_answers)


def figures():
    city = call_action("governance_city_show")
    return {figure["id"]: figure for each in city["characteristics"] for figure in each["figures"]}


def public():
    return records(include_private=False)


@pytest.mark.parametrize("day", [TODAY, "2026-06-20", "2026-08-01"])
def test_every_figure_is_that_of_looking_at_each_public_record(day):
    with freeze_time(day):
        found = readings(public())
        for name, figure in registry.indicators().counted.items():
            counted = [figure.counts(reading) for reading in found]
            expected = sum(right for _, right in counted), sum(among for among, _ in counted)
            assert (figures()[name]["count"], figures()[name]["of"]) == expected, name


def test_every_figure_of_these_tests_has_records_on_both_sides():
    with freeze_time("2026-06-20"):
        counted = {name: figure for name, figure in figures().items() if name in FIGURES}
        assert [name for name, figure in counted.items() if not figure["count"] or not figure["rest"]] == []


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("day", [TODAY, "2026-08-01"])
def test_the_list_behind_a_figure_has_its_records_and_the_other_list_the_others(name, day):
    with freeze_time(day):
        figure = registry.indicators().counted[name]
        asked = {"rows": 1000, "include_private": True, "ext_public": figure.records}
        told = {record["id"]: figure.counts(reading) for record in public() for reading in readings([record])}
        listed = call_action("package_search", ext_figure=name, **asked)
        rest = call_action("package_search", ext_figure_rest=name, **asked)
        assert {each["id"] for each in listed["results"]} == {id for id, (_, right) in told.items() if right}
        assert {each["id"] for each in rest["results"]} == {id for id, (among, right) in told.items() if among > right}
        assert (listed["count"], rest["count"]) == (figures()[name]["count"], figures()[name]["rest"])


def test_the_filter_that_is_told_gives_the_same_count():
    with freeze_time("2026-08-01"):
        # Indicators that a feature counts itself have no filter.
        found = {name: figure for name, figure in figures().items() if figure["filter"]}
        assert found.keys() == figures().keys() & set(FIGURES)
        for name, figure in found.items():
            assert call_action("package_search", fq=figure["filter"], rows=0)["count"] == figure["count"], name
            assert call_action("package_search", fq=figure["rest_filter"], rows=0)["count"] == figure["rest"], name


def test_the_lists_of_what_is_overdue_have_their_counts():
    with freeze_time("2026-08-01"):
        overdue = {
            (kind["type"], each["what"]): each["count"]
            for kind in call_action("governance_city_show")["records"]
            for each in kind["overdue"]
        }
        assert [key for key, count in overdue.items() if not count] == [("algorithm", "disposal")]
        for (kind, what), count in overdue.items():
            asked = {"ext_overdue": what, "ext_public": kind, "include_private": True, "rows": 0}
            assert call_action("package_search", **asked)["count"] == count


@pytest.mark.ckan_config("ckanext.opensmartcity.home_jurisdiction", "")
def test_without_a_home_what_needs_it_is_left_out_and_named():
    city = call_action("governance_city_show")
    left_out = [figure["id"] for each in city["characteristics"] for figure in each["left_out"]]
    assert left_out == ["home_storage", "foreign_access"]
    assert not {"home_storage", "foreign_access"} & figures().keys()
    assert city["home"] is None


def test_every_characteristic_has_two_to_five_figures():
    for each in registry.indicators().characteristics:
        assert 2 <= len(registry.indicators().of(each)) <= 5


def test_organizations_stand_in_the_order_of_their_titles():
    rows = call_action("governance_city_show")["organizations"]
    assert [row["title"] for row in rows] == ["Mobility", "Parks", None]
    assert sum(row["total"] for row in rows) == sum(record["type"] == "dataset" for record in public())


@pytest.mark.parametrize(
    "extras",
    [{"ext_figure": "nothing"}, {"ext_figure_rest": "x" * 500}, {"ext_overdue": "lunch"}, {"ext_public": "resource"}],
)
def test_a_list_that_is_not_there_is_said(extras):
    with pytest.raises(SearchQueryError, match="There is no list"):
        call_action("package_search", **extras)
