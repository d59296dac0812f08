"""Pages of the form: conditional questions, live messages, keyboard, and without JavaScript."""

from __future__ import annotations

import re
import uuid

import pytest
from browser.browsing import NARROWEST, WIDE, day, declare, field, live_region, question, save
from ckanext.opensmartcity.standard import language, load_standard, shipped_folder, shipped_languages
from ckanext.opensmartcity.standard.model import Condition
from playwright.sync_api import Page, expect

STANDARD = load_standard(shipped_folder())
PRIVACY = next(group for group in STANDARD.records["dataset"].groups if group.id == "privacy")
CONDITIONAL = [each.name for each in PRIVACY.fields if isinstance(each.obligation, Condition)]
PERSONAL = (
    "privacy_personal_data",
    "privacy_data_subjects",
    "privacy_purpose",
    "privacy_legal_basis",
    "privacy_objection",
)
MODES = pytest.mark.parametrize(
    ("javascript", "viewport"), [(True, WIDE), (False, NARROWEST)], ids=["scripts-wide", "no-scripts-narrowest"]
)


def new_name() -> str:
    return f"record-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def counters(city) -> str:
    """A new dataset per test with some of its answers."""
    return city.dataset(
        name=new_name(),
        ownership_owner="Mobility Department",
        ownership_steward_role="Data steward for mobility",
        ownership_contact="mobility@city.example",
        ownership_origin="sensors",
        governance_reviewed_on=day(-30),
        governance_review_due=day(300),
        privacy_class="non_personal",
        privacy_openness="open",
        license_id="cc-by",
    )


def test_questions_appear_when_they_apply_and_go_when_they_do_not(as_steward, counters):
    page = as_steward(f"/dataset/{counters}/governance/privacy")
    for name in CONDITIONAL:
        expect(question(page, name)).to_be_hidden()
    field(page, "privacy_class").select_option("personal")
    for name in PERSONAL:
        expect(question(page, name)).to_be_visible()
    expect(question(page, "privacy_access_conditions")).to_be_hidden()
    expect(question(page, "privacy_special_condition")).to_be_hidden()
    field(page, "privacy_openness").select_option("shared")
    expect(question(page, "privacy_access_conditions")).to_be_visible()
    field(page, "privacy_class").select_option("non_personal")
    for name in PERSONAL:
        expect(question(page, name)).to_be_hidden()


def test_a_question_that_holds_something_never_goes(as_steward, counters):
    page = as_steward(f"/dataset/{counters}/governance/privacy")
    field(page, "privacy_class").select_option("personal")
    field(page, "privacy_purpose").fill("To plan.")
    declare(page, "privacy_decision_rights", "unknown")
    question(page, "privacy_data_subjects").get_by_label("Residents").check()
    field(page, "privacy_class").select_option("non_personal")
    expect(question(page, "privacy_legal_basis")).to_be_hidden()
    for name in ("privacy_purpose", "privacy_decision_rights", "privacy_data_subjects"):
        expect(question(page, name)).to_be_visible()


def test_what_is_being_typed_when_the_scripts_arrive_is_kept(as_steward, city, counters):
    page, held = as_steward(), []
    page.route("**/*_form.js*", lambda route: held.append(route))  # noqa: PLW0108  (no attribute fits on a built-in)
    with page.expect_request("**/*_form.js*"):
        page.goto(city.url(f"/dataset/{counters}/governance/retention"), wait_until="commit")
    field(page, "retention_period").focus()
    page.keyboard.type("seven")
    field(page, "retention_event").focus()
    held.pop().continue_()
    expect(page.locator("form.osc-live")).to_be_attached()
    expect(question(page, "retention_until")).to_be_hidden()
    page.keyboard.type("When the permit ends")
    expect(field(page, "retention_period")).to_have_value("seven")
    expect(field(page, "retention_event")).to_have_value("When the permit ends")


def test_a_question_opened_by_an_answer_stays_while_the_scripts_arrive(as_steward, city, counters):
    page, scripts, checks = as_steward(), [], []
    page.route("**/*_form.js*", lambda route: scripts.append(route))  # noqa: PLW0108  (no attribute fits on a built-in)
    page.route("**/governance/*/check*", lambda route: checks.append(route))  # noqa: PLW0108
    with page.expect_request("**/*_form.js*"):
        page.goto(city.url(f"/dataset/{counters}/governance/retention"), wait_until="commit")
    field(page, "retention_type").select_option("fixed_period")
    with page.expect_request("**/governance/*/check*"):
        scripts.pop().continue_()
    expect(question(page, "retention_period")).to_be_visible()
    checks.pop().continue_()
    expect(page.locator("form.osc-live")).to_be_attached()
    expect(question(page, "retention_period")).to_be_visible()
    expect(question(page, "retention_until")).to_be_hidden()


def test_without_scripts_every_question_is_there_in_order_and_says_when_it_counts(as_steward, counters):
    page = as_steward(f"/dataset/{counters}/governance/privacy", javascript=False)
    ids = page.locator(".osc-question").evaluate_all("all => all.map(each => each.id)")
    assert ids == [f"osc-question-{each.name}" for each in PRIVACY.fields]
    for each in PRIVACY.fields:
        expect(field(page, each.name)).to_be_visible()
    for name in CONDITIONAL:
        expect(question(page, name).locator(".osc-needed")).to_contain_text(re.compile(r"^(Only|Not needed) if \(?“"))


def test_level_gaps_and_concerns_are_live_and_said_politely_and_nothing_is_saved(as_steward, city, counters):
    page = as_steward(f"/dataset/{counters}/governance/privacy")
    panel = page.locator("#osc-panel")
    expect(panel).to_contain_text("This page: Answers: complete and checked")
    expect(live_region(page)).to_have_attribute("role", "status")
    expect(live_region(page)).to_have_text("")
    field(page, "privacy_class").select_option("personal")
    expect(panel.get_by_role("link", name="People concerned", exact=True)).to_have_attribute(
        "href", "#field-privacy_data_subjects"
    )
    expect(panel).to_contain_text("OSC-011")
    expect(live_region(page)).to_contain_text(
        re.compile(r"This page – Answers: begun\. \d answers are missing\. 1 concern\.")
    )
    field(page, "privacy_impact_assessment_url").fill("javascript:alert(1)")
    expect(panel).to_contain_text("Would be refused:")
    expect(live_region(page)).to_contain_text("1 answer would be refused.")
    assert city.steward.call("package_show", id=counters)["privacy_class"] == "non_personal"


def test_not_known_and_not_applicable_count_while_typing_and_when_saved(as_steward, visit, city, counters):
    page = as_steward(f"/dataset/{counters}/governance/fitness")
    panel = page.locator("#osc-panel")
    expect(panel.get_by_role("link", name="What it was made for")).to_be_visible()
    declare(page, "fitness_purpose", "unknown")
    expect(panel.get_by_role("link", name="What it was made for")).to_have_count(0)
    declare(page, "fitness_limits", "not_applicable")
    expect(panel).to_contain_text("Say in one sentence why this question does not apply.")
    question(page, "fitness_limits").get_by_label("Why?").fill("A list of names has no limits.")
    expect(panel).not_to_contain_text("Would be refused")
    save(page)
    expect(page.locator(".flash-messages")).to_contain_text("Saved.")
    assert city.steward.call("package_show", id=counters)["governance_declared"] == {
        "fitness_purpose": {"state": "unknown"},
        "fitness_limits": {"state": "not_applicable", "reason": "A list of names has no limits."},
    }
    resident = visit(f"/dataset/{counters}/transparency")
    expect(resident.locator("#fitness_purpose")).to_contain_text("does not know this yet")
    expect(resident.locator("#fitness_limits")).to_contain_text("A list of names has no limits.")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(200):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no number of Tabs leads to {selector}")


@MODES
def test_a_page_is_filled_in_mended_and_saved_by_keyboard_alone(as_steward, city, counters, javascript, viewport):
    page = as_steward(f"/dataset/{counters}/governance/retention", javascript=javascript, viewport=viewport)
    tab_to(page, "#field-retention_type")
    page.keyboard.type("For a fixed")
    expect(field(page, "retention_type")).to_have_value("fixed_period")
    if javascript:
        expect(field(page, "retention_period")).to_be_visible()
    tab_to(page, "#field-retention_period")
    page.keyboard.type("seven years")
    page.keyboard.press("Enter")

    expect(page.locator(".osc-errors")).to_be_focused()
    tab_to(page, ".osc-errors a")
    page.keyboard.press("Enter")
    expect(field(page, "retention_period")).to_be_focused()
    expect(field(page, "retention_period")).to_have_value("seven years")
    page.keyboard.press("Control+A")
    page.keyboard.type("P7Y")
    tab_to(page, "#osc-question-retention_basis summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=declared-retention_basis]")
    page.keyboard.press("ArrowDown")
    expect(question(page, "retention_basis").locator("[value=unknown]")).to_be_checked()
    tab_to(page, "#osc-page .btn-primary")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/governance/fitness$"))
    saved = city.steward.call("package_show", id=counters)
    assert (saved["retention_type"], saved["retention_period"]) == ("fixed_period", "P7Y")
    assert saved["governance_declared"] == {"retention_basis": {"state": "unknown"}}


def test_an_error_on_another_page_is_reached_and_mended(as_steward, city):
    draft = city.sysadmin.call(
        "package_create", type="algorithm", state="draft", name=new_name(), title="Permit check", owner_org="mobility",
        private=False, algorithm_justification="Few cases.", algorithm_objection="permits@city.example",
    )["name"]  # fmt: skip
    page = as_steward(f"/algorithm/{draft}/governance/working")
    field(page, "algorithm_decision").select_option("decides")
    page.get_by_role("button", name="Save and go on to publish").click()
    page.get_by_role("button", name="Publish").click()
    page.locator(".osc-errors").get_by_role("link", name="Human oversight").click()
    expect(page).to_have_url(re.compile("/governance/control#field-algorithm_oversight$"))
    expect(field(page, "algorithm_oversight")).to_be_in_viewport()
    field(page, "algorithm_oversight").fill("A permit officer can change every outcome.")
    page.get_by_role("button", name="Save and go on to publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(re.compile(f"/algorithm/{draft}$"))
    assert city.steward.call("package_show", id=draft)["state"] == "active"


@MODES
def test_default_answers_are_offered_taken_and_saved(as_steward, city, counters, javascript, viewport):
    stated = {
        "sovereignty_storage_kind": "own_premises",
        "sovereignty_storage_countries": ["NL"],
        "governance_declared": {"sovereignty_indigenous_notice": {"state": "not_applicable", "reason": "None here."}},
    }
    city.sysadmin.call("governance_defaults_update", id="mobility", answers=stated)
    page = as_steward(f"/dataset/{counters}/governance/sovereignty", javascript=javascript, viewport=viewport)
    offer = question(page, "sovereignty_storage_countries").locator(".osc-offer")
    expect(offer).to_contain_text("Default answer of your organisation:")
    expect(field(page, "sovereignty_storage_countries")).to_have_values([])
    page.get_by_role("button", name="Use this answer Storage countries").click()
    expect(field(page, "sovereignty_storage_countries")).to_have_values(["NL"])
    expect(field(page, "sovereignty_storage_kind")).to_have_value("")
    page.get_by_role("button", name="Fill in the default answers").click()
    expect(field(page, "sovereignty_storage_kind")).to_have_value("own_premises")
    assert "sovereignty_storage_kind" not in city.steward.call("package_show", id=counters)
    save(page)
    expect(page).to_have_url(re.compile("/governance/privacy$"))
    saved = city.steward.call("package_show", id=counters)
    assert {name: saved[name] for name in stated} == stated


def test_an_offer_gives_way_to_what_is_typed(as_steward, city, counters):
    city.sysadmin.call("governance_defaults_update", id="mobility", answers={"ownership_custodian": "Parking team"})
    page = as_steward(f"/dataset/{counters}/governance/ownership")
    offer = question(page, "ownership_custodian").locator(".osc-offer")
    expect(offer).to_be_visible()
    field(page, "ownership_custodian").fill("Another team")
    expect(offer).to_be_hidden()
    field(page, "ownership_custodian").fill("")
    expect(offer).to_be_visible()


@pytest.mark.parametrize("code", shipped_languages())
def test_every_page_speaks_the_language_of_its_reader(as_steward, city, counters, code):
    reader, page = language(code), as_steward()
    prefix = "" if code == "en" else f"/{code}"
    for group in STANDARD.records["dataset"].groups:
        page.goto(city.url(f"{prefix}/dataset/{counters}/governance/{group.id}"))
        expect(page.locator("#osc-group-title")).to_have_text(reader.translate(group.question))
        for each in group.fields:
            expect(page.locator(f"#osc-ask-{each.name}")).to_have_text(reader.translate(each.question))
    page.goto(city.url(f"{prefix}/dataset/{counters}/governance/privacy"))
    field(page, "privacy_class").select_option("personal")
    label = reader.translate(STANDARD.records["dataset"].fields["privacy_purpose"].label)
    expect(page.locator("#osc-panel").get_by_role("link", name=label, exact=True)).to_be_visible()
