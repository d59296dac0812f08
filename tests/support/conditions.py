"""Seeded random records and conditions, and what their evaluation must agree with."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from ckanext.opensmartcity.standard import DECLARED_FIELD, AnswerType, Field, SourceError, Standard
from ckanext.opensmartcity.standard.conditions import compile_condition
from ckanext.opensmartcity.standard.model import Condition
from ckanext.opensmartcity.standard.predicates import FACTS, FIELD_PREDICATES, Names
from ckanext.opensmartcity.standard.yaml_source import Section

DATES = ["2024-02-29", "2025-05-31", "2026-05-31", "2026-06-01", "2026-06-02", "2028-07-01", "9999-12-31"]
DURATIONS = ["P1Y", "P6M", "P10Y", "P20Y", "PT36H"]
COUNTRIES = ["NL", "DE", "US", "IS", "CN"]
TEXTS = ["Parks", "jan.jansen@city.example", "unknown"]
CONTACTS = ["parks@city.example", "jan.jansen@city.example", "+31 20 1234567", "https://city.example/"]

# Answers by answer type; those of lists are their entries.
ANSWERS = {
    AnswerType.CONTACT: CONTACTS,
    AnswerType.DATE: DATES,
    AnswerType.DURATION: DURATIONS,
    AnswerType.COUNTRY: COUNTRIES,
    AnswerType.COUNTRIES: COUNTRIES,
    AnswerType.JURISDICTIONS: [*COUNTRIES, "EU"],
    AnswerType.URI: ["urn:isbn:1"],
    AnswerType.URL: ["https://city.example/"],
    AnswerType.URLS: ["https://city.example/a", "https://city.example/b"],
    AnswerType.UUID: ["0b6a3d1c-1111-4222-8333-444455556666"],
}
LICENCES = ["cc-by", "CC-BY", "Etalab-2.0", "notspecified", "", None]
PRIVATE = [False, "False", None, True, "True", "yes", 1]
URLS = ["https://city.example/a", " FTP://city.example/b", "a.csv", "", None]
FORMATS = ["CSV", " .csv ", "RDF/XML", "PDF", "", None]

# The YAML values of each predicate that does not take true and false, for a standard and the record type of a field.
VALUES = {
    "before": lambda fields: [each.name for each in fields if each.type is AnswerType.DATE],
    "before_day": lambda _: DATES,
    "months_after": lambda fields: [each.name for each in fields if each.type is AnswerType.DATE],
}


def random_record(chance: Random, standard: Standard, kind: str) -> dict[str, Any]:
    """Return a record with valid answers, few or many; some questions are blank, some declared."""
    record: dict[str, Any] = {"type": kind, "license_id": chance.choice(LICENCES), "private": chance.choice(PRIVATE)}
    if chance.random() < 0.3:
        record["isopen"] = chance.choice([True, False, None])
    record["resources"] = [
        {"url": chance.choice(URLS), "format": chance.choice(FORMATS)} for _ in range(chance.randrange(3))
    ]
    declared: dict[str, Any] = {}
    fill = chance.choice([0.1, 0.4, 0.7])
    for name, field in standard.records[kind].fields.items():
        drawn = chance.random()
        if drawn < fill:
            record[name] = random_answer(chance, standard, field)
        elif drawn < fill + 0.05:
            declared[name] = {"state": "not_applicable", "reason": "Because."}
        elif drawn < fill + 0.1:
            declared[name] = {"state": "unknown"}
        elif drawn < fill + 0.3:
            record[name] = chance.choice(["", None, [] if field.type.is_list else " "])
    return record | ({DECLARED_FIELD: declared} if declared else {})


def random_answer(chance: Random, standard: Standard, field: Field) -> Any:
    """Return a valid answer in its stored form."""
    entries = list(standard.vocabulary_of(field).codes) if field.type.is_coded else ANSWERS.get(field.type, TEXTS)
    if not field.type.is_list:
        return chance.choice(entries)
    chosen = chance.sample(entries, min(len(entries), chance.randint(1, 3)))
    return ["unknown"] if field.type.is_coded and "unknown" in chosen else sorted(chosen)


def random_condition(chance: Random, standard: Standard, kind: str, *, depth: int = 2) -> dict[str, Any]:
    """Return the YAML of a condition on a record type, with predicates of every kind and up to `depth` levels."""
    fields = list(standard.records[kind].fields.values())
    condition: dict[str, Any] = {}
    for _ in range(chance.choice([1, 1, 2])):
        word = chance.choice(["any", "all", "not"]) if depth and chance.random() < 0.5 else ""
        if word == "not":
            condition[word] = random_condition(chance, standard, kind, depth=depth - 1)
        elif word:
            parts = range(chance.choice([1, 2, 3]))
            condition[word] = [random_condition(chance, standard, kind, depth=depth - 1) for _ in parts]
        else:
            condition |= random_leaf(chance, standard, fields)
    return condition


def random_leaf(chance: Random, standard: Standard, fields: list[Field]) -> dict[str, Any]:
    """Return the YAML of one predicate, fact or list of codes; each is as likely as the others."""
    accepted = {
        name: [each for each in fields if each.type in FIELD_PREDICATES[name].accepts] for name in FIELD_PREDICATES
    }
    name = chance.choice(["code", *FACTS, *(name for name, choices in accepted.items() if choices)])
    if name in FACTS:
        return {name: chance.random() < 0.5}
    if name == "code":
        field = chance.choice([each for each in fields if each.type.is_coded])
        codes = list(standard.vocabulary_of(field).codes)
        return {field.name: chance.choice([chance.choice(codes), chance.sample(codes, 2)])}
    values = VALUES[name](fields) if name in VALUES else [True, False]
    return {chance.choice(accepted[name]).name: {name: chance.choice(values)}}


def compiled(standard: Standard, kind: str, source: dict[str, Any]) -> Condition:
    """Compile the YAML of a condition on a record type."""
    fields = standard.records[kind].fields.values()
    codes = {each.name: standard.vocabulary_of(each).codes if each.type.is_coded else None for each in fields}
    try:
        return compile_condition(section(source), Names({each.name: each.type for each in fields}, codes))
    except SourceError as error:
        remedy = "add the YAML values of a new predicate to VALUES in tests/support/conditions.py"
        raise AssertionError(f"{source}: {error.reason}; {remedy}") from error


def section(value: Any) -> Any:
    """Return plain values as the YAML parser would."""
    if isinstance(value, list):
        return [section(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = Section({key: section(item) for key, item in value.items()})
    result.file, result.line, result.lines, result.files = "generated.yaml", 1, {}, {}
    return result


def shipped_conditions(standard: Standard, kind: str) -> Iterator[Condition]:
    """Yield the conditions of the obligations and rules of a record type."""
    record = standard.records[kind]
    yield from (each.obligation for each in record.fields.values() if isinstance(each.obligation, Condition))
    yield from (case.when for rule in standard.rules.values() if kind in rule.records for case in rule.cases)
