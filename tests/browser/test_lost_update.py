"""Protection of typed text from loss: two people on one page, a session that ends, a reload, another language."""

from __future__ import annotations

import re
import uuid

import pytest
from browser.browsing import NARROW, WIDE, field, question
from browser.conftest import PASSWORD
from playwright.sync_api import Page, expect

MODES = pytest.mark.parametrize(
    ("javascript", "viewport"), [(True, WIDE), (False, NARROW)], ids=["scripts-wide", "no-scripts-narrow"]
)
PURPOSE, LIMITS = "fitness_purpose", "fitness_limits"


@pytest.fixture
def counters(city) -> str:
    return city.dataset(name=f"record-{uuid.uuid4().hex[:12]}", fitness_purpose="First.", fitness_limits="First.")


def press_save(page: Page) -> None:
    page.locator("#osc-page .osc-actions button", has_text=re.compile("^Save$")).click()


@MODES
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in order", "reversed"])
def test_two_people_change_different_answers_of_one_page(as_steward, city, counters, javascript, viewport, order):
    address = f"/dataset/{counters}/governance/fitness"
    tabs = [as_steward(address, javascript=javascript, viewport=viewport) for _ in range(2)]
    field(tabs[0], PURPOSE).fill("By the first.")
    field(tabs[1], LIMITS).fill("By the second.")
    for place in order:
        press_save(tabs[place])
        expect(tabs[place].locator(".flash-messages")).to_contain_text("Saved.")
    stored = city.steward.call("package_show", id=counters)
    assert (stored[PURPOSE], stored[LIMITS]) == ("By the first.", "By the second.")


@MODES
def test_two_people_change_the_same_answer(as_steward, city, counters, javascript, viewport):
    address = f"/dataset/{counters}/governance/fitness"
    mine, theirs = (as_steward(address, javascript=javascript, viewport=viewport) for _ in range(2))
    for page, text in ((theirs, "Theirs."), (mine, "Mine.")):
        field(page, PURPOSE).fill(text)
        press_save(page)
    expect(mine.locator("#osc-conflicts-title")).to_be_visible()
    expect(question(mine, PURPOSE).locator(".osc-conflict")).to_contain_text("Theirs.")
    expect(question(mine, PURPOSE).locator(".osc-conflict")).to_contain_text("By: ")
    expect(field(mine, PURPOSE)).to_have_value("Mine.")
    assert city.steward.call("package_show", id=counters)[PURPOSE] == "Theirs."
    press_save(mine)
    expect(mine.locator(".flash-messages")).to_contain_text("Saved.")
    assert city.steward.call("package_show", id=counters)[PURPOSE] == "Mine."


@MODES
def test_a_session_that_ends_in_mid_form_loses_no_text(as_steward, city, counters, javascript, viewport):
    page = as_steward(f"/dataset/{counters}/governance/fitness", javascript=javascript, viewport=viewport)
    page.context.clear_cookies()
    field(page, PURPOSE).fill("Typed while the session ended.\nIn two lines.")
    if javascript:
        expect(page.locator("#osc-stale")).to_be_visible()
    press_save(page)
    expect(page.locator(".osc-typed")).to_contain_text("Typed while the session ended.")
    with page.context.expect_page() as opened:
        page.locator(".osc-form").get_by_role("link", name="Log in").click()
    log_in = opened.value
    log_in.get_by_label("Username or Email").fill("steward")
    log_in.get_by_label("Password").fill(PASSWORD)
    log_in.get_by_role("button", name="Login").click()
    log_in.get_by_role("button", name="Log out").wait_for()
    page.get_by_role("button", name="Send my text").click()
    # The form that was opened without a session has no valid token either.
    if page.get_by_role("button", name="Send my text").count():
        expect(page.locator(".osc-form")).to_contain_text("You are logged in.")
        page.get_by_role("button", name="Send my text").click()
    expect(page.locator(".flash-messages")).to_contain_text("Saved.")
    stored = city.steward.call("package_show", id=counters)
    assert (stored[PURPOSE].splitlines(), stored[LIMITS]) == (
        ["Typed while the session ended.", "In two lines."],
        "First.",
    )


def test_a_reload_and_another_language_keep_what_was_typed(as_steward, city, counters):
    page = as_steward(f"/dataset/{counters}/governance/fitness")
    expect(page.locator("form.osc-live")).to_be_attached()
    field(page, PURPOSE).fill("Not saved yet.")
    page.reload()
    expect(field(page, PURPOSE)).to_have_value("Not saved yet.")
    expect(page.locator("#osc-restored")).to_be_visible()
    page.goto(city.url(f"/nl/dataset/{counters}/governance/fitness"))
    expect(field(page, PURPOSE)).to_have_value("Not saved yet.")
    page.locator("#osc-discard").click()
    expect(field(page, PURPOSE)).to_have_value("First.")
    expect(page.locator("#osc-restored")).to_be_hidden()
    assert city.steward.call("package_show", id=counters)[PURPOSE] == "First."


@MODES
def test_the_buttons_of_other_languages_keep_what_was_typed(as_steward, city, counters, javascript, viewport):
    page = as_steward(f"/dataset/{counters}/governance/fitness", javascript=javascript, viewport=viewport)
    field(page, PURPOSE).fill("Not saved yet.")
    for language, code in (("Nederlands", "nl"), ("Deutsch", "de")):
        page.locator("#osc-page").get_by_role("button", name=language).click()
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(field(page, PURPOSE)).to_have_value("Not saved yet.")
    assert city.steward.call("package_show", id=counters)[PURPOSE] == "First."
    page.locator("#osc-page .osc-actions button[value=stay]").click()
    expect(page.locator(".flash-messages")).to_be_visible()
    stored = city.steward.call("package_show", id=counters)
    assert (stored[PURPOSE], stored[LIMITS]) == ("Not saved yet.", "First.")


@MODES
def test_a_resident_goes_on_in_another_language_with_what_was_typed(visit, city, counters, javascript, viewport):
    page = visit(f"/dataset/{counters}/questions", javascript=javascript, viewport=viewport)
    page.get_by_label("Your question").fill("How many cyclists\npass at night?")
    page.locator("#ask").get_by_role("button", name="Nederlands").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.locator("#ask-text")).to_have_value("How many cyclists\npass at night?")
    assert city.sysadmin.call("governance_question_list", id=counters)["questions"] == []


def test_what_was_restored_conflicts_with_what_others_saved_meanwhile(as_steward, city, counters):
    page = as_steward(f"/dataset/{counters}/governance/fitness")
    expect(page.locator("form.osc-live")).to_be_attached()
    field(page, PURPOSE).fill("Mine.")
    city.sysadmin.call("package_patch", id=counters, fitness_purpose="Theirs.")
    page.reload()
    expect(field(page, PURPOSE)).to_have_value("Mine.")
    press_save(page)
    expect(question(page, PURPOSE).locator(".osc-conflict")).to_contain_text("Theirs.")


def test_what_was_saved_is_not_restored(as_steward, counters):
    page = as_steward(f"/dataset/{counters}/governance/fitness")
    expect(page.locator("form.osc-live")).to_be_attached()
    field(page, PURPOSE).fill("Saved.")
    press_save(page)
    expect(page.locator(".flash-messages")).to_contain_text("Saved.")
    expect(page.locator("form.osc-live")).to_be_attached()
    expect(page.locator("#osc-restored")).to_be_hidden()
