"""Accessibility of the transparency page and the form: axe, reflow on narrow screens, print."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.browsing import NARROWEST, day, declare, field, question, save
from ckanext.opensmartcity.standard import shipped_languages
from playwright.sync_api import Page

# Known violations in CKAN's own templates and scripts, each excluded only where it occurs.
CKAN_VIOLATIONS = [
    ".account",  # the header's user menu lies outside every landmark, and its portrait repeats the name beside it
    "#field-tag_string + .select2-container",  # CKAN's tag field: select2 gives its box no name
    ".select2-search__field",  # select2 types its search area as a searchbox, also within our lists of countries
]


def violations(page: Page) -> str:
    """Return the violations that axe reports for a page."""
    results = Axe().run(page, context={"exclude": [[selector] for selector in CKAN_VIOLATIONS]})
    return results.generate_report() if results.violations_count else ""


@pytest.fixture(scope="module")
def levels(city) -> dict[str, str]:
    """One dataset per level, by level."""
    current = {
        "ownership_owner": "Mobility Department",
        "ownership_steward_role": "Data steward for mobility",
        "ownership_contact": "mobility@city.example",
        "ownership_origin": "sensors",
        "ownership_mandate": f"https://city.example/{'a-very-long-address-' * 8}",
        "governance_reviewed_on": day(-30),
        "governance_review_due": day(300),
        "sovereignty_storage_countries": ["NL"],
        "sovereignty_storage_kind": "own_premises",
        "sovereignty_jurisdictions": ["NL", "EU"],
        "sovereignty_foreign_access": "no",
        "privacy_class": "non_personal",
        "privacy_openness": "open",
        "algorithm_use": "none_known",
        "retention_type": "indefinite",
        "fitness_purpose": "To know how many cyclists pass.\nNothing else.",
        "fitness_limits": "Does not count children's carriers well.",
        "license_id": "cc-by",
    }
    started = current | {
        "ownership_steward_role": "",
        "ownership_suppliers": ["Vakvrij Sensoren", "Wieltel Onderhoud"],
        "privacy_class": "pseudonymised",
        "privacy_personal_data": ["vehicle_license_number"],
        "algorithm_use": "unknown",
        "governance_reviewed_on": day(-900),
        "governance_review_due": day(-200),
        "governance_declared": {
            "privacy_objection": {"state": "unknown", "reason": "We ask our privacy officer."},
            "privacy_decision_rights": {"state": "not_applicable", "reason": "The law of 2020 excludes it."},
        },
    }
    answers = {
        "silent": {},
        "started": started,
        "answered": current | {"ownership_contact": "jan.jansen@city.example"},
        "current": current,
    }
    title = "Counters of bicycles along the Donaudampfschifffahrtsgesellschaftskapitänspromenade"
    names = {level: city.dataset(name=f"level-{level}", title=title, **given) for level, given in answers.items()}
    for level, name in names.items():
        assert city.steward.call("governance_show", id=name)["level"] == level
    return names


@pytest.fixture(scope="module")
def algorithm(city) -> str:
    return city.dataset(
        type="algorithm",
        name="permit-check",
        title="Parking permit check",
        algorithm_owner="Parking Department",
        algorithm_decision="recommends",
        algorithm_purpose="People with a right to a permit get it within a day.",
    )


@pytest.mark.parametrize("language", ["", "/nl"], ids=["en", "nl"])
def test_axe_finds_nothing_on_the_page(visit, city, levels, algorithm, language):
    page = visit()
    for record in (*(f"/dataset/{name}" for name in levels.values()), f"/algorithm/{algorithm}"):
        page.goto(city.url(f"{language}{record}/transparency"))
        assert violations(page) == "", record
        open_details(page)
        assert violations(page) == "", f"{record}, all answers"


LANGUAGES = [f"/{code}" if code != "en" else "" for code in shipped_languages()]
FORM_PAGES = [
    "/dataset/new",
    "/algorithm/new",
    "/dataset/edit/level-started",
    *(f"/dataset/level-started/governance/{group}" for group in ("ownership", "privacy", "retention")),
    "/algorithm/permit-check/governance/control",
    "/organization/mobility/usual-answers/dataset/sovereignty",
]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each or "en")
def test_axe_finds_nothing_on_the_form(as_steward, city, levels, algorithm, language):
    page = as_steward()
    for path in FORM_PAGES:
        page.goto(city.url(language + path))
        open_details(page)
        assert violations(page) == "", path


@pytest.mark.parametrize("path", FORM_PAGES)
def test_the_form_never_scrolls_sideways(as_steward, levels, algorithm, path):
    page = as_steward(path, viewport=NARROWEST)
    open_details(page)
    assert too_wide(page) == []


def open_details(page: Page) -> None:
    """Open all collapsed parts, so that they are checked too."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")


def test_pages_with_errors_read_well_on_the_narrowest_screen(as_steward, city, levels):
    page = as_steward(viewport=NARROWEST)
    page.goto(city.url("/dataset/level-silent/governance/retention"))
    field(page, "retention_type").select_option("fixed_period")
    field(page, "retention_period").fill("seven years, " * 20)
    declare(page, "retention_basis", "not_applicable")
    assert_accessible_with_errors(page)
    page.goto(city.url("/dataset/level-silent/governance/privacy"))
    field(page, "privacy_class").select_option("personal")
    question(page, "privacy_legal_basis").get_by_label("Public task").check()
    field(page, "privacy_class").select_option("non_personal")
    assert_accessible_with_errors(page)


def assert_accessible_with_errors(page: Page) -> None:
    save(page)
    page.locator(".osc-errors").wait_for()
    page.wait_for_load_state()
    open_details(page)
    assert too_wide(page) == []
    assert violations(page) == ""


def too_wide(page: Page) -> list[str]:
    """Return the elements that overflow the right edge of the window."""
    return page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('main *, #dataset-edit *')]
            .filter(each => Math.max(each.getBoundingClientRect().right, each === document.documentElement
              ? each.scrollWidth : 0) > innerWidth + 0.5)
            .map(each => `${each.tagName} ${each.id} ${each.className}`)"""
    )


@pytest.mark.parametrize("level", ["silent", "started", "answered", "current"])
def test_the_page_never_scrolls_sideways(visit, levels, level):
    page = visit(f"/dataset/{levels[level]}/transparency", viewport=NARROWEST)
    assert too_wide(page) == []
    open_details(page)
    assert too_wide(page) == []


def test_paper_shows_all_that_the_screen_shows(visit, levels):
    page = visit(f"/dataset/{levels['started']}/transparency")
    parts = page.locator("h1, .osc-publisher, .osc-status li, .osc-topic h2, .osc-say, .osc-quote, .osc-sign")
    seen = parts.count()
    page.emulate_media(media="print")
    assert seen > 40
    assert [part.inner_text() for part in parts.all() if not part.is_visible()] == []
    assert not page.locator(".masthead").is_visible()


def test_the_page_is_light(visit, city, levels):
    for name in levels.values():
        answer = visit().request.get(city.url(f"/dataset/{name}/transparency"))
        assert len(answer.body()) < 60_000, name


def test_a_usual_record_is_two_sheets_of_paper_with_its_qr_code(visit, city, levels, algorithm):
    for path in (f"/dataset/{levels['current']}/transparency", f"/algorithm/{algorithm}"):
        page, requested = visit(), []
        page.on("requestfinished", lambda request, requested=requested: requested.append(request.url))
        page.goto(city.url(path))
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) <= 2, path
        assert any(url.endswith("/qr.svg") for url in requested)


def test_no_text_of_the_picture_is_smaller_than_twelve_pixels_on_a_phone(visit, levels):
    page = visit(f"/dataset/{levels['started']}/transparency", viewport=NARROWEST)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('.osc-flow text')].map(each =>
            parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a)"""
    )
    assert min(sizes) >= 12


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("zoom", [2, 4])
def test_the_page_can_be_enlarged_in_both_directions(visit, levels, direction, zoom):
    page = visit(f"/dataset/{levels['started']}/transparency", viewport={"width": 1280 // zoom, "height": 800 // zoom})
    page.evaluate("direction => document.documentElement.dir = direction", direction)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")


def test_high_contrast_keeps_the_picture(visit, levels):
    page = visit(f"/dataset/{levels['started']}/transparency", forced_colors="active")
    style = "() => { const s = getComputedStyle(document.querySelector('.osc-flow rect')); return [s.fill, s.stroke] }"
    fill, stroke = page.evaluate(style)
    assert fill != stroke


def test_the_keyboard_opens_all_answers(visit, levels):
    page = visit(f"/dataset/{levels['current']}/transparency")
    page.locator(".osc-all summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#ownership_owner dd").is_visible()


def test_a_link_to_an_answer_opens_it(visit, levels):
    page = visit(f"/dataset/{levels['current']}/transparency#retention_type", javascript=False)
    assert page.locator("#retention_type dd").is_visible()
