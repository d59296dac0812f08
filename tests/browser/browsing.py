"""What the page tests share: sizes of the window, and the parts of the form."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from playwright.sync_api import Locator, Page

WIDE, NARROW, NARROWEST = ({"width": width, "height": 800} for width in (1280, 360, 320))


def day(distance: int) -> str:
    """Return the day so many days from now, so that what is current today is current on every day."""
    return (datetime.now(tz=timezone.utc).date() + timedelta(days=distance)).isoformat()


def question(page: Page, name: str) -> Locator:
    """Return everything that belongs to one question of the form."""
    return page.locator(f"#osc-question-{name}")


def field(page: Page, name: str) -> Locator:
    """Return the input of one question."""
    return page.locator(f"#field-{name}")


def declare(page: Page, name: str, state: str) -> None:
    """Choose "not known" or "does not apply" for one question."""
    if not question(page, name).locator(".osc-declare[open]").count():
        question(page, name).locator(".osc-declare summary").click()
    question(page, name).locator(f"input[type=radio][value='{state}']").check()


def save(page: Page) -> None:
    """Send the page by its first choice: a new record goes on, an existing one goes on or is saved."""
    page.locator("#dataset-edit button[name=save].btn-primary, #osc-page button[name=save].btn-primary").click()


def announced(page: Page) -> Locator:
    """Return what the page says aloud while somebody types."""
    return page.locator("#osc-said")
