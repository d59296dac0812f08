"""Shared helpers of the browser tests: window sizes and parts of the form."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from playwright.sync_api import Locator, Page

WIDE, NARROW, NARROWEST = ({"width": width, "height": 800} for width in (1280, 360, 320))


def day(distance: int) -> str:
    """Return the ISO date a number of days from now, so that current answers stay current on any day of the tests."""
    return (datetime.now(tz=timezone.utc).date() + timedelta(days=distance)).isoformat()


def question(page: Page, name: str) -> Locator:
    """Locate a question of the form with its help, input and messages."""
    return page.locator(f"#osc-question-{name}")


def field(page: Page, name: str) -> Locator:
    """Locate the input of a question."""
    return page.locator(f"#field-{name}")


def declare(page: Page, name: str, state: str) -> None:
    """Choose "not known" or "does not apply" for a question."""
    if not question(page, name).locator(".osc-declare[open]").count():
        question(page, name).locator(".osc-declare summary").click()
    question(page, name).locator(f"input[type=radio][value='{state}']").check()


def save(page: Page) -> None:
    """Submit the form by its primary button: the next page for a new record, else the next page or save."""
    page.locator("#dataset-edit button[name=save].btn-primary, #osc-page button[name=save].btn-primary").click()


def live_region(page: Page) -> Locator:
    """Locate the live region that screen readers announce while the user types."""
    return page.locator("#osc-said")
