"""governance_audit: rows that equal an assessment of each record, cursors without gaps or duplicates, clear errors."""

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.lib import search
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.standard import assess, language
from freezegun import freeze_time
from support.catalogue import make_catalogue, records
from support.roles import assert_private_changes_are_invisible

TODAY = "2026-06-01"
# Days before, between and after the review and retention dates in the catalogue.
DAYS = (TODAY, "2026-06-03", "2026-06-20", "2026-08-01", "2028-01-01")


@pytest.fixture(scope="module", autouse=True)
def catalogue(emptied, current_answers):
    """One catalogue for all tests of the module, which do not change it."""
    with freeze_time(TODAY):
        make_catalogue(current_answers)


def walk(limit=7, **params):
    """Return the rows of all pages, and the pages."""
    rows, pages, cursor = [], [], None
    while not pages or cursor:
        page = call_action("governance_audit", limit=limit, **params, **({"cursor": cursor} if cursor else {}))
        rows += page["rows"]
        pages.append(page)
        cursor = page["next_cursor"]
    return rows, pages


def expected_row(record, lang="en"):
    """Return the row of a record by assessing it."""
    assessment, say = assess(config.standard(), record, config.settings()), language(lang).translate
    dates = assessment.dates
    overdue = [("review", dates.review_overdue), ("disposal", dates.disposal_overdue)]
    return {
        **{key: record[key] for key in ("id", "name", "title", "type", "private")},
        "organization": (record["organization"] or {}).get("name"),
        "level": assessment.level,
        "groups": {group.group.id: group.level for group in assessment.groups},
        "missing": list(assessment.missing),
        "unknown": list(assessment.unknown),
        "concerns": [_finding(each, say) for each in assessment.concerns],
        "errors": [_finding(each, say) for each in assessment.errors],
        "overdue": [what for what, late in overdue if late],
        "review_due": dates.review_due and dates.review_due.isoformat(),
        "retention_due": dates.retention_due and dates.retention_due.isoformat(),
    }


def _finding(finding, say):
    return {
        "rule": finding.rule,
        "fields": list(finding.fields),
        "message": say(config.standard().rules[finding.rule].message),
    }


@pytest.mark.parametrize("day", DAYS)
def test_each_row_is_that_of_looking_at_the_record_on_that_day(day):
    with freeze_time(day):
        matching = sorted(records(), key=lambda record: record["id"])
        rows, pages = walk()
        assert rows == [expected_row(record) for record in matching]
        assert {page["total"] for page in pages} == {len(matching)}
        assert {page["as_of"] for page in pages} == {day}
        assert pages[0]["index_lag"] == {"records": 0, "stale": False, "outdated": 0, "message": None}


def test_the_catalogue_of_these_tests_has_something_of_everything():
    with freeze_time("2026-08-01"):
        rows, _ = walk(limit=1000)
    for key in ("missing", "unknown", "concerns", "overdue"):
        assert len({str(row[key]) for row in rows}) > 1, key
    assert {row["private"] for row in rows} == {True, False}
    assert {row["type"] for row in rows} == {"dataset", "algorithm"}


@pytest.mark.parametrize(
    ("params", "holds"),
    [
        ({"level": "silent"}, lambda row: row["level"] == "silent"),
        ({"level": "silent, current"}, lambda row: row["level"] in ("silent", "current")),
        ({"group": "privacy", "level": "answered"}, lambda row: row["groups"].get("privacy") == "answered"),
        ({"missing": "ownership_owner"}, lambda row: "ownership_owner" in row["missing"]),
        (
            {"missing": "fitness_limits,privacy_class"},
            lambda row: {"fitness_limits", "privacy_class"} & set(row["missing"]),
        ),
        ({"concern": "OSC-031"}, lambda row: any(each["rule"] == "OSC-031" for each in row["concerns"])),
        ({"overdue": "review"}, lambda row: "review" in row["overdue"]),
        ({"overdue": "review,disposal"}, lambda row: row["overdue"]),
        ({"include_private": "false"}, lambda row: not row["private"]),
        ({"include_private": False}, lambda row: not row["private"]),
        ({"fq": "dataset_type:algorithm"}, lambda row: row["type"] == "algorithm"),
        ({"fq": "vocab_governance_level:started", "overdue": "review"}, lambda row: row["level"] == "started"),
    ],
    ids=str,
)
@pytest.mark.parametrize("day", [TODAY, "2026-08-01"])
def test_a_filter_keeps_what_its_words_say(params, holds, day):
    with freeze_time(day):
        every, rows = walk(limit=1000)[0], walk(limit=1000, **params)[0]
        also = (lambda row: "review" in row["overdue"]) if "overdue" in params and "fq" in params else bool
        assert rows == [row for row in every if holds(row) and also(row)]


def test_an_organisation_is_named_by_its_name_or_id():
    with freeze_time(TODAY):
        owner = model.Group.all("organization")[0]
        expected = [row for row in walk(limit=1000)[0] if row["organization"] == owner.name]
        assert expected
        for name in (owner.name, owner.id):
            assert walk(limit=1000, organization=name)[0] == expected


def test_words_narrow_as_in_a_search():
    with freeze_time(TODAY):
        matching = {record["id"] for record in records(q="cyclists")}
        assert {row["id"] for row in walk(q="cyclists")[0]} == matching


def test_questions_that_rows_name_are_explained_in_the_language_asked_for(standard):
    with freeze_time(TODAY):
        page = call_action("governance_audit", missing="ownership_owner", lang="nl")
    field, say = standard.records["dataset"].fields["ownership_owner"], language("nl").translate
    assert page["questions"]["ownership_owner"] == {
        "label": say(field.label),
        "question": say(field.question),
        "group": "ownership",
        "rule": "OSC-001",
        "message": say(standard.rules["OSC-001"].message),
    }
    assert set(page["questions"]) == {name for row in page["rows"] for name in (*row["missing"], *row["unknown"])}


@pytest.mark.parametrize(
    ("params", "field", "words"),
    [
        ({"limit": 0}, "limit", "1 to 1000"),
        ({"limit": 1_000_000}, "limit", "1 to 1000"),
        ({"limit": "ten"}, "limit", "1 to 1000"),
        ({"limit": [1, 2]}, "limit", "1 to 1000"),
        ({"fq": "{!join from=id to=id}*:*"}, "fq", "package_search"),
        ({"fq": "title:("}, "fq", "package_search"),
        ({"q": '"'}, "q", "package_search"),
        ({"q": "title:[a TO"}, "q", "package_search"),
        ({"fq": ["a", "b"]}, "fq", "one text"),
        ({"level": "*:*"}, "level", "silent, started, answered, current"),
        ({"level": '"silent") OR (*:*'}, "level", "There is no"),
        ({"level": ["silent", "current"]}, "level", "one text"),
        ({"level": "silent,"}, "level", "There is no"),
        ({"group": "privat", "level": "silent"}, "group", "Did you mean “privacy”?"),
        ({"group": "privacy"}, "group", "level too"),
        ({"missing": "ownership_ower"}, "missing", "Did you mean “ownership_owner”?"),
        ({"missing": '") OR *:* OR ("'}, "missing", "There is no"),
        ({"concern": "OSC-999"}, "concern", "There is no"),
        ({"concern": "{!join}"}, "concern", "There is no"),
        ({"overdue": "never"}, "overdue", "review, disposal"),
        ({"organization": '" OR *:* OR "'}, "organization", "no organisation"),
        ({"organization": {"id": 1}}, "organization", "one text"),
        ({"include_private": "perhaps"}, "include_private", "true or false"),
        ({"lang": "xx"}, "lang", "en"),
        ({"levle": "silent"}, "levle", "Did you mean “level”?"),
        ({"cursor": "AoE="}, "cursor", "Invalid cursor"),
        ({"cursor": "x" * 10_000}, "cursor", "Invalid cursor"),
        ({"cursor": ["a", "b"]}, "cursor", "one text"),
    ],
    ids=str,
)
def test_a_wrong_question_is_refused_by_the_name_of_its_parameter(params, field, words):
    with pytest.raises(tk.ValidationError) as refusal:
        call_action("governance_audit", **params)
    assert list(refusal.value.error_dict) == [field]
    assert words in refusal.value.error_dict[field][0]
    assert "solr" not in str(refusal.value).lower()


def test_a_parameter_given_twice_is_refused(app):
    answer = app.get("/api/3/action/governance_audit?level=silent&level=current")
    assert answer.status_code == 409
    assert "one text" in answer.json["error"]["level"][0]


class TestCursors:
    """Cursors are valid for a day, and only for their own audit."""

    def cursor(self, **params):
        return call_action("governance_audit", limit=2, **params)["next_cursor"]

    def refusal(self, context=None, **params):
        with pytest.raises(tk.ValidationError) as refused:
            call_action("governance_audit", context, **params)
        return refused.value.error_dict["cursor"][0]

    def test_a_changed_cursor_is_refused(self):
        cursor = self.cursor()
        for changed in (cursor[:-2], cursor + "A", cursor.swapcase(), "." + cursor, cursor.replace(".", "", 1)):
            assert "Invalid cursor" in self.refusal(cursor=changed)

    def test_an_old_cursor_is_refused(self):
        with freeze_time("2026-06-01"):
            cursor = self.cursor()
        with freeze_time("2026-06-03"):
            assert "older than a day" in self.refusal(cursor=cursor)

    def test_a_cursor_of_other_filters_is_refused(self):
        assert "other filters" in self.refusal(cursor=self.cursor(), level="silent,started")
        assert "other filters" in self.refusal(cursor=self.cursor(level="silent,started"))

    def test_a_cursor_of_somebody_else_is_refused(self):
        user = factories.User()
        seen = {"user": user["name"], "ignore_auth": False}
        assert "another user" in self.refusal(seen, cursor=self.cursor())

    def test_another_limit_or_language_goes_on_with_the_same_cursor(self):
        page = call_action("governance_audit", limit=5, lang="nl", cursor=self.cursor())
        assert [row["id"] for row in page["rows"]] == [row["id"] for row in walk()[0][2:7]]

    def test_the_last_page_has_no_cursor(self):
        rows, pages = walk(limit=5)
        assert [bool(page["next_cursor"]) for page in pages] == [True] * (len(pages) - 1) + [False]
        assert len({row["id"] for row in rows}) == len(rows)


def test_a_walk_meets_each_record_once_while_others_are_made_changed_hidden_and_removed(current):
    """Change records between all pages, also those right before and after the cursor."""
    owner = model.Group.all("organization")[0].id
    throughout = {row["id"] for row in walk(limit=1000)[0]}
    victims = [factories.Dataset(owner_org=owner)["id"] for _ in range(9)]
    made, met, cursor = [], [], None
    steps = [
        lambda: call_action("package_delete", id=victims.pop()),
        lambda: call_action("package_patch", id=victims.pop(), private=True),
        lambda: call_action("dataset_purge", id=victims.pop()),
        lambda: made.append(factories.Dataset(**current)["id"]),
        lambda: call_action("package_patch", id=met[-1], title="Changed after it was met"),
        lambda: call_action("package_patch", id=max(throughout - set(met)), title="Changed before it is met"),
        lambda: search.rebuild(met[0]),
    ]
    for number in range(100):
        page = call_action("governance_audit", limit=3, **({"cursor": cursor} if cursor else {}))
        met += [row["id"] for row in page["rows"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if throughout - set(met) and (number < 3 * len(steps)):
            steps[number % len(steps)]()
    assert len(met) == len(set(met))
    assert throughout <= set(met)
    for made_here in (*made, *victims):
        call_action("dataset_purge", id=made_here)


class TestLag:
    """`index_lag` reports records that are not indexed, or indexed by old rules."""

    def lag(self):
        return call_action("governance_audit", limit=1)["index_lag"]

    def test_a_record_that_the_index_does_not_have_is_said(self):
        lost = factories.Dataset()
        search.clear(lost["id"])
        search.commit()
        assert self.lag()["records"] == 1
        assert "lags behind" in self.lag()["message"]
        call_action("dataset_purge", id=lost["id"])

    def test_a_record_that_the_index_has_from_before_its_change_is_said(self):
        dataset = factories.Dataset()
        assert self.lag()["stale"] is False
        # By SQL, because CKAN 2.11 indexes a package whose object was changed.
        long_ago = model.Package.get(dataset["id"]).metadata_modified.replace(year=2001)
        model.Session.query(model.Package).filter_by(id=dataset["id"]).update({"metadata_modified": long_ago})
        model.Session.commit()
        assert (self.lag()["records"], self.lag()["stale"]) == (0, True)
        assert "does not have the latest version of some records" in self.lag()["message"]
        call_action("dataset_purge", id=dataset["id"])

    def test_records_indexed_under_other_options_are_said(self, monkeypatch, ckan_config):
        monkeypatch.setitem(ckan_config, config.REVIEW_MONTHS, 12)
        assert self.lag()["outdated"] == call_action("governance_audit")["total"]

    def test_a_private_record_is_no_lag(self):
        secret = factories.Dataset(private=True, owner_org=model.Group.all("organization")[0].id)
        search.clear(secret["id"])
        search.commit()
        assert self.lag()["message"] is None
        call_action("dataset_purge", id=secret["id"])


def test_without_a_search_the_action_says_so_and_that_it_may_come_back(app, ckan_config, monkeypatch):
    dataset = factories.Dataset()
    monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nowhere")
    for action in ("governance_audit", "governance_stats", "governance_city_show", "governance_audit?q=x"):
        answer = app.get(f"/api/3/action/{action}")
        assert answer.status_code == 503, action
        assert answer.json["success"] is False
        assert "search server" in answer.json["error"]["message"]
        assert int(answer.headers["Retry-After"]) > 0
    name = dataset["name"]
    for path in (
        f"/dataset/{name}/transparency",
        f"/dataset/{name}/transparency/history",
        "/transparency/standard",
        "/transparency/ledger",
        "/transparency/feed",
        f"/api/3/action/governance_show?id={name}",
        "/api/3/action/governance_standard_show",
        "/api/3/action/governance_changes",
    ):
        assert app.get(path).status_code == 200, path
    monkeypatch.undo()
    call_action("dataset_purge", id=dataset["id"])


def test_a_core_that_is_not_there_is_no_mistake_of_who_asks(app, ckan_config, monkeypatch):
    monkeypatch.setitem(ckan_config, "solr_url", f"{ckan_config['solr_url']}-nowhere")
    assert app.get("/api/3/action/governance_audit?fq=a:b").status_code == 503


def test_a_private_or_draft_record_changes_nothing_for_who_may_not_see_it(app):
    # On the real day, because a token expires.
    owner = model.Group.all("organization")[0].id
    paths = (
        "/api/3/action/governance_audit?limit=1000",
        "/transparency/audit.csv",
        "/transparency/audit.jsonl",
        "/transparency/ngsi-ld.jsonl",
        "/transparency/feed",
    )
    readers = ({}, {"Authorization": factories.UserWithToken()["token"]})

    def seen():
        return [app.get(path, headers=headers).body for headers in readers for path in paths]

    before = assert_private_changes_are_invisible(seen, owner)
    assert len({*before}) >= len(paths)
    assert "<entry>" in before[-1]
    public = factories.Dataset(owner_org=owner)
    assert not [answer for answer, earlier in zip(seen(), before, strict=True) if answer == earlier]
    call_action("dataset_purge", id=public["id"])
