"""Requirements on every page: axe, zoom, keyboard, high contrast, right to left, other themes, no JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.browsing import WIDE
from browser.conftest import log_in
from browser.every_page import Examples, public_pages, steward_pages
from browser.test_accessibility import open_details, violations
from playwright.sync_api import Browser, Page

NOBODY = Examples("", "", "", "")
PAGES = [("anyone", name) for name in public_pages(NOBODY)] + [("steward", name) for name in steward_pages(NOBODY)]
HARD = "\u202eCounters\u202c 🚲 of bicycles along the Donaudampfschifffahrtsgesellschaftskapitänspromenade"
# Texts of residents may not contain invisible characters.
SAID = HARD.strip("\u202e").replace("\u202c", "")
LONG = f"https://city.example/{'a-very-long-address-' * 8}"
STOPS = 25
# A date input has four tab stops (day, month, year, button) in one element.
DATE_STOPS = 4
THEMED = ("dataset", "history", "city", "standard", "search", "form-privacy", "settling", "deciding", "cities")
# Themes that do not know the plugin: a dark one, and none.
DARK = """
  :root { --bs-body-bg: #10171d; --bs-body-color: #e8eef2; }
  body, [role=main], .wrapper, .module, .module-content, .page-header { background: #10171d; }
  body { color: #e8eef2; }
  h1, h2, h3, h4 { color: #e8eef2; } a { color: #8cc8ff; }
"""
# A dark theme that overrides the plugin's colours too.
OURS = """
  :root { --osc-paper: #10171d; --osc-ink: #e8eef2; --osc-soft: #c5d0d8; --osc-faint: #b3bfc8; --osc-line: #41505c;
    --osc-tint: #1b262f; --osc-tint-strong: #263541; --osc-deep: #9fcdf0; --osc-link: #8cc8ff; --osc-alarm: #ff9b9b;
    --osc-silent: #f0a6b4; --osc-started: #f2c06b; --osc-answered: #8cc8ff; --osc-current: #8fd6a1;
    --osc-silent-tint: #2b1b20; --osc-started-tint: #2b2415;
    --osc-answered-tint: #16242f; --osc-current-tint: #16271b; }
"""


@pytest.fixture(scope="module")
def examples(city) -> Examples:
    """A dataset with difficult texts and one change, and an algorithm that uses it."""
    system = city.dataset(
        type="algorithm",
        name="permit-check",
        title="Parking permit check",
        notes="Proposes a decision. " * 10,
        algorithm_owner="Parking Department",
        algorithm_decision="recommends",
        algorithm_status="operational",
    )
    dataset = city.dataset(
        title=f"{HARD} <b>&amp;",
        name="counters",
        notes=f"{HARD}\n\n" * 5,
        ownership_owner=HARD,
        ownership_contact="jan.jansen@city.example",
        ownership_mandate=LONG,
        ownership_suppliers=[HARD, "Wieltel"],
        sovereignty_storage_countries=["NL", "US"],
        privacy_class="personal",
        privacy_openness="open",
        algorithm_use="in_use",
        algorithm_systems=[system],
        retention_type="until_date",
        retention_until="2020-01-01",
        governance_declared={"privacy_objection": {"state": "unknown", "reason": HARD}},
    )
    city.steward.call("package_patch", id=dataset, fitness_purpose=HARD * 3)
    event = city.steward.call("governance_history", id=dataset)["events"][0]["id"]
    answered, _ = (city.sysadmin.call("governance_question_create", id=dataset, text=SAID * 3) for _ in range(2))
    city.sysadmin.call("governance_question_allow", id=answered["id"])
    city.sysadmin.call("governance_question_answer", id=answered["id"], answer=SAID * 5)
    shown, _ = (
        city.sysadmin.call("governance_story_create", id=dataset, kind=kind, title=SAID, text=SAID * 5, link=LONG)
        for kind in ("harm", "use")
    )
    city.sysadmin.call("governance_story_moderate", id=shown["id"], decision="show")
    return Examples(dataset, system, "mobility", event)


@pytest.fixture(scope="module")
def tabs(chromium: Browser, city) -> Iterator[dict[str, Page]]:
    """A tab of a visitor and one of the steward, shared by all tests."""
    options = {"viewport": WIDE, "reduced_motion": "reduce"}
    opened = {who: chromium.new_context(**options).new_page() for who in ("anyone", "steward")}
    log_in(opened["steward"], city)
    for page in opened.values():
        page.context.add_init_script(POLICY)
    yield opened
    for page in opened.values():
        page.context.close()


# Collects what a page's own Content-Security-Policy has stopped.
POLICY = """addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI, sample}) =>
  (window.stopped ??= []).push(`${violatedDirective} ${blockedURI} ${sample}`))"""


@pytest.fixture(scope="module", params=PAGES, ids="-".join)
def loaded(request, tabs, city, examples) -> Page:
    """Each page, loaded once for all tests, with collapsed parts opened."""
    who, name = request.param
    page = tabs[who]
    page.set_viewport_size(WIDE)
    page.goto(city.url((public_pages(examples) | steward_pages(examples))[name]))
    open_details(page)
    return page


@pytest.fixture
def page(loaded: Page) -> Iterator[Page]:
    """The page with the changes of the previous test undone."""
    yield loaded
    loaded.evaluate("document.documentElement.dir = 'ltr'")
    loaded.emulate_media(forced_colors="none", media="screen")
    loaded.set_viewport_size(WIDE)


def test_its_security_policy_stops_nothing_of_its_own(page):
    assert page.evaluate("window.stopped ?? []") == []


def test_axe_finds_nothing(page):
    assert violations(page) == ""


@pytest.mark.parametrize("name", list(public_pages(NOBODY)))
def test_axe_finds_nothing_for_who_is_logged_in_either(tabs, city, examples, name):
    page = tabs["steward"]
    page.set_viewport_size(WIDE)
    page.goto(city.url(public_pages(examples)[name]))
    open_details(page)
    assert page.get_by_role("button", name="Log out").count()
    assert violations(page) == ""


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_enlarged_twice_and_four_times_it_never_scrolls_sideways(page, direction):
    page.evaluate("direction => document.documentElement.dir = direction", direction)
    for zoom in (2, 4):
        page.set_viewport_size({"width": 1280 // zoom, "height": 800 // zoom})
        assert overflowing(page) == [], zoom


def overflowing(page: Page) -> list[str]:
    """Return the elements that make the page scroll horizontally, or are cut off by its edge."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll('main *, .toolbar *')].filter(each => {
              const box = each.getBoundingClientRect()
              return box.width && (box.right > innerWidth + 0.5 || box.left < -0.5)
            }).map(each => `${each.tagName} ${each.className}`).concat('the page')"""
    )


def test_in_high_contrast_marks_and_boxes_keep_their_edges(page):
    page.emulate_media(forced_colors="active")
    flat = """() => [...document.querySelectorAll('.osc-tag, .osc-status, .osc-panel, .osc-bar, .osc-swatch')]
      .filter(each => ['Top', 'Left', 'Right'].every(side =>
        parseFloat(getComputedStyle(each)[`border${side}Width`]) === 0)).map(each => each.className)"""
    assert page.evaluate(flat) == []


def test_the_keyboard_goes_through_it_and_is_always_seen(page):
    page.evaluate("scrollTo(0, 0); document.querySelector('main, [role=main]').tabIndex = -1")
    page.evaluate("document.querySelector('main, [role=main]').focus()")
    seen = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        seen.append(stop)
    assert seen
    assert [stop for stop in seen if not (stop["marked"] and stop["inside"])] == []
    stays = [len(list(run)) for _, run in groupby(seen, key=lambda stop: stop["place"])]
    assert max(stays) <= DATE_STOPS, "the keyboard is caught"


# The focused element, whether its focus is visible, and whether it is within the window.
STOP = """() => {
  const here = document.activeElement
  if (!here || here === document.body || here.closest('.site-footer')) return null
  const style = getComputedStyle(here), box = here.getBoundingClientRect()
  const marked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  // What is typed changes the page, so that only the element itself tells where the keyboard was.
  here.place ??= window.places = (window.places ?? 0) + 1
  return {place: here.place, what: here.outerHTML.slice(0, 90), marked, inside}
}"""


@pytest.mark.parametrize("theme", [DARK, DARK + OURS], ids=["unaware", "aware"])
def test_on_a_dark_theme_every_word_of_ours_is_readable(tabs, city, examples, theme):
    page, paths = tabs["steward"], public_pages(examples) | steward_pages(examples)
    for name in THEMED:
        page.goto(city.url(paths[name]))
        open_details(page)
        page.add_style_tag(content=theme)
        assert low_contrast_texts(page) == [], name


def low_contrast_texts(page: Page) -> list[str]:
    """Return the plugin's texts for which axe reports low contrast."""
    results = Axe().run(page, options={"runOnly": ["color-contrast"]})
    nodes = [node for violation in results.response["violations"] for node in violation["nodes"]]
    return [node["html"][:120] for node in nodes if "osc-" in node["html"]]


def test_it_prints(loaded):
    loaded.emulate_media(media="print")
    assert overflowing(loaded) == []
    if loaded.locator(".osc-page, .osc-city, .osc-standard, .osc-history").count():
        assert not loaded.locator(".masthead").first.is_visible()
    loaded.emulate_media(media="screen")


@pytest.mark.parametrize("name", list(public_pages(NOBODY)))
def test_without_scripts_it_says_the_same(chromium, tabs, city, examples, name):
    path = city.url(public_pages(examples)[name])
    context = chromium.new_context(viewport=WIDE, java_script_enabled=False)
    plain, page = context.new_page(), tabs["anyone"]
    plain.goto(path)
    page.goto(path)
    assert words(plain) == words(page)
    context.close()


def words(page: Page) -> str:
    return " ".join(page.locator("main, [role=main]").first.inner_text().split())
