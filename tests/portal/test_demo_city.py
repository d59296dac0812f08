"""Consistency of the demo city's files, without loading them."""

from datetime import date

import pytest
from ckanext.opensmartcity.portal import demo


@pytest.fixture(scope="module")
def city():
    return demo.read_city(date(2026, 1, 1))


def test_every_package_belongs_to_an_organization_of_the_city(city):
    assert {package["owner_org"] for package in city.packages} <= {each["name"] for each in city.organizations}


def test_names_are_unique(city):
    names = [package["name"] for package in city.packages]
    assert len(set(names)) == len(names)


def test_algorithms_come_before_the_datasets_that_refer_to_them(city):
    types = [package.get("type", "dataset") for package in city.packages]
    assert types == sorted(types)


def test_the_four_logins_have_roles_in_organizations_of_the_city(city):
    assert list(city.users) == ["steward", "editor", "auditor", "sysadmin"]
    organizations = {each["name"] for each in city.organizations} | {"all"}
    assert {name for user in city.users.values() for name in user.get("roles", {})} <= organizations


def test_steward_and_editor_belong_to_different_organizations(city):
    assert city.users["steward"]["roles"].keys().isdisjoint(city.users["editor"]["roles"])
