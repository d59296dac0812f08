"""End-to-end walk: a steward describes and publishes a dataset, then a resident reads who governs it."""

from __future__ import annotations

import re

import pytest
from browser.browsing import NARROW, WIDE, day, declare, field, question, save
from ckan.tests import factories, helpers
from playwright.sync_api import Page, expect

MODES = pytest.mark.parametrize(
    ("javascript", "viewport"), [(True, WIDE), (False, NARROW)], ids=["scripts-wide", "no-scripts-narrow"]
)
SUMMARY = ".osc-errors"
MISTAKES = {
    "ownership": {"ownership_mandate": ("Mandate", "OSC-005")},
    "privacy": {"privacy_legal_basis": ("Legal basis", "OSC-014")},
    "retention": {
        "retention_period": ("Period of keeping", "OSC-032"),
        "retention_basis": ("Source of the rule", "OSC-070"),
    },
}
GROUPS = ("ownership", "sovereignty", "privacy", "algorithm", "retention", "fitness")


def problems(page: Page) -> dict[str, str]:
    """Return label and text of each entry of the error summary."""
    entries = [entry.partition(": ") for entry in page.locator(f"{SUMMARY} li").all_inner_texts()]
    return {label: text for label, _, text in entries}


@MODES
def test_a_steward_meets_errors_mends_them_and_publishes(as_steward, visit, city, javascript, viewport):
    slug = f"parking-permits-{'scripts' if javascript else 'no-scripts'}"
    page = as_steward("/dataset/new", javascript=javascript, viewport=viewport)
    if javascript:
        # CKAN derives the URL slug from the title, and shows its preview, once its scripts have started.
        page.locator(".slug-preview").wait_for()
    field(page, "title").fill(slug.replace("-", " "))
    if javascript:
        expect(field(page, "name")).to_have_value(slug)
    else:
        field(page, "name").fill(slug)
    field(page, "organizations").select_option(label="Mobility Department")
    field(page, "private").select_option("False")
    save(page)
    for group in GROUPS:
        expect(page).to_have_url(re.compile(f"/dataset/{slug}/governance/{group}$"))
        ANSWERS.get(group, lambda _: None)(page)
        save(page)
        if group in MISTAKES:
            assert_mistakes_listed_and_linked(page, MISTAKES[group])
            MENDED[group](page)
            save(page)

    expect(page).to_have_url(re.compile(f"/dataset/{slug}/resource/new$"))
    if javascript:
        page.get_by_role("button", name="Link to a URL").click()
    field(page, "resource-url").fill("https://data.city.example/permits.csv")
    field(page, "name").fill("Permits per street")
    page.get_by_role("button", name="Save and go on to publish").click()
    expect(page).to_have_url(re.compile(f"/dataset/{slug}/governance/publish$"))
    expect(page.get_by_label("Everybody")).to_be_checked()
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(re.compile(f"/dataset/{slug}$"))
    page.get_by_role("button", name="Log out").click()

    resident = visit(f"/dataset/{slug}", javascript=javascript, viewport=viewport)
    expect(resident.get_by_role("link", name="Permits per street").first).to_be_visible()
    resident.locator(".page-header").get_by_role("link", name="Transparency").click()
    assert answer(resident, "sovereignty_storage_countries") == "Germany Netherlands"
    assert answer(resident, "retention_period") == "7 years"
    assert answer(resident, "retention_basis") == "Does not apply The city chose it itself."


def answer_ownership(page: Page) -> None:
    field(page, "ownership_owner").fill("Parking Department, “city hall” & more")
    field(page, "ownership_contact").fill("parking@city.example")
    field(page, "ownership_mandate").fill("javascript:alert(1)")


def answer_sovereignty(page: Page) -> None:
    field(page, "sovereignty_storage_countries").select_option(["NL", "DE"])


def answer_privacy(page: Page) -> None:
    """Enter a contradiction: a legal basis for personal data, then data that is not personal."""
    field(page, "privacy_class").select_option("personal")
    question(page, "privacy_legal_basis").get_by_label("Public task").check()
    field(page, "privacy_class").select_option("non_personal")


def answer_retention(page: Page) -> None:
    field(page, "retention_type").select_option("fixed_period")
    field(page, "retention_period").fill("seven years")
    declare(page, "retention_basis", "not_applicable")


def answer_fitness(page: Page) -> None:
    field(page, "fitness_limits").fill("One line.\nAnother line, with 5 < 6.")


ANSWERS = {
    "ownership": answer_ownership,
    "sovereignty": answer_sovereignty,
    "privacy": answer_privacy,
    "retention": answer_retention,
    "fitness": answer_fitness,
}


def assert_mistakes_listed_and_linked(page: Page, mistakes: dict[str, tuple[str, str]]) -> None:
    expect(page.locator(SUMMARY)).to_be_focused()
    summary = problems(page)
    assert list(summary) == [label for label, _ in mistakes.values()]
    for name, (label, rule) in mistakes.items():
        assert f"({rule})" in summary[label]
        expect(question(page, name).locator(".osc-error")).to_contain_text(rule)
        page.locator(SUMMARY).get_by_role("link", name=label).click()
        expect(field(page, name)).to_be_focused()
        expect(question(page, name)).to_be_in_viewport()


def correct_ownership(page: Page) -> None:
    expect(field(page, "ownership_owner")).to_have_value("Parking Department, “city hall” & more")
    expect(field(page, "ownership_mandate")).to_have_value("javascript:alert(1)")
    field(page, "ownership_mandate").fill("https://city.example/decisions/12")


def correct_privacy(page: Page) -> None:
    expect(field(page, "privacy_class")).to_have_value("non_personal")
    expect(question(page, "privacy_legal_basis").get_by_label("Public task")).to_be_checked()
    question(page, "privacy_legal_basis").get_by_label("Public task").uncheck()


def correct_retention(page: Page) -> None:
    expect(field(page, "retention_period")).to_have_value("seven years")
    expect(question(page, "retention_basis").locator("input[value=not_applicable]")).to_be_checked()
    field(page, "retention_period").fill("P7Y")
    save(page)
    assert list(problems(page)) == ["Source of the rule"]
    question(page, "retention_basis").get_by_label("Why?").fill("The city chose it itself.")


MENDED = {"ownership": correct_ownership, "privacy": correct_privacy, "retention": correct_retention}


def answer(page: Page, name: str) -> str:
    """Return the transparency page's text for a question."""
    details = page.locator(f".osc-all:has(#{name})")
    if details.count() and details.get_attribute("open") is None:
        details.locator("summary").click()
    return " ".join(page.locator(f"#{name} dd").inner_text().split())


@pytest.fixture(scope="module")
def governed(city) -> str:
    """A dataset with many kinds of answers, a gap, a concern, and answers that are unknown or not applicable."""
    return city.dataset(
        name="parking-sensors",
        title="Parking sensors <b>in</b> the centre",
        notes="Free or taken, per bay.",
        license_id="cc-by",
        ownership_owner="Mobility Department",
        ownership_contact="mobility@city.example",
        ownership_suppliers=["Vakvrij Sensoren", "Wieltel Onderhoud (repairs the loops)"],
        ownership_origin="sensors",
        governance_reviewed_on=day(-40),
        sovereignty_storage_countries=["NL", "DE"],
        sovereignty_jurisdictions=["EU", "NL"],
        sovereignty_provider="Vakvrij Sensoren",
        privacy_class="pseudonymised",
        privacy_openness="open",
        privacy_personal_data=["vehicle_license_number"],
        privacy_purpose="To guide drivers to a free bay.\nNothing else.",
        privacy_impact_assessment_url="https://city.example/dpia?id=1&page=2",
        algorithm_use="unknown",
        retention_type="fixed_period",
        retention_period="P18M",
        governance_declared={
            "sovereignty_exit": {"state": "unknown"},
            "privacy_decision_rights": {"state": "not_applicable", "reason": "The law of 2020 excludes it."},
        },
    )


IN_WORDS = {
    "": {
        "sovereignty_storage_countries": "Germany Netherlands",
        "sovereignty_jurisdictions": "European Union Netherlands",
        "retention_period": "18 months",
        "privacy_class": "Names replaced by codes",
        "ownership_steward_role": "The city has not answered this yet.",
        "algorithm_use": "The city does not know this yet.",
    },
    "/nl": {
        "sovereignty_storage_countries": "Duitsland Nederland",
        "sovereignty_jurisdictions": "Europese Unie Nederland",
        "retention_period": "18 maanden",
    },
}


@MODES
@pytest.mark.parametrize("language", ["", "/nl"], ids=["en", "nl"])
def test_a_resident_reads_the_answers_in_words(visit, city, governed, language, javascript, viewport):
    page = visit(f"{language}/dataset/{governed}", javascript=javascript, viewport=viewport)
    page.locator(".nav-tabs a[href*=transparency]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Parking sensors <b>in</b> the centre")
    assert page.locator("html").get_attribute("lang") == (language.strip("/") or "en")
    assert {name: answer(page, name) for name in IN_WORDS[language]} == IN_WORDS[language]

    assessment = city.steward.call("governance_show", id=governed, lang=language.strip("/") or "en")
    for summary in page.locator(".osc-all:not([open]) summary").all()[::-1]:
        summary.click()
    texts = page.locator("main").inner_text()
    assert [
        text for group in assessment["groups"] for text in (group["question"], *displayed(group)) if text not in texts
    ] == []
    assert len(assessment["missing"]) > 8, "too many to name"
    for name in [*assessment["unknown"], *(name for concern in assessment["concerns"] for name in concern["fields"])]:
        expect(page.locator(f"#osc-status a[href='#{name}']")).to_have_count(1)
    for concern in assessment["concerns"]:
        expect(page.locator("#osc-status")).to_contain_text(concern["rule"])
    expect(page.locator("#privacy_impact_assessment_url a")).to_have_attribute(
        "href", "https://city.example/dpia?id=1&page=2"
    )
    expect(page.locator("#ownership_contact a")).to_have_attribute("href", "mailto:mobility@city.example")


def displayed(group: dict) -> list[str]:
    """Return all answers of a group from the API, line by line."""
    shown = [field["display"] for field in group["fields"] if field["state"] == "stated"]
    return [
        line for each in shown for text in ([each] if isinstance(each, str) else each) for line in text.splitlines()
    ]


def test_the_page_is_in_dutch_where_it_is_ours(visit, governed):
    english, dutch = (visit(f"{language}/dataset/{governed}/transparency") for language in ("", "/nl"))
    for part in ("h2", "dt", ".osc-tag", ".osc-gap", ".osc-note", ".osc-say", ".osc-foot p"):
        original, translated = (page.locator(f".osc-page {part}").all_inner_texts() for page in (english, dutch))
        assert len(original) == len(translated)
        # Collapsed elements have no inner text.
        assert [text for text in original if text and text in translated and text not in SAME_IN_DUTCH] == []


# Words that are the same in both languages.
SAME_IN_DUTCH: set[str] = set()


def test_first_comes_what_a_resident_looks_for(visit, governed):
    page = visit(f"/dataset/{governed}/transparency", viewport=NARROW)
    first = page.locator(".osc-first dt").all_inner_texts()
    texts = page.locator(".osc-first dd").all_inner_texts()
    assert texts[1:3] == [
        "Mobility Department is responsible for this data and answers for mistakes.",
        "You can ask about this data here: mobility@city.example",
    ]
    assert first == [
        "Is this data about people?",
        "Which organisation has the final say about this data?",
        "Where can people ask about this data?",
        "Where can people object to this use of their data?",
    ]
    box = page.locator(".osc-first").bounding_box()
    assert box["y"] + box["height"] < NARROW["height"], "all of it on the first screen of a phone"
    text = page.locator("main").inner_text()
    assert text.count("The city has not answered yet.") == 1, "a word is explained once, not in every group"


def test_the_form_says_when_an_answer_is_needed(as_steward, governed):
    page = as_steward(f"/dataset/{governed}/governance/retention", javascript=False)
    for name, words in {
        "retention_period": "Only if “Rule for keeping” is “For a fixed period”.",
        "retention_disposition": "Not needed if “Rule for keeping” is “For ever” or “Not kept”.",
    }.items():
        expect(question(page, name).locator(".osc-needed")).to_have_text(words)
    expect(question(page, "retention_period").locator(".osc-obligation")).to_have_text("sometimes required")
    expect(question(page, "retention_type").locator(".osc-obligation")).to_have_text("required")


def test_only_who_may_edit_is_offered_to(visit, as_steward, governed):
    path = f"/dataset/{governed}/transparency"
    for name in ("Manage", "Answer the questions"):
        expect(as_steward(path).get_by_role("link", name=name)).to_be_visible()
        expect(visit(path).get_by_role("link", name=name)).to_have_count(0)


@MODES
def test_an_edit_without_a_change_changes_nothing(as_steward, city, governed, javascript, viewport):
    before = comparable(city.sysadmin.call("package_show", id=governed))
    page = as_steward(f"/dataset/edit/{governed}", javascript=javascript, viewport=viewport)
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit: Parking sensors <b>in</b> the centre")
    save(page)
    expect(page).to_have_url(re.compile(f"/dataset/{governed}$"))
    for group in GROUPS:
        page.goto(city.url(f"/dataset/{governed}/governance/{group}"))
        save(page)
        expect(page.locator(".flash-messages")).to_contain_text("Saved.")
    assert comparable(city.sysadmin.call("package_show", id=governed)) == before


@MODES
def test_a_dataset_from_before_the_plugin_keeps_everything(as_steward, city, javascript, viewport):
    name = create_without_plugin("scripts" if javascript else "no-scripts")
    before = comparable(city.sysadmin.call("package_show", id=name))
    page = as_steward(f"/dataset/edit/{name}", javascript=javascript, viewport=viewport)
    save(page)
    expect(page).to_have_url(re.compile(f"/dataset/{name}$"))
    assert comparable(city.sysadmin.call("package_show", id=name)) == before

    page.goto(city.url(f"/dataset/{name}/governance/ownership"))
    field(page, "ownership_owner").fill("Mobility Department")
    save(page)
    expect(page.locator(".flash-messages")).to_contain_text("Saved.")
    after = comparable(city.sysadmin.call("package_show", id=name))
    assert after.pop("ownership_owner") == "Mobility Department"
    assert after.pop("governance_standard_version") == "1.0.0", "an answer was given, to the standard of today"
    assert after == before


def create_without_plugin(suffix: str) -> str:
    """Create a dataset without the plugin, as on a plain CKAN before the installation."""
    group = factories.Group(users=[{"name": "steward", "capacity": "member"}], image_url="")
    return helpers.call_action(
        "package_create",
        {"user": "steward"},
        name=f"old-counts-{suffix}",
        title="Old counts",
        owner_org="mobility",
        private=False,
        notes="Counted by hand.\n\n* in spring\n* in autumn",
        author="J. de Vries",
        author_email="jdv@city.example",
        maintainer="Traffic team",
        maintainer_email="traffic@city.example",
        version="1.2",
        url="https://city.example/old",
        license_id="city-licence-2009",
        tags=[{"name": "cycling"}, {"name": "old data"}],
        groups=[{"name": group["name"]}],
        extras=[
            {"key": "frequency", "value": "yearly"},
            {"key": "Contact person", "value": 'desk 4, ask for "counts" & more'},
            {"key": "retention_note", "value": "7 years\nor so"},
            {"key": "spatial", "value": '{"type": "Point", "coordinates": [4.9, 52.4]}'},
        ],
        resources=[
            {
                "name": "Counts",
                "url": "https://city.example/old.csv",
                "format": "CSV",
                "description": "All",
                "own": "kept",
            }
        ],
    )["name"]


def comparable(record: dict) -> dict:
    """Return a dataset normalized for comparison: without timestamps, empty fields, order of extras and line ends."""
    extras = sorted((extra["key"], plain(extra["value"])) for extra in record.get("extras", []))
    values = {key: plain(value) for key, value in record.items() if value not in (None, "")}
    return values | {"extras": extras, "metadata_modified": None}


def plain(value):
    return value.replace("\r\n", "\n") if isinstance(value, str) else value
