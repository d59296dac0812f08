"""Each feature switched off alone, and all together: the others work, and nothing of it is left."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import pytest
from ckan.exceptions import CkanConfigurationException
from ckan.tests import factories
from ckanext.opensmartcity import config, registry
from ckanext.opensmartcity.audit.export import read_export
from ckanext.opensmartcity.governance.views.formats import BLUEPRINT
from ckanext.opensmartcity.plugin import get_commands
from click.testing import CliRunner
from flask import current_app
from werkzeug.exceptions import HTTPException

ALL = config.FEATURE_NAMES
OFF = [pytest.param({name}, id=name) for name in ALL] + [pytest.param(set(ALL), id="all")]
PAGES = (
    "/",
    "/dataset/",
    "/dataset/permits",
    "/dataset/permits/transparency",
    "/algorithm/",
    "/algorithm/permit-check",
    "/transparency",
    "/transparency/standard",
    "/transparency/ledger",
    "/transparency/compare",
    "/transparency/questions",
    "/transparency/stories",
    "/transparency/links",
    "/transparency/disposals",
    "/dataset/permits/transparency/history",
    "/dataset/permits/questions",
    "/dataset/permits/stories",
)


class Links(HTMLParser):
    """Addresses and ids of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action") and value]
        self.ids += [value for name, value in attrs if name == "id" and value]


@pytest.fixture(scope="module")
def feature_at(start_portal, records):
    """A function that returns the feature whose route a path is on a portal that has them all, None for other paths."""
    app = start_portal("")
    owners = {blueprint.name: name for name in ALL for blueprint in registry.load(name).blueprints}
    owners |= {f"{BLUEPRINT}.{each.name}": name for name in ALL for each in registry.load(name).formats}
    adapter = app.flask_app.url_map.bind("test.ckan.net")

    def find(path: str) -> str | None:
        try:
            endpoint, _ = adapter.match(path)
        except HTTPException:
            return None
        return owners.get(endpoint) or owners.get(endpoint.partition(".")[0])

    return find


def internal(address: str) -> str:
    """Return the path of an address on this portal, nothing for one elsewhere."""
    parts = urlsplit(address)
    return parts.path if parts.netloc in ("", "test.ckan.net") and parts.scheme in ("", "http") else ""


@pytest.mark.parametrize("off", OFF)
def test_nothing_is_left_of_a_feature_that_is_off(start_portal, records, feature_at, off):
    on = [name for name in ALL if name not in off]
    app = start_portal(" ".join(on) or "none")
    gone = [registry.load(name) for name in off]
    with app.flask_app.test_request_context("/"):
        endpoints = {rule.endpoint.partition(".")[0] for rule in current_app.url_map.iter_rules()}
        for one in gone:
            assert not endpoints & {blueprint.name for blueprint in one.blueprints}
            for name in one.declared_actions():
                with pytest.raises(KeyError):
                    tk.get_action(name)
                assert name not in registry.get_actions()
            assert not {command.name for command in one.commands} & set(get_commands()[0].commands)
            assert not set(one.template_helpers()) & set(tk.h)
        for name in on:
            for action in registry.load(name).declared_actions():
                assert tk.get_action(action)
            assert {command.name for command in registry.load(name).commands} <= set(get_commands()[0].commands)
            assert {blueprint.name for blueprint in registry.load(name).blueprints} <= endpoints

    offered = {each.media_type for each in registry.formats() if each.negotiated}
    for output in (each for one in gone for each in one.formats):
        assert app.get(f"/dataset/permits/transparency.{output.suffix}").status_code == 404
        page = app.get("/dataset/permits/transparency", headers={"Accept": output.media_type})
        assert page.mimetype != output.media_type or output.media_type in offered, output.name
    anchors = {panel.anchor for one in gone for panel in one.panels if panel.anchor}
    seen: set[str] = set()
    for path in PAGES:
        answer = app.get(path)
        if feature_at(path) in off:
            assert answer.status_code == 404, path
            continue
        assert answer.status_code == 200, path
        page = Links()
        page.feed(answer.get_data(as_text=True))
        assert not anchors & set(page.ids), path
        for address in filter(None, map(internal, page.addresses)):
            assert feature_at(address) not in off, f"{path} leads to {address}"
            seen.add(address)
    # Files of the ledger need a signing key, which this portal does not have: pages alone are followed.
    ours = [each for each in sorted(seen) if "transparency" in each or "/questions" in each]
    ours = [each for each in ours if "." not in each.rpartition("/")[2]]
    for address in ours:
        assert app.get(address).status_code in (200, 302), address


def test_a_word_that_is_not_a_feature_stops_the_start(start_portal, records):
    with pytest.raises(CkanConfigurationException, match="'voices', which is not a feature"):
        start_portal("audit voices")


def test_questions_are_moderated_and_exported_without_the_ledger(start_portal, records):
    app = start_portal(" ".join(name for name in ALL if name != "ledger"))
    token = {"Authorization": factories.SysadminWithToken()["token"]}
    page = app.get(f"/dataset/{records['dataset']}/questions", headers=token)
    assert page.status_code == 200
    assert "No, it is not." in page.get_data(as_text=True)
    with app.flask_app.test_request_context("/"):
        assert read_export("default", {"lang": "en", "include_private": False}).manifest()["checkpoint"] is None


def test_the_ledger_records_nothing_while_it_is_off(start_portal, records):
    from ckan import model  # noqa: PLC0415
    from ckan.tests.helpers import call_action  # noqa: PLC0415
    from ckanext.opensmartcity.ledger.model import event  # noqa: PLC0415

    start_portal(" ".join(name for name in ALL if name != "ledger"))
    before = model.Session.query(event).count()
    call_action("package_patch", id=records["dataset"], fitness_alternatives="By hand.")
    assert model.Session.query(event).count() == before


def commands(command, path=()):
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


def test_each_command_shows_its_help():
    group = get_commands()[0]
    shown = {path: CliRunner().invoke(group, [*path, "--help"]) for path in commands(group)}
    assert len(shown) > 20
    assert [path for path, result in shown.items() if result.exit_code or "Usage:" not in result.output] == []
