"""Assessments: states of fields, missing and unknown answers, findings and the next step."""

import pytest
from ckanext.opensmartcity.standard import DECLARED_FIELD, LEVELS, assess
from hypothesis import given
from standard.inputs import FIELDS, SETTINGS, STANDARD, records

UNKNOWN = {"state": "unknown"}
NOT_APPLICABLE = {"state": "not_applicable", "reason": "It is a base map."}
OVERDUE = {"governance_reviewed_on": "2025-05-01", "governance_review_due": "2026-05-01"}


def step(assessment):
    return assessment.next_step and (assessment.next_step.action, assessment.next_step.field)


@pytest.mark.parametrize(
    ("name", "changes", "state", "required"),
    [
        pytest.param("ownership_owner", {}, "stated", True, id="stated"),
        pytest.param("ownership_owner", {"ownership_owner": None}, "missing", True, id="missing"),
        pytest.param("ownership_custodian", {}, "not_required", False, id="not required"),
        pytest.param("ownership_origin", {"ownership_origin": "unknown"}, "unknown", True, id="answered unknown"),
        pytest.param("algorithm_role", {"algorithm_role": ["unknown"]}, "unknown", False, id="list of unknown"),
        pytest.param("ownership_custodian", {DECLARED_FIELD: {"ownership_custodian": UNKNOWN}}, "unknown", False,
                     id="declared unknown"),
        pytest.param("ownership_custodian", {DECLARED_FIELD: {"ownership_custodian": NOT_APPLICABLE}},
                     "not_applicable", False, id="declared not applicable"),
        pytest.param("privacy_class", {"privacy_class": "secret"}, "missing", True, id="refused"),
        pytest.param("sovereignty_provider", {"sovereignty_storage_kind": "mixed"}, "missing", True, id="needed now"),
    ],
)  # fmt: skip
def test_every_question_has_a_state(check, current, name, changes, state, required):
    found = check(current | changes).states[name]
    assert (found.state, found.required) == (state, required)


def test_a_stated_question_has_its_value(check, current):
    assert check(current).states["sovereignty_jurisdictions"].value == ("EU", "NL")


def test_a_declared_question_has_its_reason_and_no_value(check, current):
    state = check(current | {DECLARED_FIELD: {"ownership_custodian": NOT_APPLICABLE}}).states["ownership_custodian"]
    assert (state.value, state.reason) == (None, "It is a base map.")


def test_every_question_is_in_one_group_in_order(check, standard, current):
    assert list(check(current).states) == list(standard.records["dataset"].fields)


def test_missing_and_unknown_are_named_in_the_order_of_the_form(check, current):
    record = current | {"fitness_limits": "", "ownership_owner": "", "algorithm_use": "unknown", "privacy_class": None}
    assessment = check(record | {DECLARED_FIELD: {"privacy_class": UNKNOWN}})
    assert assessment.missing == ("ownership_owner", "fitness_limits")
    assert assessment.unknown == ("privacy_class", "algorithm_use")


def test_every_missing_answer_is_a_gap(check):
    assessment = check({})
    assert tuple(gap.fields[0] for gap in assessment.gaps) == assessment.missing
    assert {(gap.rule, gap.severity) for gap in assessment.gaps} == {("OSC-001", "gap")}


def test_a_finding_knows_the_fields_that_decided_it(check, current):
    [concern] = check(current | {"privacy_class": "pseudonymised"}).concerns
    assert (concern.rule, concern.reads) == ("OSC-012", {"privacy_class", "privacy_openness"})


def test_dates_are_worked_out(check, current):
    dates = check(current | {"retention_type": "until_date", "retention_until": "2026-05-31"}).dates
    assert (str(dates.retention_due), dates.disposal_overdue, dates.review_overdue) == ("2026-05-31", True, False)


def test_a_current_record_needs_no_next_step(check, current):
    assert check(current).next_step is None


def test_the_first_question_is_the_next_step_of_a_silent_record(check):
    assert step(check({})) == ("answer", "ownership_owner")


def test_an_error_is_mended_before_anything_else(check, current):
    record = current | OVERDUE | {"ownership_owner": "", "privacy_class": "secret", "license_id": ""}
    assert step(check(record)) == ("mend", "privacy_class")


def test_the_weakest_group_is_lifted_first(check, current):
    record = {name: value for name, value in current.items() if not name.startswith("fitness")} | {
        "ownership_owner": ""
    }
    assert step(check(record)) == ("answer", "fitness_purpose")


def test_a_missing_answer_comes_before_an_unknown_one(check, current):
    record = current | {"ownership_origin": "unknown", "fitness_limits": ""}
    assert step(check(record)) == ("answer", "fitness_limits")


def test_an_unknown_answer_comes_before_a_concern(check, current):
    record = current | {"algorithm_use": "unknown", "license_id": ""}
    assert step(check(record)) == ("find_out", "algorithm_use")


def test_an_optional_unknown_is_no_next_step(check, current):
    assert check(current | {DECLARED_FIELD: {"ownership_custodian": UNKNOWN}}).next_step is None


def test_a_concern_is_settled_last(check, current):
    assert step(check(current | {"license_id": ""})) == ("mend", "privacy_openness")


def test_an_overdue_review_is_the_next_step_of_a_complete_record(check, current):
    assert step(check(current | OVERDUE)) == ("review", "governance_reviewed_on")


def test_an_overdue_review_is_the_next_step_even_where_no_rule_speaks_of_it(small):
    small.change("dataset.yaml", "field_name: reviewed_on", "field_name: due\n    role: review_due")
    record = {"owner": "Parks", "use": "open", "due": "2026-05-31"}
    assert step(assess(small.load(), record, SETTINGS)) == ("review", "due")


def test_a_record_is_not_changed_by_its_assessment(check, current):
    record = current | {DECLARED_FIELD: {"ownership_custodian": UNKNOWN}, "resources": [{"url": "x"}]}
    before = repr(record)
    check(record)
    assert repr(record) == before


@given(records)
def test_any_json_is_assessed_with_rules_of_the_standard_and_messages_that_can_be_written(record):
    assessment = assess(STANDARD, record, SETTINGS)
    assert list(assessment.states) == list(FIELDS)
    for finding in (*assessment.errors, *assessment.concerns, *assessment.gaps):
        assert finding.rule in STANDARD.rules
        assert finding.message.render().encode()


@given(records)
def test_any_json_for_an_algorithm_is_assessed(record):
    renamed = dict(zip(STANDARD.records["algorithm"].fields, record.values(), strict=False))
    assert assess(STANDARD, renamed | {"type": "algorithm"}, SETTINGS).level in LEVELS
