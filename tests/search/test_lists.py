"""Lists of datasets and the algorithm register: badges, facet labels, pages of algorithms, and query budgets."""

import re

import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.standard import language
from freezegun import freeze_time
from support.ckan_version import IS_2_11
from support.query_budget import counted

TODAY, LATER = "2026-06-01", "2028-06-01"


@pytest.fixture
def lister(app):
    """Return a function that returns the HTML of a list, restricted to records with a word that is unique to a test."""
    return lambda path, word, **more: app.get(path, query_string={"q": word, **more}).body


def badges(body):
    return re.findall(r'class="osc-tag osc-level-(\w+)"', body)


@pytest.mark.parametrize(
    ("day", "level", "word"),
    [(TODAY, "current", "Answers: complete and checked"), (LATER, "answered", "Answers: complete")],
)
def test_each_row_says_todays_level(lister, current, day, level, word):
    with freeze_time(TODAY):
        factories.Dataset(title=f"Badge {level}", **current)
    with freeze_time(day):
        body = lister("/dataset/", f"badge {level}")
    assert badges(body) == [level]
    assert f"{word}</span>" in body


def test_pages_of_organisations_and_groups_have_badges_and_filters(app, current):
    owner, group = factories.Organization(), factories.Group()
    factories.Dataset(owner_org=owner["id"], groups=[{"name": group["name"]}], **current | {"fitness_limits": ""})
    for path in (f"/organization/{owner['name']}", f"/group/{group['name']}"):
        body = app.get(path).body
        assert badges(body) == ["started"], path
        assert "?vocab_governance_level=started" in body, path


@pytest.mark.parametrize("code", ["en", "nl"])
def test_filters_are_in_words_of_the_language(lister, standard, current, code):
    factories.Dataset(title=f"Filter {code}", **current | {"fitness_limits": ""})
    body = lister("/dataset/" if code == "en" else f"/{code}/dataset/", f"filter {code}")
    say, fields = language(code).translate, standard.records["dataset"].fields
    for name in ("privacy_class", "privacy_openness", "sovereignty_storage_countries", "algorithm_use"):
        assert f'<summary><h2 class="module-heading">{say(fields[name].label)}</h2></summary>' in body
    shown = re.findall(r'<span class="item-label">([^<]*)</span>', body)
    codes = {name: vocabulary.codes for name, vocabulary in standard.vocabularies.items()}
    assert {
        say(fields["fitness_limits"].label),
        say(codes["privacy_class"]["non_personal"].label),
        say(codes["algorithm_use"]["none_known"].label),
        {"en": "Netherlands", "nl": "Nederland"}[code],
    } <= set(shown)
    assert not [label for label in shown if re.fullmatch(r"[a-z]+(_[a-z]+)+", label)]


def test_our_filters_stand_below_those_of_ckan_and_folded_up(lister, current):
    factories.Dataset(title="Folded", owner_org=factories.Organization()["id"], **current)
    body = lister("/dataset/", "folded")
    assert body.index("organization=") < body.index("vocab_governance_level=")
    assert "<details>" in body
    assert "<details open>" not in body


def test_a_filter_in_use_is_open_named_and_can_be_taken_away(lister, current):
    factories.Dataset(title="Inuse", **current)
    body = lister("/dataset/", "inuse", vocab_retention_type="indefinite")
    assert "<details open>" in body
    assert "None:" not in body
    pill = re.search(
        r'<span class="facet">([^<]*):</span>\s*<span class="filtered pill">\s*([^<]*?)\s*<a href="([^"]*)"', body
    )
    assert pill.groups() == ("Rule for keeping", "For ever", "/dataset/?q=inuse")


def test_a_filter_that_finds_nothing_is_still_named(lister, current):
    body = lister("/dataset/", "nothing-has-this-word", vocab_governance_level="silent")
    assert re.search(r'<span class="filtered pill">\s*Answers: none', body)


def test_the_administrator_chooses_the_filters(app, monkeypatch, current, ckan_config):
    monkeypatch.setitem(ckan_config, "ckanext.opensmartcity.facets", ["vocab_retention_type"])
    factories.Dataset(title="Chosen", **current)
    body = app.get("/dataset/?q=chosen").body
    assert "vocab_retention_type=" in body
    assert "vocab_governance_level=" not in body


@pytest.mark.skipif(IS_2_11, reason="CKAN 2.11 loads lists as whole pages, without HTMX")
def test_the_part_that_htmx_asks_for_has_badges_and_filters(app, current):
    factories.Dataset(title="Partial", **current)
    body = app.get("/dataset/?q=partial", headers={"HX-Request": "true"}).body
    assert "<html" not in body
    assert len(badges(body)) == 1
    assert "vocab_governance_level=" in body


def test_a_list_costs_the_same_for_two_rows_and_for_twenty(app, monkeypatch, current):
    def calls(rows):
        owner = factories.Organization()["name"]
        for number in range(rows):
            factories.Dataset(owner_org=owner, **current | ({"fitness_limits": ""} if number % 2 else {}))
        path = f"/dataset/?organization={owner}"
        app.get(path)
        model.Session.remove()
        with counted(monkeypatch) as made:
            assert len(badges(app.get(path).body)) == rows
        return made

    few, many = calls(2), calls(20)
    assert (len(many.sql), len(many.solr)) == (len(few.sql), len(few.solr)), f"{many}\nwhere two rows have\n{few}"
    assert len(few.solr) <= 3, str(few)


REGISTER = {
    "title": "Register planner",
    "algorithm_status": "operational",
    "algorithm_decision": "recommends",
    "algorithm_risk": "high",
}


def test_the_register_lists_systems_with_status_decision_and_risk(app):
    made = factories.Dataset(type="algorithm", notes="Plans.", **REGISTER)
    dataset = factories.Dataset(title="Register dataset")
    body = app.get("/algorithm/?q=register").body
    assert "1 algorithm found" in body
    assert f'href="/algorithm/{made["name"]}"' in body
    assert dataset["name"] not in body
    for label in ("In use", "Recommends", "High risk"):
        assert f"<dd>{label}</dd>" in body
    filters = re.findall(r'<h2 class="module-heading">([^<]*)</h2>', body)
    assert filters[:4] == ["Status", "Part in the decision", "Risk class", "Governance level"]
    assert badges(body) == ["silent"]


@pytest.mark.parametrize("query", ["vocab_algorithm_status=planned", "vocab_algorithm_risk=minimal", "q=zzz"])
def test_the_register_is_filtered(app, query):
    factories.Dataset(type="algorithm", **REGISTER)
    assert "No algorithms found" in app.get(f"/algorithm/?{query}").body


def test_the_register_is_in_the_navigation(app):
    assert 'href="/algorithm/"' in app.get("/").body


def test_the_address_of_a_system_is_its_transparency_page(app):
    made = factories.Dataset(type="algorithm", notes="It *plans*.", url="https://city.example/planner", **REGISTER)
    page = app.get(f"/algorithm/{made['name']}")
    assert "Who runs this system, and who answers for it?" in page.body
    assert "It <em>plans</em>." in page.body
    assert 'href="https://city.example/planner"' in page.body
    assert f'/algorithm/{made["name"]}/transparency"' not in page.body
    as_json = app.get(f"/algorithm/{made['name']}", headers={"Accept": "application/json"})
    assert as_json.json["dataset"]["name"] == made["name"]
    assert app.get(f"/algorithm/{made['name']}/transparency.json").json == as_json.json


OTHER_ADDRESSES = (
    "algorithm/{id}",
    "algorithm/{id}/transparency",
    "algorithm/{name}/transparency",
    "dataset/{name}/transparency",
)


@pytest.mark.parametrize("path", OTHER_ADDRESSES)
@pytest.mark.parametrize("language", ["", "/nl"])
def test_other_addresses_of_a_system_lead_to_it(app, path, language):
    made = factories.Dataset(type="algorithm")
    answer = app.get(f"{language}/{path.format(**made)}")
    assert answer.request.path.removeprefix("/nl") == f"/algorithm/{made['name']}"


def test_the_address_of_a_dataset_in_the_register_leads_to_its_page(app):
    made = factories.Dataset()
    assert app.get(f"/algorithm/{made['name']}").request.path == f"/dataset/{made['name']}/transparency"


def test_pages_name_the_other_side(app):
    system = factories.Dataset(type="algorithm", title="Planner <b>")
    use = {"algorithm_use": "in_use", "algorithm_role": ["input"], "algorithm_systems": [system["name"]]}
    dataset = factories.Dataset(title="Counts <i>", **use)
    here, there = f"/dataset/{dataset['name']}/transparency", f"/algorithm/{system['name']}"
    assert f'{there}"><bdi>Planner &lt;b&gt;</bdi></a>' in app.get(here).body
    assert f'{here}"><bdi>Counts &lt;i&gt;</bdi></a>' in app.get(there).body
    call_action("package_patch", id=system["id"], state="draft")
    assert f'<bdi class="osc-text">{system["name"]}</bdi>' in app.get(here).body


def test_every_page_of_a_system_opens(app):
    user = factories.SysadminWithToken()
    made = factories.Dataset(type="algorithm")
    body = app.get(f"/algorithm/{made['name']}", headers={"Authorization": user["token"]}).body
    links = set(re.findall(rf'href="(/algorithm/[^"]*{made["name"]}[^"]*)"', body))
    assert f"/algorithm/edit/{made['name']}" in links
    for link in links:
        assert app.get(link, headers={"Authorization": user["token"]}).status_code == 200, link
