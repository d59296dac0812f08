"""Values that exceed Solr's limits are stored and found, and never break a save, an import or a rebuild."""

import pytest
from ckan.lib.search import rebuild
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.search.term_limit import MAX_TERM_BYTES, enforce_limits

BOUNDARY = '{"type":"Polygon","coordinates":[' + ",".join("[4.123456,52.123456]" for _ in range(2000)) + "]}"
PROSE = "hippopotamus lineage " * 2000
EMOJI = "🚲" * 9000


@pytest.mark.parametrize("value", [BOUNDARY, PROSE, EMOJI, "x" * MAX_TERM_BYTES, "x" * (MAX_TERM_BYTES + 1)])
@pytest.mark.parametrize("key", ["spatial", "lineage"])
def test_a_long_extra_is_kept_and_its_record_is_found(key, value):
    made = factories.Dataset(extras=[{"key": key, "value": value}])
    rebuild(made["id"])
    found = call_action("package_search", fq=f'+id:"{made["id"]}"')["results"]
    assert [each["extras"] for each in found] == [[{"key": key, "value": value}]]
    call_action("package_patch", id=made["id"], title="Changed")
    assert call_action("package_search", fq=f'+id:"{made["id"]}"')["results"][0]["title"] == "Changed"


def test_words_of_a_long_extra_are_found():
    made = factories.Dataset(extras=[{"key": "lineage", "value": PROSE.replace("hippopotamus", "quagga")}])
    assert [each["id"] for each in call_action("package_search", q="quagga")["results"]] == [made["id"]]


@pytest.mark.parametrize(
    "values",
    [
        {"url": f"https://city.example/{'a' * 40_000}"},
        {"title": "Title " * 8000},
        {"author": "A" * 40_000},
        {"resources": [{"url": f"https://city.example/{'b' * 40_000}", "name": "n" * 40_000, "format": "F" * 40_000}]},
        {"extras": [{"key": "k" * 50, "value": "v" * 40_000}, {"key": "_version_", "value": "7"}]},
        {"extras": [{"key": name, "value": "many"} for name in ("views_total", "resources_accessed_recent")]},
        {"fitness_purpose": "Ω" * 7999, "fitness_standards": ["§" * 7999] * 99},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_long_value_of_any_field_does_not_break_the_index(values):
    made = factories.Dataset(**values)
    assert call_action("package_search", fq=f'+id:"{made["id"]}"')["count"] == 1


def test_exactly_the_values_that_do_not_fit_are_left_out():
    fits, long = "é" * (MAX_TERM_BYTES // 2), "é" * (MAX_TERM_BYTES // 2 + 1)
    document = {"a": fits, "b": long, "res_url": [fits, long, "short"], "extras_b": long, "notes": long, "count": 3}
    enforce_limits(document)
    assert document == {"a": fits, "res_url": [fits, "short"], "extras_b": long, "notes": long, "count": 3}
