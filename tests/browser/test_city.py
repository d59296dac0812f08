"""City page and printed report: accessibility, phone, print, and without JavaScript."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.browsing import NARROWEST, WIDE, day
from ckan.cli.cli import ckan
from ckan.common import config
from ckan.tests import factories
from click.testing import CliRunner
from playwright.sync_api import Page, expect

SECTIONS = ("accountable", "participatory", "purposeful", "stewardship", "proportionate", "levels", "organizations")
PATHS = pytest.mark.parametrize("path", ["/transparency", "/nl/transparency"])
# CKAN's user menu is outside of every landmark, and the alternative text of its avatar repeats the name.
CKAN_VIOLATIONS = ".account"


@pytest.fixture(scope="module", autouse=True)
def records(city) -> None:
    """Datasets of two organisations, and an algorithm."""
    city.dataset(name="answered", ownership_owner="Mobility", governance_review_due=day(-20))
    silent = city.dataset(name="silent")
    asked = city.steward.call("governance_question_create", id=silent, text="Who keeps this?")
    city.steward.call("governance_question_allow", id=asked["id"])
    city.dataset(name="permit-check", type="algorithm", algorithm_owner="Parks", algorithm_decision="informs")
    long = factories.Organization(title="\u202eÄ" * 150 + " <i>Amt</i>", name="amt", image_url="")
    factories.Dataset(owner_org=long["id"])


def violations(page: Page) -> str:
    results = Axe().run(page, context={"exclude": [[CKAN_VIOLATIONS]]})
    return results.generate_report() if results.violations_count else ""


def too_wide(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll('.osc-city, .osc-city *:not(.visually-hidden)')]
            .filter(each => each.getBoundingClientRect().right > innerWidth + 0.5
              && getComputedStyle(each.closest('thead') || each).position !== 'absolute')
            .map(each => `${each.tagName} ${each.className} ${each.textContent.slice(0, 30)}`)"""
    )


@PATHS
def test_axe_finds_nothing(visit, path):
    for viewport in (WIDE, NARROWEST):
        assert violations(visit(path, viewport=viewport)) == ""


def test_axe_finds_nothing_for_who_has_logged_in(as_steward):
    assert violations(as_steward("/transparency")) == ""


@PATHS
def test_nothing_is_wider_than_the_narrowest_screen(visit, path):
    page = visit(path, viewport=NARROWEST, javascript=False)
    assert too_wide(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_reader_goes_without_scripts_from_a_number_to_its_list_and_back(visit):
    page = visit("/about", javascript=False)
    page.get_by_role("link", name="Transparency").click()
    figure = page.locator("#figure-owner")
    expect(figure).to_contain_text("1 of 3")
    figure.get_by_role("link", name="The 2 that do not").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 datasets found")
    expect(page.locator(".osc-list-note")).to_contain_text("Datasets with a responsible organisation")
    page.get_by_role("link", name="Back to the numbers of the city").click()
    expect(page.locator("#overdue")).to_contain_text("Datasets: the check of the answers is late")


def test_the_keyboard_reaches_every_number(visit):
    page = visit("/transparency")
    links = page.locator(".osc-city a")
    assert links.count() > 40
    assert page.evaluate(
        "[...document.querySelectorAll('.osc-city a')].every(each => each.tabIndex === 0 && each.href)"
    )


def test_in_high_contrast_the_bars_still_tell_part_from_whole(visit):
    page = visit("/transparency", forced_colors="active")
    fills = page.evaluate(
        """['whole', 'part'].map(each =>
            getComputedStyle(document.querySelector(`#figure-owner .osc-bar-${each}`)).fill)"""
    )
    assert len(set(fills)) == 2
    assert violations(page) == ""


def test_from_right_to_left_the_bars_begin_on_the_right(visit):
    page = visit("/transparency")
    assert "osc-city" in page.content()
    page.evaluate("document.documentElement.dir = 'rtl'")
    transform = page.evaluate("getComputedStyle(document.querySelector('.osc-bar')).transform")
    assert transform.startswith("matrix(-1")


def test_five_numbers_are_seen_at_once_and_the_others_by_asking_or_on_paper(visit):
    page = visit("/transparency", javascript=False)
    for each in page.locator(".osc-part").all():
        assert len([figure for figure in each.locator(".osc-figure").all() if figure.is_visible()]) <= 5
    folded = page.locator("#participatory .osc-more .osc-figure")
    expect(folded.first).to_be_hidden()
    page.emulate_media(media="print")
    assert {figure.is_visible() for figure in folded.all()} == {True}
    page.emulate_media(media="screen")
    summary = page.locator("#participatory .osc-more summary")
    expect(summary).to_contain_text("1 more number: Shared with people")
    summary.press("Enter")
    assert {figure.is_visible() for figure in folded.all()} == {True}
    assert not too_wide(page)


@pytest.fixture(scope="module", params=["en", "nl"])
def report(request, records, tmp_path_factory):
    """File URL and language of a report written by `ckan opensmartcity city-report`."""
    path = tmp_path_factory.mktemp("report") / "city.html"
    arguments = [
        "-c",
        config["__file__"],
        "opensmartcity",
        "city-report",
        "--lang",
        request.param,
        "--output",
        str(path),
    ]
    completed = CliRunner().invoke(ckan, arguments, catch_exceptions=False)
    assert completed.exit_code == 0, completed.output
    return path.as_uri(), request.param


def test_the_report_stands_alone_and_reads_well(chromium, report):
    context = chromium.new_context(viewport=NARROWEST, java_script_enabled=False)
    page, requested = context.new_page(), []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(report[0])
    assert requested == [report[0]]
    assert page.locator("html").get_attribute("lang") == report[1]
    assert [part for part in SECTIONS if not page.locator(f"#{part}").count()] == []
    assert page.locator("script, link, img, iframe").count() == 0
    context.close()


def test_axe_finds_nothing_in_the_report(chromium, report):
    page = chromium.new_page(viewport=WIDE, bypass_csp=True)
    page.goto(report[0])
    assert violations(page) == ""
    page.close()


def test_the_report_prints(chromium, report):
    page = chromium.new_page()
    page.goto(report[0])
    page.emulate_media(media="print")
    shown = page.locator("h1, section h2, h3, .osc-number, .osc-definition, .osc-levels td, .osc-gaps td")
    assert [part.inner_text() for part in shown.all() if not part.is_visible()] == []
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")
    page.close()
