"""Conditions in the real search index: each query finds the records on which the condition holds, on every day."""

import uuid
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random

import pytest
from ckan.lib.search.index import PackageSearchIndex
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.search.condition_query import IndexQueries
from ckanext.opensmartcity.standard import read_record
from ckanext.opensmartcity.standard.countries import home_area
from ckanext.opensmartcity.standard.expressions import InexpressibleError, Not
from ckanext.opensmartcity.standard.predicates import FACTS, FIELD_PREDICATES
from freezegun import freeze_time
from support.ckan_version import IS_2_11
from support.conditions import compiled, random_condition, random_leaf, random_record, shipped_conditions

SIZE = 300
DAYS_AND_HOMES = [("2026-06-01", None), ("2026-06-02", "NL"), ("2027-05-02", "US")]
META = {"state": "active", "metadata_created": "2026-06-01T00:00:00.1", "metadata_modified": "2026-06-01T00:00:00.1"}
pytestmark = pytest.mark.usefixtures("with_request_context")


@pytest.fixture(scope="module")
def catalogue(emptied):
    """Index seeded records without storing them; return them by id."""
    chance, index = Random(20260601), PackageSearchIndex()
    records = {}
    for number in range(SIZE):
        record = random_record(chance, config.standard(), "algorithm" if number % 4 == 0 else "dataset")
        id = str(uuid.UUID(int=number + 1))
        private = str(record["private"]).lower() in ("true", "1", "yes")
        package = META | {
            "id": id,
            "name": f"record-{number}",
            "title": "x",
            "type": record["type"],
            "private": private,
        }
        shown = record | package | {"private": record["private"]}
        # CKAN 2.11 applies the schema of the type itself.
        index.index_package(shown if IS_2_11 else package | {"with_custom_schema": shown}, True)
        records[id] = record
    index.commit()
    return records


def found(query, kind):
    """Return the ids that package_search finds; CKAN's own index commits in the background."""
    filters = {"fq": f"dataset_type:{kind} AND {query}", "include_private": True}
    return {each["id"] for each in call_action("package_search", rows=1000, fl="id", **filters)["results"]}


def conditions(kind):
    """Return the shipped conditions of a record type, each predicate alone, and combinations."""
    standard, chance = config.standard(), Random(20260602)
    fields = list(standard.records[kind].fields.values())
    yield from shipped_conditions(standard, kind)
    yield from (compiled(standard, kind, random_leaf(chance, standard, fields)) for _ in range(50))
    yield from (compiled(standard, kind, random_condition(chance, standard, kind)) for _ in range(40))


def queries(kind, index):
    """Return (condition, query) for the conditions that can be counted, and for their negations."""
    for condition in conditions(kind):
        for expression in (condition.expression, Not(condition.expression)):
            try:
                yield condition.source, expression, expression.solr_query(index)
            except InexpressibleError:
                break


@pytest.mark.parametrize(("day", "home"), DAYS_AND_HOMES)
def test_the_search_index_finds_the_records_on_which_a_condition_holds(catalogue, day, home):
    today = date.fromisoformat(day)
    settings = replace(config.settings(), home=home, today=today)
    with freeze_time(day):
        for kind in ("dataset", "algorithm"):
            readings = {
                id: read_record(config.standard(), record, settings)
                for id, record in catalogue.items()
                if record["type"] == kind
            }
            for source, expression, query in queries(kind, IndexQueries(home_area(home), today)):
                expected = {id for id, reading in readings.items() if expression.holds(reading)}
                assert found(query, kind) == expected, (source, query)


@cache
def countable():
    return {name for name, each in {**FIELD_PREDICATES, **FACTS}.items() if each.is_countable()}


def test_every_countable_predicate_is_among_them_on_both_sides(catalogue):
    index, settings = IndexQueries(home_area("NL"), date(2026, 6, 1)), replace(config.settings(), home="NL")
    sides = set()
    for kind in ("dataset", "algorithm"):
        readings = [
            read_record(config.standard(), each, settings) for each in catalogue.values() if each["type"] == kind
        ]
        for source, expression, _ in queries(kind, index):
            (value,) = source.values() if len(source) == 1 else ({},)
            name = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else next(iter(source))
            sides |= {(name, expression.holds(reading)) for reading in readings}
    assert {(name, side) for name in countable() for side in (True, False)} - sides == set()
