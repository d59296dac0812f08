"""Fixtures for browser tests: Chromium, and CKAN under gunicorn on the services of the test run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser.browsing import WIDE
from ckan.common import config
from ckan.lib import search
from ckan.tests import factories, helpers
from ckanext.opensmartcity.portal import serve, service
from ckanext.opensmartcity.portal.client import Client
from ckanext.opensmartcity.portal.supervisor import supervised
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    Route,
    StorageState,
    expect,
    sync_playwright,
)

HERE = Path(__file__).parent
PASSWORD = "a long enough password"
TIMEOUT = 30_000
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

# Delays responses to scripts, including CKAN's translations, on which its modules wait: a test that does not wait for
# the page then fails always, and not only on a busy machine.
LATE = """
const late = 250, send = XMLHttpRequest.prototype.send, ask = window.fetch;
XMLHttpRequest.prototype.send = function (...given) { setTimeout(() => send.apply(this, given), late); };
window.fetch = (...parameters) => new Promise((done) => { setTimeout(done, late); }).then(() => ask(...parameters));
"""

# As in production, with CSRF tokens in forms. Without gravatar, which CKAN's header would request from another host.
INI = """\
[app:main]
use = config:{test_ini}
testing = false
WTF_CSRF_ENABLED = true
ckan.gravatar_default = disabled
ckan.site_url = {address}
ckan.site_id = {ckan.site_id}
sqlalchemy.url = {sqlalchemy.url}
solr_url = {solr_url}
ckan.redis.url = {ckan.redis.url}
ckan.webassets.path = {webassets}
ckanext.opensmartcity.peers = {peers}

# CKAN 2.11 does not start without.
[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console

[handler_console]
class = StreamHandler
args = ()
formatter = plain

[formatter_plain]
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class City:
    """The served portal with one organisation, its steward and a sysadmin."""

    address: str
    steward: Client
    sysadmin: Client

    def url(self, path: str) -> str:
        return self.address + path

    def dataset(self, **answers: Any) -> str:
        """Create a public dataset as the steward and return its name."""
        record = {"title": "Bicycle counters", "owner_org": "mobility", "private": False} | answers
        return self.steward.call("package_create", **record)["name"]


@pytest.fixture(scope="session")
def peer_ports() -> list[int]:
    """Ports of the other cities that the portal is configured to fetch; closed until a test listens there."""
    return [service.free_port() for _ in range(4)]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory, peer_ports: list[int]) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("browser")
    port = service.free_port()
    # One worker: a second one could still be starting while a test empties the tables.
    with supervised(folder) as supervisor, pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve, "WORKERS", 1)
        serve.start_web_server(supervisor, _write_ini(folder / "ckan.ini", port, peer_ports), port)
        yield f"http://{service.HOST}:{port}"


def peer_addresses(port: int, peer_ports: list[int]) -> list[str]:
    """Return the URLs of other cities: this portal under another host name, and the tests' own servers."""
    return [f"http://localhost:{each}" for each in (port, *peer_ports)]


def _write_ini(ini: Path, port: int, peer_ports: list[int]) -> Path:
    values = {name: config[name] for name in ("ckan.site_id", "sqlalchemy.url", "solr_url", "ckan.redis.url")}
    values |= {"test_ini": config["__file__"], "address": f"http://{service.HOST}:{port}"}
    # Parallel runs must not write the same asset bundles.
    values |= {"webassets": str(ini.parent / "webassets"), "peers": " ".join(peer_addresses(port, peer_ports))}
    text = INI
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value.replace("%", "%%"))
    ini.write_text(text, encoding="utf-8")
    return ini


@pytest.fixture(scope="module")
def city(address: str, reset_db: Callable[[], None]) -> City:
    """Empty tables and index, then create the organisation and users of all tests."""
    reset_db()
    search.clear_all()
    steward = factories.User(name="steward", password=PASSWORD, image_url="")
    sysadmin = factories.Sysadmin(name="sysadmin", password=PASSWORD, image_url="")
    clients = (Client(address, _token(user)) for user in (steward, sysadmin))
    members = [{"name": "steward", "capacity": "editor"}]
    factories.Organization(name="mobility", title="Mobility Department", image_url="", users=members)
    return City(address, *clients)


def _token(user: dict[str, Any]) -> str:
    return helpers.call_action("api_token_create", {"user": user["name"]}, user=user["name"], name="browser")["token"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("No Chromium: set CHROMIUM to one, or put one in PATH.")
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """A function that opens a tab; the test fails on requests to other hosts, script and server errors, and CSP."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_tab(path: str = "", javascript: bool = True, **options: Any) -> Page:
        still = {"reduced_motion": "reduce"}
        context = chromium.new_context(**{"viewport": WIDE, "java_script_enabled": javascript, **still, **options})
        contexts.append(context)
        context.set_default_timeout(TIMEOUT)
        context.route(lambda url: not url.startswith((address, "data:")), _block(complaints))
        context.add_init_script(LATE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"a script broke: {error}"))
        page.on("response", _watch(complaints))
        page.on("console", _watch_policy(complaints))
        if path:
            page.goto(address + path)
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert not complaints, complaints


def _watch(complaints: list[str]) -> Callable[[Response], None]:
    def watch(answer: Response) -> None:
        if answer.status >= 500:
            complaints.append(f"HTTP {answer.status}: {answer.url}")

    return watch


def _watch_policy(complaints: list[str]) -> Callable[[ConsoleMessage], None]:
    def watch(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    return watch


def _block(complaints: list[str]) -> Callable[[Route], None]:
    def block(route: Route) -> None:
        complaints.append(f"a page requested another host: {route.request.url}")
        route.abort()

    return block


def log_in(page: Page, city: City) -> None:
    page.goto(city.url("/user/login"))
    page.get_by_label("Username or Email").fill("steward")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.get_by_role("button", name="Log out").wait_for()


@pytest.fixture(scope="module")
def logged_in(chromium: Browser, city: City) -> StorageState:
    """Browser storage state (cookies) after the steward has logged in."""
    with chromium.new_context() as context:
        log_in(context.new_page(), city)
        return context.storage_state()


@pytest.fixture
def as_steward(visit: Visit, city: City, logged_in: StorageState) -> Callable[..., Page]:
    """A function that opens a tab with the steward logged in."""

    def open_tab(path: str = "", **options: Any) -> Page:
        page = visit(storage_state=logged_in, **options)
        if path:
            page.goto(city.url(path))
        return page

    return open_tab
