"""Lists, the algorithm register and the page of the standard."""

from __future__ import annotations

import re

import pytest
from browser.browsing import NARROWEST, WIDE
from browser.test_accessibility import too_wide, violations
from playwright.sync_api import Page, expect

STANDARD = "/transparency/standard"
PAGES = ("/dataset/", "/dataset/?vocab_governance_level=started", "/organization/mobility", "/algorithm/", STANDARD)
MODES = pytest.mark.parametrize(
    ("javascript", "viewport"), [(True, WIDE), (False, WIDE)], ids=["scripts", "no-scripts"]
)


@pytest.fixture(scope="module", autouse=True)
def records(city) -> None:
    """An algorithm, a dataset that it uses, and one without answers."""
    city.dataset(
        type="algorithm",
        name="permit-check",
        title="Parking permit check",
        notes="Reads an application and proposes a decision.",
        algorithm_status="operational",
        algorithm_decision="recommends",
        algorithm_risk="high",
    )
    use = {"algorithm_use": "in_use", "algorithm_role": ["input"], "algorithm_systems": ["permit-check"]}
    a_word_on_everything = {
        "ownership_owner": "Parking Department",
        "sovereignty_storage_kind": "own_premises",
        "privacy_class": "personal",
        "retention_type": "indefinite",
        "fitness_purpose": "To know who may park.",
    }
    city.dataset(name="permits", title="Parking permits", **a_word_on_everything, **use)
    for number in range(3):
        city.dataset(name=f"silent-{number}", title=f"Benches along the canal, part {number}")


@pytest.mark.parametrize("language", ["", "/nl"], ids=["en", "nl"])
def test_axe_finds_nothing_on_lists_register_and_standard(visit, city, language):
    page = visit()
    for path in (*PAGES, "/algorithm/permit-check"):
        page.goto(city.url(language + path))
        page.evaluate("document.querySelectorAll('.osc-facet details').forEach(each => each.open = true)")
        assert violations(page) == "", path


@pytest.mark.parametrize("path", [*PAGES, "/algorithm/permit-check", f"/nl{STANDARD}"])
def test_they_never_scroll_sideways(visit, path):
    page = visit(path, viewport=NARROWEST)
    assert too_wide(page) == []


@MODES
def test_a_reader_filters_by_level_and_takes_the_filter_away(visit, javascript, viewport):
    page = visit("/organization/mobility", javascript=javascript, viewport=viewport)
    expect(page.locator(".dataset-item")).to_have_count(5)
    expect(page.locator(".dataset-item .osc-level-silent")).to_have_count(4)
    facet = page.locator(".osc-facet", has_text="Governance level")
    expect(facet.get_by_role("link")).to_have_count(0)
    facet.locator("summary").press("Enter")
    facet.get_by_role("link", name="Answers: begun").click()
    expect(page).to_have_url(re.compile("vocab_governance_level=started"))
    expect(page.locator(".dataset-item")).to_have_count(1)
    expect(page.locator(".dataset-item .osc-level-started")).to_have_count(1)
    facet.get_by_role("link", name="Answers: begun").click()
    expect(page.locator(".dataset-item")).to_have_count(5)


@MODES
def test_a_resident_goes_from_a_dataset_to_its_system_and_back(visit, javascript, viewport):
    page = visit("/dataset/permits/transparency", javascript=javascript, viewport=viewport)
    page.get_by_role("link", name="Parking permit check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Parking permit check")
    page.locator("#datasets").get_by_role("link", name="Parking permits").click()
    expect(page).to_have_url(re.compile("/dataset/permits/transparency$"))


def test_a_concern_leads_to_its_rule(visit):
    page = visit(f"{STANDARD}#OSC-012", javascript=False)
    expect(page.locator("#OSC-012")).to_be_in_viewport()


def test_paper_shows_the_whole_standard(visit):
    page = visit(STANDARD)
    clauses = page.locator(".osc-clause")
    page.emulate_media(media="print")
    assert clauses.count() > 90
    assert clauses.first.is_visible()
    assert clauses.last.is_visible()
    assert not masthead(page).is_visible()


def masthead(page: Page):
    return page.locator(".masthead")


def test_the_filters_are_there_on_a_phone_without_scripts(visit):
    page = visit("/algorithm/", viewport=NARROWEST, javascript=False)
    facet = page.locator(".osc-facet", has_text="Risk class")
    facet.get_by_role("link", name="High risk").click()
    expect(page).to_have_url(re.compile("vocab_algorithm_risk=high"))
    expect(page.locator(".dataset-item")).to_have_count(1)
