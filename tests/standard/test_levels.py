"""Levels of groups and records: silent, started, answered, current."""

import pytest
from ckanext.opensmartcity.standard import DECLARED_FIELD, LEVELS, assess
from hypothesis import given
from hypothesis import strategies as st
from standard.inputs import SETTINGS, STANDARD, records

UNKNOWN = {"state": "unknown"}
NOT_APPLICABLE = {"state": "not_applicable", "reason": "This is a base map."}
GROUPS = ["ownership", "sovereignty", "privacy", "algorithm", "retention", "fitness"]

# One required question of each group.
REQUIRED = {
    "ownership": "ownership_owner",
    "sovereignty": "sovereignty_foreign_access",
    "privacy": "privacy_class",
    "algorithm": "algorithm_use",
    "retention": "retention_type",
    "fitness": "fitness_limits",
}
# One optional question of each group.
OPTIONAL = {
    "ownership": ("ownership_custodian", "Parks team"),
    "sovereignty": ("sovereignty_indigenous_notice", "biocultural"),
    "privacy": ("privacy_impact_assessment_url", "https://city.example/dpia"),
    "algorithm": ("algorithm_elsewhere", ["https://city.example/a"]),
    "retention": ("retention_starts_on", "2026-01-01"),
    "fitness": ("fitness_standards", ["GTFS"]),
}
EACH_GROUP = pytest.mark.parametrize("group", GROUPS)

COMPLETE = {
    "ownership_owner": "Mobility",
    "ownership_steward_role": "Steward",
    "ownership_contact": "desk@city.example",
    "ownership_origin": "city",
    "governance_reviewed_on": "2026-05-01",
    "governance_review_due": "2027-05-01",
    "sovereignty_storage_countries": ["NL"],
    "sovereignty_storage_kind": "own_premises",
    "sovereignty_jurisdictions": ["NL"],
    "sovereignty_foreign_access": "no",
    "privacy_class": "non_personal",
    "privacy_openness": "closed",
    "algorithm_use": "none_known",
    "retention_type": "indefinite",
    "fitness_purpose": "Counting.",
    "fitness_limits": "No nights.",
}


@pytest.fixture
def levels(check):
    """The level of each group of a record."""
    return lambda record, **changes: {state.group.id: state.level for state in check(record, **changes).groups}


def test_a_record_without_answers_is_silent(check, levels):
    assert levels({"title": "Trees"}) == dict.fromkeys(GROUPS, "silent")
    assert check({}).level == "silent"


def test_a_complete_record_is_current(check, levels, current):
    assert levels(current) == dict.fromkeys(GROUPS, "current")
    assert check(current).level == "current"


def test_a_complete_algorithm_record_is_current(check, current_algorithm):
    assert check(current_algorithm).level == "current"


def test_an_algorithm_record_without_answers_is_silent(check):
    assert check({"type": "algorithm"}).level == "silent"


@EACH_GROUP
def test_a_group_with_a_required_answer_missing_is_started(levels, current, group):
    del current[REQUIRED[group]]
    expected = "silent" if group == "algorithm" else "started"
    if group == "retention":  # its one other answer is needed only now
        current["retention_disposition"] = "review"
    assert levels(current)[group] == expected


@EACH_GROUP
def test_an_optional_answer_alone_starts_a_group(levels, group):
    name, answer = OPTIONAL[group]
    assert levels({name: answer}) == dict.fromkeys(GROUPS, "silent") | {group: "started"}


@EACH_GROUP
def test_a_declaration_alone_starts_a_group(levels, group):
    record = {DECLARED_FIELD: {REQUIRED[group]: UNKNOWN}}
    assert levels(record) == dict.fromkeys(GROUPS, "silent") | {group: "started"}


@EACH_GROUP
def test_a_required_question_declared_unknown_keeps_the_group_started(check, levels, current, group):
    name = REQUIRED[group]
    record = {k: v for k, v in current.items() if k != name} | {DECLARED_FIELD: {name: UNKNOWN}}
    assert levels(record)[group] == "started"
    assert check(record).unknown == (name,)


@pytest.mark.parametrize("name", ["ownership_origin", "sovereignty_foreign_access", "privacy_class", "algorithm_use"])
def test_a_required_question_answered_unknown_keeps_the_group_started(check, current, name):
    assessment = check(current | {name: "unknown"})
    assert assessment.level == "started"
    assert assessment.unknown == (name,)


@EACH_GROUP
def test_an_optional_question_declared_unknown_holds_nothing_up(check, current, group):
    name, _ = OPTIONAL[group]
    assessment = check(current | {DECLARED_FIELD: {name: UNKNOWN}})
    assert (assessment.level, assessment.unknown) == ("current", (name,))


@EACH_GROUP
def test_a_required_question_that_does_not_apply_for_a_reason_counts_as_answered(levels, current, group):
    name = REQUIRED[group]
    record = {k: v for k, v in current.items() if k != name}
    record[DECLARED_FIELD] = {name: NOT_APPLICABLE, "retention_disposition": NOT_APPLICABLE}
    assert levels(record)[group] == "current"


def test_not_applicable_without_a_reason_keeps_the_group_started(levels, current):
    del current["fitness_limits"]
    assert levels(current | {DECLARED_FIELD: {"fitness_limits": {"state": "not_applicable"}}})["fitness"] == "started"


def test_a_concern_keeps_its_own_group_at_answered(levels, current):
    expected = dict.fromkeys(GROUPS, "current") | {"privacy": "answered"}
    assert levels(current | {"license_id": "notspecified"}) == expected


def test_an_overdue_review_keeps_every_group_at_answered(levels, current):
    record = current | {"governance_reviewed_on": "2025-05-31", "governance_review_due": "2026-05-31"}
    assert levels(record) == dict.fromkeys(GROUPS, "answered")


def test_a_review_due_today_is_not_overdue(check, current):
    assert check(current | {"governance_review_due": "2026-06-01"}).level == "current"


def test_an_error_keeps_its_own_group_at_started(levels, current):
    record = current | {"privacy_legal_basis": ["A6-1-e"]}
    assert levels(record) == dict.fromkeys(GROUPS, "current") | {"privacy": "started"}


def test_a_refused_answer_starts_a_group(levels):
    assert levels({"fitness_limits": ["a list"]})["fitness"] == "started"


def test_an_error_does_not_start_a_group_that_says_nothing(check):
    assessment = check({"type": "algorithm", "algorithm_decision": "decides"})
    assert {group.group.id: group.level for group in assessment.groups} == {
        "responsibility": "silent",
        "purpose": "silent",
        "working": "started",
        "control": "silent",
        "impact": "silent",
    }


def test_a_conditional_answer_that_is_missing_keeps_the_group_started(levels, current):
    assert levels(current | {"sovereignty_storage_kind": "commercial_cloud"})["sovereignty"] == "started"


@given(records)
def test_the_level_of_a_record_is_the_lowest_of_its_groups(record):
    assessment = assess(STANDARD, record, SETTINGS)
    assert assessment.level == min((group.level for group in assessment.groups), key=LEVELS.index)


@given(st.sets(st.sampled_from(sorted(COMPLETE))), st.sampled_from(sorted(COMPLETE)), records)
def test_a_valid_required_answer_never_leaves_its_group_silent(answered, added, noise):
    record = noise | {name: COMPLETE[name] for name in answered | {added}}
    group = STANDARD.records["dataset"].group_of[added]
    level = {state.group.id: state.level for state in assess(STANDARD, record, SETTINGS).groups}[group]
    assert level != "silent"


@given(st.permutations(sorted(COMPLETE)))
def test_answering_the_required_questions_one_by_one_never_lowers_the_level(order):
    reached = [
        LEVELS.index(assess(STANDARD, {name: COMPLETE[name] for name in order[:count]}, SETTINGS).level)
        for count in range(len(order) + 1)
    ]
    assert reached == sorted(reached)
    assert reached[-1] == LEVELS.index("current")
