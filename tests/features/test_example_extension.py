"""Example extension of docs/how-to/extend: its contributions on and off, and mistakes that stop the start."""

from __future__ import annotations

import json
from dataclasses import replace

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan import plugins
from ckan.common import config as ckan_config
from ckan.exceptions import CkanConfigurationException
from ckanext.opensmartcity import config, registry
from ckanext.opensmartcity.contributions import DoctorCheck, IndicatorSource, OutputFormat, PageLink, Panel
from ckanext.opensmartcity.plugin import get_commands
from ckanext.opensmartcity.standard import PortalIndicator
from ckanext.opensmartcity.standard.predicates import FieldPredicate
from click.testing import CliRunner
from support.example_extension import example_extension

__all__ = ["example_extension"]

PAGE = "/dataset/permits/transparency"
ALGORITHM = "/algorithm/permit-check"
SVG = "image/svg+xml"


@pytest.fixture(scope="module")
def start(example_extension, records, start_portal):
    """A function that starts a portal with the example extension and the named features."""

    def start_with_extension(names: str, **options: str):
        plugins.unload_all()
        example_extension()
        ckan_config.update({config.CITY: "", **options})
        return start_portal(names)

    return start_with_extension


@pytest.fixture(scope="module")
def portal(start):
    """The portal with the example extension and all features."""
    return start("")


def call(app, action, **params):
    """Return the result of an action, as everybody gets it."""
    return app.get(f"/api/3/action/{action}", query_string=params).json["result"]


def soup(answer):
    assert answer.status_code == 200
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (f"{PAGE}.badge.svg", "*/*"),
        (PAGE, SVG),
        ("/algorithm/permit-check", SVG),
        ("/algorithm/permit-check/transparency.badge.svg", "*/*"),
    ],
)
def test_its_format_is_given_by_suffix_and_accept(portal, path, accept):
    answer = portal.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, SVG)
    assert ">Answers: " in answer.get_data(as_text=True)
    again = portal.get(path, headers={"Accept": accept, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_its_format_and_panel_are_on_the_page(portal):
    page = soup(portal.get(PAGE))
    address = f"http://test.ckan.net{PAGE}.badge.svg"
    assert page.find("link", rel="alternate", type=SVG)["href"] == address
    assert page.find("a", string="Badge (SVG)")["href"] == address
    assert page.find("section", id="badge").img["src"] == address
    assert page.select_one('.osc-contents a[href="#badge"]').text == "A badge for your web site"
    assert call(portal, "governance_show", id="permits")["links"]["badge"] == address


def test_its_action_and_page_answer(portal):
    level = call(portal, "governance_show", id="permits")["level"]
    answer = portal.get("/api/3/action/badge_show?id=permits").json
    assert answer["result"]["level"] == level
    assert portal.get("/api/3/action/badge_show").status_code == 409
    assert soup(portal.get("/dataset/permits/badge")).find("img", src=f"http://test.ckan.net{PAGE}.badge.svg")
    assert portal.get("/dataset/nowhere/badge").status_code == 404


def test_openapi_describes_its_action_and_format(portal):
    paths = portal.get("/transparency/openapi.json").json["paths"]
    assert {"get", "post"} == set(paths["/badge_show"])
    formats = paths["/{type}/{id}/transparency.badge.svg"]["get"]["responses"]["200"]["content"]
    assert set(formats) == {SVG}
    assert SVG in paths["/{type}/{id}/transparency"]["get"]["responses"]["200"]["content"]


def test_its_indicator_is_on_the_city_page(portal):
    city = portal.get("/transparency.json").json
    numbers = {each["id"]: each for part in city["characteristics"] for each in part["numbers"]}
    public = call(portal, "package_search", fq="+dataset_type:dataset +vocab_governance_level:current")["count"]
    assert numbers["best_badges"]["value"] == public
    assert "Datasets with the best badge" in portal.get("/transparency").get_data(as_text=True)
    assert "best_badges" in portal.get("/transparency.csv").get_data(as_text=True)


def test_doctor_runs_its_check(portal):
    command = get_commands()[0].commands["doctor"]
    report = json.loads(CliRunner().invoke(command, ["--format", "json"]).stdout)
    check = next(each for each in report["checks"] if each["id"] == "badge-site-url")
    assert (check["status"], bool(check["remedy"])) == ("warning", True)


RULE = """\
rules:
  - id: CITY-001
    severity: concern
    title: A purpose in one word
    clause: The purpose is explained.
    message: Explain the purpose in a sentence or two.
    records: [dataset]
    cases:
      - fields: [fitness_purpose]
        when:
          fitness_purpose: {answered: true, detailed: false}
"""


@pytest.fixture
def city(tmp_path):
    """Files of a city with a rule that uses the predicate of the extension."""
    (tmp_path / "rules.yaml").write_text(RULE, encoding="utf-8")
    return tmp_path


def test_a_city_uses_its_predicate_in_a_rule(start, city):
    app = start("", **{config.CITY: str(city)})
    for purpose, rules in (("Counting.", ["CITY-001"]), ("To know how many cyclists pass the bridge. " * 3, [])):
        answer = app.post("/api/3/action/governance_check", json={"title": "Trees", "fitness_purpose": purpose})
        concerns = [each for each in answer.json["result"]["concerns"] if each["rule"] == "CITY-001"]
        assert [each["rule"] for each in concerns] == rules
    page = app.get("/transparency/standard").get_data(as_text=True)
    assert "is not answered in detail" in page


def test_nothing_is_left_of_it_when_it_is_off(start):
    app = start(" ".join(config.FEATURE_NAMES))
    assert "badge" in {one.name for one in registry.known()}
    for path in (f"{PAGE}.badge.svg", "/dataset/permits/badge"):
        assert app.get(path).status_code == 404
    page = app.get(PAGE, headers={"Accept": f"{SVG}, text/html;q=0.5"})
    assert page.mimetype == "text/html"
    assert "badge" not in page.get_data(as_text=True)
    assert "badge" not in app.get("/transparency/openapi.json").get_data(as_text=True)
    assert "best_badges" not in app.get("/transparency.json").get_data(as_text=True)
    assert "badge" not in call(app, "governance_show", id="permits")["links"]
    with pytest.raises(KeyError):
        tk.get_action("badge_show")
    command = get_commands()[0].commands["doctor"]
    assert "badge" not in CliRunner().invoke(command).stdout


def test_only_it_is_on(start):
    app = start("badge")
    assert app.get(f"{PAGE}.badge.svg").status_code == 200
    assert app.get("/transparency/openapi.json").status_code == 404


def test_an_unknown_feature_is_named_with_those_of_extensions(start):
    with pytest.raises(CkanConfigurationException, match=r"'badges', which is not a feature. Known: audit.*, badge$"):
        start("badges")


def broken(**changes):
    return lambda feature: [replace(feature, **changes)]


def worded(**changes):
    given = {"id": "own", "characteristic": "accountable", "records": "dataset", "source": "own"} | changes
    indicator = PortalIndicator(title="Our indicator", definition="It counts.", **given)
    return broken(indicators=[IndicatorSource(("own",), dict, (indicator,))])


def text(content):
    return str(content)


MISTAKES = [
    (lambda feature: None, "BadgePlugin.get_opensmartcity_features must return a list of Feature, not NoneType"),
    (lambda feature: ["badge"], "BadgePlugin.get_opensmartcity_features returns str where Feature is expected"),
    (broken(name="Badge!"), "The feature 'Badge!' is invalid: its name must be of lower-case letters, digits and _"),
    (broken(name="ledger"), "The feature 'ledger' is declared twice: by the features 'ledger' and 'ledger'"),
    (broken(package=""), "The feature 'badge' is invalid: package must name the package that holds templates"),
    (broken(package="ckanext.no_such"), "The feature 'badge' is invalid: there is no package 'ckanext.no_such'"),
    (broken(panels=["panel.html"]), r"The feature 'badge' is invalid: panels\[0\] must be Panel, not str"),
    (broken(formats={}), "The feature 'badge' is invalid: formats must be a list of OutputFormat, not dict"),
    (broken(doctor_checks=[print]), r"The feature 'badge' is invalid: doctor_checks\[0\] must be DoctorCheck, not "),
    (
        broken(panels=[Panel("records", 1, "badge/panel.html", dict)]),
        "The feature 'badge' is invalid: a panel names the place 'records': did you mean 'record'?",
    ),
    (broken(links=[PageLink("top", 1, "Top", "home.index")]), "The feature 'badge' is invalid: a link names the place"),
    (
        broken(formats=[OutputFormat("ttl", "text/plain", "txt", text)]),
        "The output format 'ttl' is declared twice: by the features 'dcat' and 'badge'",
    ),
    (
        broken(formats=[OutputFormat("other", "text/plain", "json", text)]),
        "The suffix of output formats 'json' is declared twice: by the features 'governance' and 'badge'",
    ),
    (
        broken(formats=[OutputFormat("other", "text/turtle", "other", text)]),
        "The media type to negotiate 'text/turtle' is declared twice: by the features 'dcat' and 'badge'",
    ),
    (
        broken(formats=[OutputFormat("html", "text/plain", "txt", text)]),
        "The feature 'badge' is invalid: output format 'html': the name must",
    ),
    (
        broken(formats=[OutputFormat("other", "text/plain", ".txt", text)]),
        "The feature 'badge' is invalid: output format 'other': the suffix '.txt' must be like json",
    ),
    (
        broken(formats=[OutputFormat("other", "text/html", "htm", text)]),
        "The feature 'badge' is invalid: output format 'other': 'text/html' is not a media type for it",
    ),
    (broken(doctor_checks=[DoctorCheck("mail", print)]), "The doctor check 'mail' is declared twice"),
    (worded(id="owner"), "The feature 'badge' is invalid: indicator 'owner' is one of figures.yaml"),
    (
        worded(characteristic="countable"),
        "The feature 'badge' is invalid: indicator 'own': no characteristic 'countable': did you mean 'accountable'?",
    ),
    (worded(records="poem"), "The feature 'badge' is invalid: indicator 'own': no record type 'poem'"),
    (worded(source="other"), "The feature 'badge' is invalid: indicator 'own': its source must name one of"),
]


ANSWERED = dict.fromkeys(("name", "example", "meaning", "words"), "answered") | {"holds": lambda *_: True}
NO_PREDICATES = [
    ("detailed", "BadgePlugin.get_opensmartcity_predicates: 'detailed' is not a class"),
    (dict, "BadgePlugin.get_opensmartcity_predicates: dict is neither a FieldPredicate nor a Fact"),
    (
        type("Other", (FieldPredicate,), {"name": "detailed"}),
        "BadgePlugin.get_opensmartcity_predicates: the predicate Other lacks example, meaning, words",
    ),
    (
        type("Answered", (FieldPredicate,), ANSWERED),
        "BadgePlugin.get_opensmartcity_predicates: there are two predicates with the name 'answered'",
    ),
]


@pytest.mark.parametrize(("predicate", "message"), NO_PREDICATES, ids=[message for _, message in NO_PREDICATES])
def test_what_is_no_predicate_stops_the_start_with_one_line(start, monkeypatch, predicate, message):
    if not plugins.plugin_loaded("badge"):
        start("")
    plugin = type(plugins.get_plugin("badge"))
    monkeypatch.setattr(plugin, "get_opensmartcity_predicates", lambda self: [predicate])
    with pytest.raises(CkanConfigurationException, match=message) as stopped:
        start("")
    assert "\n" not in str(stopped.value)


@pytest.fixture
def mistaken(start, monkeypatch):
    """A function that starts a portal on which the plugin of the extension returns something else."""

    if not plugins.plugin_loaded("badge"):
        start("")
    plugin = plugins.get_plugin("badge")

    def start_mistaken(contribution):
        feature = plugin.get_opensmartcity_features()[0]
        monkeypatch.setattr(type(plugin), "get_opensmartcity_features", lambda self: contribution(feature))
        start("")

    return start_mistaken


@pytest.mark.parametrize(("contribution", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_a_mistake_stops_the_start_with_one_line(mistaken, contribution, message):
    with pytest.raises(CkanConfigurationException, match=message) as stopped:
        mistaken(contribution)
    assert "\n" not in str(stopped.value)
