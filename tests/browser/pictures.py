"""Screenshots of every page of a running portal for visual review: phone, desktop and print, in two languages.

`PYTHONPATH=tests:. python tests/browser/pictures.py FOLDER [--address URL] [--data .portal] [--only city …] [--rtl]
[--high-contrast] [--languages en nl]` takes them; `make portal` serves the portal with its demo city.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from browser.every_page import Examples, public_pages, steward_pages
from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
PRINTED = ("dataset", "system", "city", "standard", "history")
# The top of very long pages is enough.
MOST_PIXELS = 9000


def main() -> None:
    """Take the pictures that the arguments select."""
    options = _arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    login = json.loads((options.data / "credentials.json").read_text(encoding="utf-8"))["editor"]
    of = examples(options.address, options.dataset, options.system)
    with _browser() as browser:
        for size, viewport in SIZES.items():
            looks = {"forced_colors": "active"} if options.high_contrast else {}
            context = browser.new_context(viewport=viewport, reduced_motion="reduce", **looks)
            page = context.new_page()
            take(page, options, public_pages(of), size)
            log_in(page, options.address, login)
            take(page, options, steward_pages(of), size)
            context.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", default="http://127.0.0.1:5000")
    parser.add_argument("--data", type=Path, default=Path(".portal"))
    parser.add_argument("--dataset", default="resident-reports")
    parser.add_argument("--system", default="report-sorter")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--languages", nargs="*", default=["en", "nl"])
    parser.add_argument("--rtl", action="store_true")
    parser.add_argument("--high-contrast", action="store_true")
    return parser.parse_args()


def examples(address: str, dataset: str, system: str) -> Examples:
    """Return the records of the portal that the pages show."""
    shown = requests.get(f"{address}/dataset/{dataset}/transparency.json", timeout=60).json()
    history = requests.get(f"{address}/dataset/{dataset}/transparency/history.json", timeout=60).json()
    return Examples(dataset, system, shown["dataset"]["organization"], history["events"][0]["id"])


@contextmanager
def _browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def log_in(page: Page, address: str, login: dict[str, str]) -> None:
    """Log in with the login form."""
    page.goto(f"{address}/user/login")
    page.get_by_label("Username or Email").fill(login["name"])
    page.get_by_label("Password").fill(login["password"])
    page.get_by_role("button", name="Login").click()
    page.wait_for_load_state()


def take(page: Page, options: argparse.Namespace, pages: dict[str, str], size: str) -> None:
    """Take a picture of each page in each language, and of printable pages in print layout."""
    for name, path in pages.items():
        for language in options.languages if not options.only or name in options.only else ():
            page.goto(f"{options.address}{'' if language == 'en' else f'/{language}'}{path}")
            if options.rtl:
                page.evaluate("document.documentElement.dir = 'rtl'")
            _photograph(page, options.folder / f"{name}-{language}-{size}.png", size)
            if size == "desktop" and name in PRINTED:
                _print(page, options.folder / f"{name}-{language}.pdf")


def _photograph(page: Page, file: Path, size: str) -> None:
    # Scroll, because some parts load lazily.
    page.evaluate("document.querySelectorAll('img').forEach(each => each.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    width, high = SIZES[size]["width"], page.evaluate("document.documentElement.scrollHeight")
    clip = {"x": 0, "y": 0, "width": width, "height": min(high, MOST_PIXELS)}
    page.screenshot(path=file, full_page=True, clip=clip)
    wide = page.evaluate("document.documentElement.scrollWidth")
    _say(f"{file.name}: {high} high{f', {wide} WIDE' if wide > width else ''}")


def _print(page: Page, file: Path) -> None:
    paper = page.pdf(path=file, format="A4", print_background=False)
    sheets = len(re.findall(rb"/Type\s*/Page\b", paper))
    _say(f"{file.name}: {sheets} sheets")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
