"""Participation: questions without an account, moderation, answers, notifications by mail, and stories."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.browsing import NARROWEST, WIDE
from ckan.lib.jobs import get_queue
from ckan.lib.redis import connect_to_redis
from ckan.tests.helpers import changed_config
from playwright.sync_api import Page, expect
from rq.job import Job
from support.participation_city import own_keys
from support.smtp import mail_server

CKAN_VIOLATIONS = ".account"
EMAIL = "resident@example.org"


@pytest.fixture(scope="module")
def counters(city):
    """A dataset, with empty rate limits, an empty job queue and a steward with an e-mail address."""
    connection = connect_to_redis()
    for key in own_keys():
        connection.delete(key)
    get_queue().empty()
    city.sysadmin.call("user_patch", id="steward", email="steward@example.org")
    return city.dataset(name="counters", fitness_purpose="To know how many cyclists pass.")


def run_jobs(mails) -> None:
    """Run the queued and scheduled jobs like a worker."""
    queue = get_queue()
    scheduled = [Job.fetch(name, queue.connection) for name in queue.scheduled_job_registry.get_job_ids()]
    with changed_config("smtp.server", mails.address):
        for job in [*queue.jobs, *scheduled]:
            if "participation" in job.func_name:
                job.perform()
                queue.scheduled_job_registry.remove(job)
                job.delete()


def violations(page: Page) -> str:
    results = Axe().run(page, context={"exclude": [[CKAN_VIOLATIONS]]})
    return results.generate_report() if results.violations_count else ""


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_question_walks_from_a_resident_to_the_city_page(visit, as_steward, counters):
    with mail_server() as mails:
        resident = visit(f"/dataset/{counters}/transparency", javascript=False)
        resident.get_by_role("link", name="Ask a question, read the answers").click()
        resident.get_by_label("Your question").fill("How many bicycles pass at night?\n<b>Thank you</b>")
        resident.get_by_label("Your e-mail address").fill(EMAIL)
        resident.get_by_role("button", name="Send the question").click()
        expect(resident.get_by_text("Keep this code:")).to_be_visible()
        expect(resident.get_by_text("1 question waits to be read by the city.")).to_be_visible()
        run_jobs(mails)
        assert "/dataset/counters/questions" in mails.to("steward@example.org")[0].get_content()

        steward = as_steward("/stewardship/questions", javascript=False)
        expect(steward.get_by_text("How many bicycles pass at night?")).to_be_visible()
        steward.locator(".osc-waits").get_by_role("link").click()
        steward.get_by_role("button", name="Show this question to all").click()
        steward.locator(".osc-settle summary", has_text="Answer").click()
        steward.get_by_label("Your answer").fill("About fifty.")
        steward.get_by_label("Does this change the record?").select_option(label="Yes, by its next change")
        steward.get_by_role("button", name="Publish the answer").click()
        expect(steward.get_by_text("Saved.")).to_be_visible()
        run_jobs(mails)
        assert "About fifty." in mails.to(EMAIL)[0].get_content()

    resident.reload()
    expect(resident.get_by_role("heading", name="Answer of Mobility Department")).to_be_visible()
    expect(resident.get_by_text("<b>Thank you</b>")).to_be_visible()
    expect(resident.get_by_text("The change is still to come.")).to_be_visible()
    feed = resident.request.get(resident.url.split("/questions")[0] + "/transparency/history.atom")
    assert "About fifty." in feed.text()
    assert EMAIL not in resident.content()
    resident.get_by_role("link", name="Transparency").first.click()
    expect(resident.locator("#figure-questions_answered")).to_contain_text("1 of 1")
    expect(resident.locator("#figure-days_to_answer")).to_contain_text("0 days")


def test_a_story_is_told_read_and_found(visit, as_steward, counters):
    resident = visit(f"/dataset/{counters}/stories", javascript=False)
    resident.get_by_label("Harm").check()
    resident.get_by_label("What happened, in one line").fill("It sent us over a closed bridge")
    resident.get_by_label("The story").fill("The counter said that the bridge was open.")
    resident.get_by_label(re.compile("A link to read more")).fill("https://example.org/bridge")
    resident.get_by_role("button", name="Send the story").click()
    expect(resident.get_by_text("Thank you. Your story has arrived.")).to_be_visible()
    expect(resident.get_by_text("closed bridge")).to_have_count(0)
    steward = as_steward(f"/dataset/{counters}/stories", javascript=False)
    steward.get_by_role("button", name="Show this story to all").click()
    resident.goto(resident.url.split("/dataset")[0] + "/transparency#stories")
    resident.get_by_role("link", name="All stories").click()
    resident.get_by_label("Words in the story").fill("bridge")
    resident.get_by_role("button", name="Search").click()
    expect(resident.get_by_role("heading", name="It sent us over a closed bridge")).to_be_visible()
    expect(resident.get_by_role("link", name="https://example.org/bridge")).to_have_attribute(
        "rel", "nofollow noopener"
    )


PAGES = (
    "/dataset/counters/questions",
    "/dataset/counters/stories",
    "/transparency/questions",
    "/transparency/stories",
    "/dataset/counters/transparency",
)


@pytest.mark.parametrize("language", ["", "/nl"])
def test_axe_finds_nothing_and_nothing_is_too_wide(visit, counters, language):
    for path in PAGES:
        for viewport in (WIDE, NARROWEST):
            page = visit(f"{language}{path}", viewport=viewport)
            assert violations(page) == "", path
            assert fits(page), path


def test_axe_finds_nothing_on_the_pages_of_a_steward(as_steward, visit, counters):
    page = as_steward(f"/dataset/{counters}/questions")
    asking = visit(f"/dataset/{counters}/questions")
    asking.get_by_label("Your question").fill("And by day?")
    asking.get_by_role("button", name="Send the question").click()
    for path in (f"/dataset/{counters}/questions", "/stewardship/questions", f"/dataset/{counters}/stories"):
        page.goto(asking.url.split("/dataset")[0] + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == "", path


def test_a_refused_form_is_announced_and_keeps_what_was_typed(visit, counters):
    page = visit(f"/dataset/{counters}/questions")
    page.get_by_label("Your question").fill("hm")
    page.get_by_role("button", name="Send the question").click()
    expect(page.get_by_role("alert")).to_contain_text("at least 5 characters")
    expect(page.get_by_label("Your question")).to_have_value("hm")
    assert violations(page) == ""


def test_the_dutch_page_takes_a_question_without_scripts(visit, counters):
    page = visit(f"/nl/dataset/{counters}/questions", javascript=False)
    page.locator("#ask-text").fill("Hoeveel fietsen komen er voorbij?")
    page.locator(".osc-ask button.btn-primary").click()
    assert page.locator("html").get_attribute("lang") == "nl"
    assert "/nl/dataset/" in page.url
    expect(page.locator(".osc-errors")).to_have_count(0)
