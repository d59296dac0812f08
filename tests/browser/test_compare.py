"""Comparison of cities and the list of broken links; the served portal is one of its own peers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser.browsing import NARROWEST, WIDE
from browser.conftest import peer_addresses
from browser.test_city import violations
from ckan import model, plugins
from ckan.common import config
from ckanext.opensmartcity.comparison import fetch_job
from ckanext.opensmartcity.governance import http_identity
from ckanext.opensmartcity.http_client import Limits
from ckanext.opensmartcity.links import check_job
from playwright.sync_api import Page, expect
from support.misbehaving_server import OK, hang, reply, serving
from support.other_cities import CITY, StockServer, answer, stock

PAGES = pytest.mark.parametrize("path", ["/transparency/compare", "/nl/transparency/compare", "/transparency/links"])
LONG = CITY | {"city": "\u202eStädtische Donaudampfschifffahrtsgesellschaft und Hafenverwaltung Noorderhaven <i>"}
FETCHER = http_identity.fetcher


@pytest.fixture(scope="module", autouse=True)
def others(city, address, peer_ports) -> Iterator[dict[str, str | None]]:
    """Fetched cities of every kind: this portal, with the plugin, without it, too slow, and with invalid content."""
    scripts = [{"/transparency.json": answer(LONG)}, StockServer(*stock()), {"*": hang}, {"*": reply(200, b"<p>Hi")}]
    city.dataset(name="answered", ownership_owner="Mobility")
    city.dataset(name="silent")
    with ExitStack() as running_servers, pytest.MonkeyPatch.context() as patch:
        for script, port in zip(scripts, peer_ports, strict=True):
            running_servers.enter_context(serving(script, port=port))
        files = running_servers.enter_context(serving({"/good.csv": OK, "/gone.csv": reply(410)}))
        links = [{"name": name, "url": files.url(f"/{name}", host="localhost")} for name in ("good.csv", "gone.csv")]
        city.dataset(name="linked", title="Trees of the city", resources=links)
        patch.setitem(config, "ckanext.opensmartcity.fetch_inside", ["localhost"])
        patch.setitem(config, "ckanext.opensmartcity.link_seconds", 0)
        patch.setitem(config, "ckanext.opensmartcity.peers", peer_addresses(urlsplit(address).port, peer_ports))
        for module in (fetch_job, check_job):
            patch.setattr(module, "fetcher", lambda: FETCHER(Limits(2, 1, 5)))
        plugins.load_all()
        running_servers.callback(plugins.unload_all)
        assert sorted(check_job.check()) == ["failed", "reached"]
        fetched = dict(fetch_job.fetch())
        model.Session.remove()
        yield fetched


def save_screenshot(page: Page, name: str) -> None:
    """Save a picture of the page if the environment asks for it."""
    if folder := os.environ.get("OSC_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_this_portal_reads_itself_over_http_and_each_other_city_is_said(others):
    assert list(others.values()).count(None) == 3
    assert {"timeout", "not_json"} <= set(others.values())


@PAGES
def test_axe_finds_nothing(visit, path):
    for viewport in (WIDE, NARROWEST):
        page = visit(path, viewport=viewport)
        save_screenshot(page, f"{path.strip('/').replace('/', '-')}-{viewport['width']}")
        assert violations(page) == ""


@PAGES
def test_nothing_is_wider_than_the_narrowest_screen(visit, path):
    page = visit(path, viewport=NARROWEST, javascript=False)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_a_reader_goes_from_our_numbers_to_those_of_others_and_back(visit):
    page = visit("/transparency", javascript=False)
    page.get_by_role("link", name="Our numbers beside those of other cities").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cities side by side")
    cities = page.locator(".osc-peer")
    expect(cities).to_have_count(6)
    expect(cities.nth(4)).to_contain_text("The answer took too long.")
    expect(cities.nth(5)).to_contain_text("The answer is not JSON")
    row = page.get_by_role("row", name="Datasets with a responsible organisation")
    expect(row).to_contain_text("1 of 3")
    expect(row).to_contain_text("17 of 23")
    page.get_by_role("link", name="The numbers of our city").click()
    expect(page.locator("#figure-links")).to_contain_text("1 of 2")
    page.locator("#figure-links").get_by_role("link", name="The 1 that does not").click()
    expect(page.get_by_role("row", name="gone.csv")).to_contain_text("It answers with an error. (410)")
    page.get_by_role("link", name="Trees of the city").click()
    expect(page.locator(".osc-link-note")).to_contain_text("Could not be reached since")
    save_screenshot(page, "dataset")


def test_every_cell_has_its_city_and_its_figure_as_heads(visit):
    page = visit("/transparency/compare", viewport=NARROWEST)
    for table in page.get_by_role("table").all():
        columns = table.get_by_role("columnheader").count()
        for row in table.locator("tbody").get_by_role("row").all():
            assert row.get_by_role("rowheader").count() + row.get_by_role("cell").count() == columns


def test_a_wide_table_can_be_moved_by_the_keyboard(visit):
    boxes = visit("/transparency/compare").locator(".osc-compare-scroll").all()
    assert len(boxes) > 1
    assert {box.get_attribute("tabindex") for box in boxes} == {"0"}
