"""Levels, gaps and concerns in search: filters and counts agree with governance_show on every day."""

from collections import Counter

import ckan.plugins.toolkit as tk
import pytest
from ckan.exceptions import CkanConfigurationException
from ckan.lib.search import SearchError
from ckan.lib.search.common import make_connection
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.search import index_document, query_hooks
from freezegun import freeze_time

pytestmark = pytest.mark.usefixtures("with_request_context")

LEVEL, MISSING, CONCERN = (f"vocab_governance_{name}" for name in ("level", "missing", "concern"))
# Reviews fall due on 1 May 2027; retention periods end on 1 January and 1 June 2027.
DAYS = ("2026-06-01", "2027-01-01", "2027-01-02", "2027-05-02", "2027-06-02")


def facets(*names, **more):
    results = call_action("package_search", **{"facet.field": list(names), "rows": 0, **more})
    return {name: {item["name"]: item["count"] for item in results["search_facets"][name]["items"]} for name in names}


def found(fq, **more):
    return {each["id"] for each in call_action("package_search", fq=fq, rows=1000, **more)["results"]}


@pytest.fixture(scope="module")
def catalogue(emptied, current_answers):
    """Records of every level, some of which change with the date."""
    current = dict(current_answers)
    until = {"retention_type": "until_date", "retention_basis": "Schedule", "retention_disposition": "delete"}
    answers = [
        {},
        current,
        current,
        current | {"governance_review_due": "2026-12-31"},
        current | {"fitness_limits": ""},
        current | {"algorithm_use": "unknown"},
        current | {"license_id": "notspecified"},
        current | until | {"retention_until": "2027-01-01"},
        current | until | {"retention_until": "2027-06-01"},
        current | until | {"retention_until": "2027-05-01"},
        current | until | {"retention_until": "9999-12-31"},
    ]
    # Fixed titles and names: the factory's are random words, and some tests search for words.
    return [
        factories.Dataset(title="Numbers", name=f"numbers-{number}", notes="", **given)["id"]
        for number, given in enumerate(answers)
    ]


@pytest.fixture(params=DAYS)
def today(request):
    with freeze_time(request.param):
        yield request.param


def shown(catalogue):
    return {name: call_action("governance_show", id=name) for name in catalogue}


def counted(records, values):
    return dict(Counter(value for record in records.values() for value in set(values(record))))


VALUES = {
    LEVEL: lambda record: [record["level"]],
    MISSING: lambda record: record["missing"],
    CONCERN: lambda record: [concern["rule"] for concern in record["concerns"]],
    "vocab_governance_unknown": lambda record: record["unknown"],
    "vocab_governance_group_level": lambda record: [f"{group['id']}:{group['level']}" for group in record["groups"]],
}


def test_counts_say_what_the_records_say_on_every_day(catalogue, today):
    records = shown(catalogue)
    assert facets(*VALUES) == {name: counted(records, values) for name, values in VALUES.items()}


@pytest.mark.parametrize("limit", [1, 3])
def test_counts_that_are_cut_off_are_still_right(catalogue, limit):
    with freeze_time("2027-05-02"):
        every = facets(MISSING, LEVEL)
        some = facets(MISSING, LEVEL, **{"facet.limit": limit})
    for name, counts in some.items():
        assert len(counts) == min(limit, len(every[name]))
        assert counts.items() <= every[name].items()
        assert sorted(counts.values()) == sorted(every[name].values())[-limit:]


def test_filters_find_what_the_records_say_on_every_day(catalogue, today):
    records = shown(catalogue)
    for name, values in VALUES.items():
        for value in {value for record in records.values() for value in values(record)}:
            wanted = {key for key, record in records.items() if value in values(record)}
            assert found(f'{name}:"{value}"') == wanted, (name, value)
            assert found(f'-{name}:"{value}"') == set(catalogue) - wanted, (name, value)


@pytest.mark.parametrize(
    ("query", "level"),
    [
        ("vocab_governance_level:current", {"current"}),
        ('vocab_governance_level:"current" +state:active', {"current"}),
        ("vocab_governance_level:(current OR silent)", {"current", "silent"}),
        ('vocab_governance_level:("current" OR "silent")', {"current", "silent"}),
        ("+dataset_type:dataset -vocab_governance_level:(started OR silent OR answered)", {"current"}),
        ("vocab_governance_level:[* TO *]", {"current", "started", "answered", "silent"}),
        ("vocab_governance_level:cur*", {"current"}),
        ("vocab_governance_level:(c* AND *t)", {"current"}),
        ("(vocab_governance_level:current OR vocab_governance_level:silent) AND state:active", {"current", "silent"}),
    ],
)  # fmt: skip
@freeze_time("2027-01-02")
def test_filters_may_be_written_as_solr_allows(catalogue, query, level):
    records = shown(catalogue)
    assert found(query) == {key for key, record in records.items() if record["level"] in level}
    assert {each["id"] for each in call_action("package_search", q=query, rows=1000)["results"]} == found(query)
    assert {each["id"] for each in call_action("package_search", fq_list=[query], rows=1000)["results"]} == found(query)


def test_dates_are_filters(catalogue):
    assert len(found("governance_review_date:[2026-12-01T00:00:00Z TO 2027-01-01T00:00:00Z]")) == 1
    assert len(found("retention_due_date:[* TO 2027-05-31T00:00:00Z]")) == 2


@pytest.mark.parametrize("words", ["owner", "privacy", "silent", "current", "open", "personal", "started", "fitness"])
def test_who_searches_for_words_finds_no_codes(catalogue, words):
    assert call_action("package_search", q=words)["count"] == 0


def test_answers_in_words_and_reasons_are_found():
    reason = {"privacy_purpose": {"state": "not_applicable", "reason": "Hippopotamus regulation"}}
    made = factories.Dataset(fitness_purpose="Counting flamingos", governance_declared=reason)["id"]
    for words in ("flamingos", "hippopotamus"):
        assert found("", q=words) == {made}
    call_action("package_delete", id=made)


def test_rows_give_codes_to_who_asks_for_them(catalogue):
    rows = call_action("package_search", fl="id,vocab_governance_level,vocab_privacy_class", rows=100)["results"]
    assert {"vocab_governance_level": ["current"], "vocab_privacy_class": ["non_personal"]}.items() <= next(
        row for row in rows if row["id"] == catalogue[1]
    ).items()


def labels(name):
    facet = call_action("package_search", **{"facet.field": [name], "rows": 0})["search_facets"][name]
    return {item["name"]: item["display_name"] for item in facet["items"]}


def test_values_are_said_in_words(catalogue):
    assert labels(LEVEL)["silent"] == "Answers: none"
    assert labels("vocab_governance_group_level")["fitness:started"] == "Fitness for use – Answers: begun"
    assert labels(MISSING)["ownership_owner"] == "Accountable organisation"
    assert labels(CONCERN)["OSC-015"].endswith(" (OSC-015)")
    assert labels("vocab_sovereignty_jurisdictions") == {"NL": "Netherlands", "EU": "European Union"}
    assert labels("vocab_privacy_class") == {"non_personal": "Not about people"}


def test_a_code_that_is_no_longer_known_is_shown_as_it_is(catalogue, monkeypatch):
    old = factories.Dataset(privacy_class="personal")["id"]
    vocabularies = query_hooks.config.standard().vocabularies
    kept = {code: value for code, value in vocabularies["privacy_class"].codes.items() if code != "personal"}
    monkeypatch.setitem(vocabularies["privacy_class"].__dict__, "codes", kept)
    assert labels("vocab_privacy_class")["personal"] == "personal"
    call_action("package_delete", id=old)


def test_a_facet_that_is_none_stops_the_start_and_names_the_nearest(monkeypatch):
    monkeypatch.setitem(tk.config, "ckanext.opensmartcity.facets", ["vocab_privacy_klass"])
    with pytest.raises(CkanConfigurationException, match=r"'vocab_privacy_klass'.*did you mean 'vocab_privacy_class'"):
        query_hooks.check()


def test_a_facet_in_quotes_or_of_another_plugin_is_left_alone(catalogue):
    assert found('title:"vocab_privacy_class:non_personal"') == set()
    assert found("vocab_of_another_plugin:non_personal") == set()


@pytest.mark.parametrize(
    "query",
    [
        "vocab_governance_level:(current",
        'vocab_governance_level:"current',
        "vocab_governance_level:current)",
        "(" * 8000 + "vocab_governance_level:current",
        "(" * 8000 + "vocab_governance_level:current" + ")" * 8000,
        "vocab_governance_missing:/.*/",
        "vocab_governance_missing:ownership_owner~1",
        "{!func}vocab_governance_level:current",
        "{!edismax qf=vocab_governance_level}current",
        '_query_:"vocab_governance_level:current"',
    ],
    ids=lambda query: query[:40] + query[-10:],
)
@pytest.mark.parametrize("parameter", ["q", "fq"])
def test_a_query_with_a_mistake_is_refused_not_answered(catalogue, query, parameter):
    with pytest.raises(SearchError):
        call_action("package_search", **{parameter: query})
    with pytest.raises(tk.ValidationError) as refused:
        call_action("governance_stats", **{parameter: query})
    assert list(refused.value.error_dict) == [parameter]


def test_whoever_looks_into_solr_reads_the_codes(catalogue):
    """Field names and values of the stock schema's catch-all fields, as docs/administrators.md shows them."""

    def ids(query):
        rows = make_connection().search("*:*", fq=query, fl="id", rows=1000)
        return {row["id"] for row in rows}.intersection(catalogue)

    with freeze_time("2026-06-01"):
        records = shown(catalogue)
    plain = {
        "governance_level:current": lambda record: record["level"] == "current",
        "governance_level.fitness:started": lambda record: (
            {"id": "fitness", "level": "started"}.items()
            <= next(group for group in record["groups"] if group["id"] == "fitness").items()
        ),
        "governance_gap.ownership_owner:missing": lambda record: "ownership_owner" in record["missing"],
        "governance_gap.algorithm_use:unknown": lambda record: "algorithm_use" in record["unknown"],
    }
    for query, holds in plain.items():
        assert ids(query) == {key for key, record in records.items() if holds(record)}, query
    answered = ids("privacy_class:non_personal")
    assert answered == ids('sovereignty_jurisdictions:"EU NL"') == ids("sovereignty_jurisdictions.NL:true")
    assert answered == ids("governance_answer.privacy_class:answered") == set(catalogue[1:])
    stored = [row for row in make_connection().search("*:*", fl="*", rows=1000) if row["id"] in catalogue]
    assert not [name for row in stored for name in row if name.startswith(("extras_privacy_class", "vocab_privacy"))]


@freeze_time("2026-06-01")
def test_extras_with_names_of_index_fields_change_no_filter_and_no_count(current):
    names = ("governance_first_turn_date", "governance_level", "governance_level_late", "governance_review_date")
    extras = [{"key": name, "value": "2020-01-01T00:00:00Z"} for name in (*names, "governance_gap.ownership_owner")]
    made = factories.Dataset(title="Extras", extras=extras, **current)["id"]
    assert found(f"{LEVEL}:current", q="extras") == {made}
    assert found(f"{LEVEL}:[* TO *]", q="extras", **{"facet.field": [LEVEL]}) == {made}
    assert facets(LEVEL, MISSING, q="extras") == {LEVEL: {"current": 1}, MISSING: {}}
    assert call_action("governance_stats", q="extras")["overdue"] == {"review": 0, "disposal": 0}
    call_action("package_delete", id=made)


def test_an_index_from_before_the_plugin_breaks_nothing(monkeypatch, app, current):
    with monkeypatch.context() as before:
        before.setattr(index_document, "index_answers", lambda document: document)
        old = factories.Dataset(title="From before")
    body = app.get("/dataset/?q=before").body
    assert "From before" in body
    assert "osc-level-silent" in body
    assert app.get("/dataset/?vocab_governance_level=silent&q=before").status_code == 200
    call_action("package_delete", id=old["id"])


def test_private_records_are_neither_found_nor_counted_but_by_who_may_read_them(catalogue):
    member = factories.User()
    owner = factories.Organization(users=[{"name": member["name"], "capacity": "member"}])
    hidden = factories.Dataset(owner_org=owner["id"], private=True)["id"]
    context = {"user": member["name"], "ignore_auth": False}
    anonymous = {"user": "", "ignore_auth": False}

    def seen(context):
        asked = {"facet.field": [LEVEL, MISSING], "include_private": True, "fq": f"{LEVEL}:silent", "rows": 1000}
        answer = call_action("package_search", context=dict(context), **asked)
        silent = [item["count"] for item in answer["search_facets"][LEVEL]["items"] if item["name"] == "silent"]
        missing = [item["count"] for item in answer["search_facets"][MISSING]["items"]]
        return {each["id"] for each in answer["results"]}, silent, max(missing)

    with freeze_time("2027-05-02"):
        assert seen(anonymous) == ({catalogue[0]}, [1], 1)
        assert seen(context) == ({catalogue[0], hidden}, [2], 2)
    call_action("package_delete", id=hidden)
