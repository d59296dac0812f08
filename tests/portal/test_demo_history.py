"""History of the demo city: every state of a record could be saved on its day, by somebody who works there."""

import io
import json
from datetime import date, timedelta

import pytest
import yaml
from ckanext.opensmartcity.cli.check import Checker
from ckanext.opensmartcity.exchange.records import read_stream
from ckanext.opensmartcity.portal import demo, demo_history, theme
from ckanext.opensmartcity.standard import Settings

TODAY = date(2026, 6, 1)
CITY = demo.read_city(TODAY)
HISTORY = demo_history.read_history(TODAY)
STATES = {package["name"]: demo_history.stated(package, HISTORY) for package in CITY.packages}
ROLES = {user["name"]: user.get("roles", {}) for user in [*CITY.users.values(), *HISTORY["people"]]}


def day(state):
    return date.fromisoformat(state["day"])


def errors(record, standard, today):
    checker = Checker(standard, Settings(home="NL", today=today), "dataset")
    raw = io.BufferedReader(io.BytesIO(json.dumps(record).encode()))
    lines = checker.check_items("x", read_stream(raw, checker.names, "jsonl"))
    return [line for line in lines if line.severity == "error"]


@pytest.mark.parametrize("package", CITY.packages, ids=lambda package: package["name"])
def test_each_state_can_be_saved_on_its_day(package, standard):
    for state in STATES[package["name"]]:
        assert errors(demo_history.as_it_was(package, state), standard, day(state)) == [], state


def test_a_dataset_was_removed_in_time_and_one_late(standard):
    late = [each["deleted"] > each["record"]["retention_until"] for each in HISTORY["removed"]]
    assert sorted(late) == [False, True]
    for each in HISTORY["removed"]:
        assert errors(each["record"], standard, day(each)) == []
        assert each["day"] < each["deleted"] <= TODAY.isoformat()
        assert ROLES[each["by"]][each["record"]["owner_org"]] in ("editor", "admin")
        assert each["record"]["name"] not in STATES


@pytest.mark.parametrize("package", CITY.packages, ids=lambda package: package["name"])
def test_the_last_state_is_the_record_as_it_is_now(package):
    assert demo_history.as_it_was(package, STATES[package["name"]][-1]) == package


@pytest.mark.parametrize("package", CITY.packages, ids=lambda package: package["name"])
def test_a_record_names_only_algorithms_that_were_there(package):
    begun = {name: day(states[0]) for name, states in STATES.items()}
    names = {each["name"] for each in CITY.packages if each.get("type") == "algorithm"}
    for state in STATES[package["name"]]:
        text = json.dumps(demo_history.as_it_was(package, state))
        named = {name for name in names - {package["name"]} if f'"{name}"' in text}
        assert all(begun[name] <= day(state) for name in named), (state, named)


def test_steps_lie_in_the_past_and_follow_each_other():
    for name, states in STATES.items():
        days = [day(state) for state in states]
        assert days == sorted(set(days)), name
        assert TODAY - timedelta(days=800) <= days[0] <= days[-1] <= TODAY, name


def test_whoever_changes_a_record_may_do_so():
    for package in CITY.packages:
        for state in STATES[package["name"]]:
            roles = ROLES[state["by"]]
            may = state["by"] == demo.sysadmin_name() or roles.get(package["owner_org"]) in ("editor", "admin")
            assert may, (package["name"], state["by"])
    for contribution in [*HISTORY["questions"], *HISTORY["stories"]]:
        owner = next(each["owner_org"] for each in CITY.packages if each["name"] == contribution["record"])
        assert "by" not in contribution or ROLES[contribution["by"]].get(owner) in ("editor", "admin"), contribution


def test_people_write_about_records_that_are_there_and_are_answered_later():
    for each in [*HISTORY["questions"], *HISTORY["stories"]]:
        written = date.fromisoformat(each.get("asked") or each["told"])
        assert day(STATES[each["record"]][0]) < written <= date.fromisoformat(each.get("answered") or str(TODAY)), each


def test_two_years_and_several_roles_are_shown():
    days = [day(state) for states in STATES.values() for state in states]
    assert max(days) - min(days) > timedelta(days=700)
    assert len({state["by"] for states in STATES.values() for state in states}) >= 5
    assert sum(len(states) > 2 for states in STATES.values()) >= 5


@pytest.mark.parametrize("language", theme.languages())
def test_the_texts_of_the_front_page_are_complete_in_each_language(language):
    def keys(value, path=""):
        if isinstance(value, dict):
            return {key for name, each in value.items() for key in keys(each, f"{path}/{name}")}
        if isinstance(value, list):
            return {key for number, each in enumerate(value) for key in keys(each, f"{path}/{number}")}
        assert str(value).strip(), path
        return {path}

    read = {
        each: yaml.safe_load((theme.CITY / "site" / f"{each}.yaml").read_text("utf-8")) for each in ("en", language)
    }
    assert keys(read[language]) == keys(read["en"])
    assert [card["path"] for card in read[language]["cards"]] == [card["path"] for card in read["en"]["cards"]]
    assert read[language]["groups"].keys() == {group["name"] for group in CITY.groups}


def test_every_record_belongs_to_one_theme():
    named = [name for group in CITY.groups for name in group["packages"]]
    assert sorted(named) == sorted(package["name"] for package in CITY.packages)
