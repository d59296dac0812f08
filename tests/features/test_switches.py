"""Options for badges, tabs and navigation entries: each takes what it names from pages of CKAN, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest
from ckan.exceptions import CkanConfigurationException
from ckan.tests import factories
from ckan.tests.helpers import call_action, changed_config
from ckanext.opensmartcity import config, registry
from ckanext.opensmartcity.registry_check import check_switches

from benchmarks.neighbours.pages import read_items

PAGES = (
    "/",
    "/dataset/",
    "/dataset/permits",
    "/dataset/edit/permits",
    "/dataset/permits/transparency",
    "/algorithm/",
    "/algorithm/permit-check",
    "/organization/parking",
    "/organization/edit/parking",
    "/dashboard/datasets",
    "/transparency",
)
NAMES = {
    config.LIST_BADGES: {"level", "facts"},
    config.NAVIGATION: {"algorithms", "transparency"},
    config.TABS: {"transparency", "questions", "governance", "default_answers", "resident_questions"},
}
NOTHING: dict[str, dict[str, int]] = {path: {} for path in PAGES}
# Ends of the addresses to which each link leads.
GONE = {
    (config.NAVIGATION, "algorithms"): "/algorithm/",
    (config.NAVIGATION, "transparency"): "/transparency",
    (config.TABS, "transparency"): "/dataset/permits/transparency",
    (config.TABS, "questions"): "/questions",
    (config.TABS, "governance"): "/dataset/permits/governance",
    (config.TABS, "default_answers"): "/organization/parking/usual-answers",
    (config.TABS, "resident_questions"): "/stewardship/questions",
}


@pytest.fixture(scope="module")
def portal(start_portal, records):
    app = start_portal("")
    # A list shows the facts that a record states.
    call_action("package_patch", id=records["algorithm"], algorithm_status="operational")
    return app


@pytest.fixture(scope="module")
def read(portal):
    """A function that returns the items of each page, as a sysadmin sees it."""
    headers = {"Authorization": factories.SysadminWithToken()["token"]}

    def pages():
        answers = {path: portal.get(path, headers=headers) for path in PAGES}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {path: Counter(read_items("text/html", answer.get_data())) for path, answer in answers.items()}

    return pages


@pytest.fixture(scope="module")
def everything(read):
    return read()


def without(option, *names):
    """Return the value of an option that names all but these."""
    return " ".join(sorted(NAMES[option] - set(names))) or "none"


def test_these_are_all_names(portal):
    linked = {
        (config.LINK_OPTIONS[link.place], link.name) for one in registry.known() for link in one.links if link.name
    }
    assert linked == GONE.keys()
    assert set(config.BADGES) == NAMES[config.LIST_BADGES]


@pytest.mark.parametrize(("option", "name"), GONE, ids=lambda value: value.rpartition(".")[2])
def test_a_link_that_is_off_is_all_that_is_gone(read, everything, option, name):
    with changed_config(option, without(option, name)):
        pages = read()
    gone = {path: dict(everything[path] - items) for path, items in pages.items()}
    assert {path: dict(items - everything[path]) for path, items in pages.items()} == NOTHING
    found = [items for items in gone.values() if items]
    assert found
    for items in found:
        link, *others = sorted(items)
        assert link.startswith("<a> href=")
        assert link.endswith(GONE[option, name])
        assert len(others) == 1
        assert not others[0].startswith("<")
    assert len(found) == len(PAGES) if option == config.NAVIGATION else len(found) < len(PAGES)


def test_badges_that_are_off_are_all_that_is_gone(read, everything):
    rows = {}
    for name in config.BADGES:
        with changed_config(config.LIST_BADGES, without(config.LIST_BADGES, name)):
            pages = read()
        assert {path: dict(items - everything[path]) for path, items in pages.items()} == NOTHING
        rows[name] = {path: dict(gone) for path, items in pages.items() if (gone := everything[path] - items)}
    assert {"/dataset/", "/algorithm/", "/organization/parking"} <= rows["level"].keys()
    assert all(all(item.startswith("Answers: ") for item in gone) for gone in rows["level"].values()), rows["level"]
    assert "/algorithm/" in rows["facts"]
    assert not any(item.startswith("<") for gone in rows["facts"].values() for item in gone)


@pytest.mark.parametrize("option", NAMES)
def test_none_takes_everything_of_an_option(read, everything, option):
    with changed_config(option, "none"):
        pages = read()
    gone = sum((everything[path] - items for path, items in pages.items()), Counter())
    addresses = {item.removeprefix("<a> href=") for item in gone if item.startswith("<a>")}
    wanted = [address for (of, _), address in GONE.items() if of == option]
    assert len(addresses) >= len(wanted)
    assert all(any(each.endswith(address) for address in wanted) for each in addresses)
    assert all(any(each.endswith(address) for each in addresses) for address in wanted)


@pytest.mark.parametrize("option", NAMES)
def test_an_unknown_name_stops_the_start(portal, option):
    known = next(iter(NAMES[option]))
    with (
        changed_config(option, f"{known} banner"),
        pytest.raises(CkanConfigurationException, match="'banner'") as error,
    ):
        check_switches()
    assert option in str(error.value)
    assert all(name in str(error.value) for name in NAMES[option])
