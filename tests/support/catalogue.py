"""Catalogue of records of every kind, and reference counts made by assessing each record."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.search.fields import CODED
from ckanext.opensmartcity.standard import LEVELS, assess_reading, read_record
from ckanext.opensmartcity.standard.model import as_list

OTHER_ANSWERS = {
    "ownership_contact": ["", "parks@city.example", "jan.jansen@city.example"],
    "ownership_owner": ["", "Parks"],
    "ownership_mandate": ["Parks Act"],
    "governance_review_due": ["", "2026-06-02", "2026-07-01", "2027-03-01"],
    "sovereignty_storage_countries": [["US"], ["NL", "US"], ["DE"], []],
    "sovereignty_foreign_access": ["possible", "unknown", ""],
    "privacy_class": ["unknown", "", "aggregated"],
    "privacy_openness": ["shared", "closed", "unknown"],
    "retention_type": ["", "unknown", "until_event"],
    "fitness_limits": [""],
    "fitness_alternatives": ["A paper map."],
    "fitness_standards": [["CSV on the Web"]],
    "license_id": ["notspecified", ""],
}
ABOUT_PEOPLE = {
    "privacy_class": "personal",
    "privacy_openness": "closed",
    "privacy_personal_data": ["vehicle_license_number"],
    "privacy_data_subjects": ["residents"],
    "privacy_purpose": "Permits.",
    "privacy_legal_basis": ["A6-1-e"],
    "privacy_impact_assessment": "done",
    "privacy_decision_rights": "Ask the desk.",
}
ABOUT_PEOPLE_IN_BRIEF = ABOUT_PEOPLE | {
    "privacy_decision_rights": "",
    "privacy_impact_assessment": "planned",
    "privacy_objection": "desk@city.example",
}
AT_A_COMPANY = {"sovereignty_storage_kind": "commercial_cloud", "sovereignty_provider": "Cloud Ltd"}
KEPT_UNTIL = {"retention_type": "until_date", "retention_until": "2026-06-15", "retention_disposition": "delete"}
KEPT_FOR = {
    "retention_type": "fixed_period",
    "retention_period": "P1Y",
    "retention_starts_on": "2025-07-20",
    "retention_disposition": "delete",
}
FILES = [{"url": "https://city.example/a", "format": "CSV"}], [{"url": "https://city.example/b", "format": "PDF"}], []
ALGORITHMS = [
    {"algorithm_status": "retired", "algorithm_owner": "Parks", "algorithm_decision": "informs"},
    {"algorithm_status": "operational", "algorithm_oversight": "A clerk.", "algorithm_bias_check": "done"},
    {
        "algorithm_decision": "decides",
        "algorithm_justification": "Simple rules.",
        "algorithm_oversight": "A clerk.",
        "algorithm_objection": "desk@city.example",
        "algorithm_contact": "desk@city.example",
        "algorithm_owner": "Parks",
        "governance_reviewed_on": "2026-05-01",
        "governance_review_due": "2026-06-10",
    },
    {
        "algorithm_decision": "decides",
        "algorithm_oversight": "A clerk.",
        "algorithm_objection": "desk@city.example",
        "algorithm_alternatives": "A clerk alone.",
        "governance_declared": {"algorithm_justification": {"state": "unknown"}},
    },
    {},
]


def make_catalogue(current: Mapping[str, Any], size: int = 36) -> None:
    """Create records with all kinds of answers in two organisations and a group; some are private."""
    chance = random.Random(20260601)
    owners = [factories.Organization(title=title)["id"] for title in ("Parks", "Mobility")]
    group = factories.Group(title="Green")["name"]
    for number in range(size):
        extra = {"owner_org": owners[number % 2], "private": number % 7 == 3, "resources": FILES[number % 3]}
        if number % 5 == 0:
            extra |= {"groups": [{"name": group}], "owner_org": None, "private": False}
        factories.Dataset(**_answers(chance, current, number), **extra)
    for answers in ALGORITHMS:
        factories.Dataset(type="algorithm", owner_org=owners[0], **answers)


def _answers(chance: random.Random, current: Mapping[str, Any], number: int) -> dict:
    if number % 9 == 4:
        return {}
    answers = dict(current)
    for name in chance.sample(sorted(OTHER_ANSWERS), chance.randrange(5)):
        answers[name] = chance.choice(OTHER_ANSWERS[name])
    answers |= chance.choice([{}, {}, ABOUT_PEOPLE, ABOUT_PEOPLE_IN_BRIEF]) | chance.choice([{}, KEPT_UNTIL, KEPT_FOR])
    answers |= chance.choice([{}, {}, AT_A_COMPANY, AT_A_COMPANY | {"sovereignty_exit": "A copy each month."}])
    if chance.random() < 0.3 and not answers["fitness_limits"]:
        answers["governance_declared"] = {"fitness_limits": {"state": "unknown"}}
    return answers


def records(**query) -> list[dict]:
    """Return all records that match a search."""
    return call_action("package_search", rows=1000, **{"include_private": True, **query})["results"]


def readings(found: list[dict]) -> list:
    """Parse records as of today."""
    return [read_record(config.standard(), record, config.settings()) for record in found]


def measured(found: list[dict]) -> dict:
    """Return the counts of governance_stats from an assessment of each record."""
    standard = config.standard()
    assessed = [assess_reading(standard, reading) for reading in readings(found)]
    levels = Counter(each.level for each in assessed)
    groups: dict[str, Counter] = {}
    for each in assessed:
        for group in each.groups:
            groups.setdefault(group.group.id, Counter())[group.level] += 1
    return {
        "levels": {level: levels[level] for level in LEVELS},
        "groups": {name: {level: counts[level] for level in LEVELS} for name, counts in groups.items()},
        "missing": Counter(name for each in assessed for name in each.missing),
        "unknown": Counter(name for each in assessed for name in each.unknown),
        "concerns": Counter(rule for each in assessed for rule in {finding.rule for finding in each.concerns}),
        "overdue": {
            "review": sum(each.dates.review_overdue for each in assessed),
            "disposal": sum(each.dates.disposal_overdue for each in assessed),
        },
    }


def coded(found: list[dict]) -> dict[str, Counter]:
    """Count the codes of all answers by field, record by record."""
    counts: dict[str, Counter] = {}
    for reading in readings(found):
        for name, field in reading.record_type.fields.items():
            for code in as_list(reading.answers.get(name)) if field.type in CODED else ():
                counts.setdefault(name, Counter())[code] += 1
    return counts
