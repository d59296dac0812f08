"""Conditional obligations: examples of records in which each field is required, and of records in which it is not."""

import pytest
from ckanext.opensmartcity.standard.model import Condition
from standard.inputs import STANDARD

PEOPLE = [{"privacy_class": name} for name in ("pseudonymised", "personal", "special_category")]
NO_PEOPLE = [{"privacy_class": name} for name in ("non_personal", "aggregated", "anonymised", "unknown")] + [{}]
PROVIDER = [{"sovereignty_storage_kind": kind} for kind in ("commercial_cloud", "supplier_system", "mixed")]
NO_PROVIDER = [{"sovereignty_storage_kind": kind} for kind in ("own_premises", "public_cloud_shared", "unknown")]
RETENTION_TYPES = ("fixed_period", "until_event", "until_date", "indefinite", "not_retained", "undetermined", "unknown")
KEPT = {kind: {"retention_type": kind} for kind in RETENTION_TYPES}
ABROAD = {"sovereignty_storage_countries": ["NL", "US"]}
ELSEWHERE = {"algorithm_elsewhere": ["https://city.example/a"]}
OPEN = {"privacy_openness": "open"}

# field: records in which it is required, records in which it is not
CONDITIONS = {
    "sovereignty_provider": (PROVIDER, NO_PROVIDER),
    "sovereignty_provider_country": (PROVIDER, NO_PROVIDER),
    "sovereignty_exit": (PROVIDER, NO_PROVIDER),
    "sovereignty_transfer_basis": (
        [people | ABROAD for people in PEOPLE],
        [*PEOPLE, ABROAD, *({"sovereignty_storage_countries": ["DE"]} | people for people in PEOPLE)],
    ),
    "privacy_access_conditions": ([{"privacy_openness": "shared"}], [OPEN, {"privacy_openness": "closed"}]),
    "privacy_personal_data": (PEOPLE, NO_PEOPLE),
    "privacy_data_subjects": (PEOPLE, NO_PEOPLE),
    "privacy_purpose": (PEOPLE, NO_PEOPLE),
    "privacy_legal_basis": (PEOPLE, NO_PEOPLE),
    "privacy_impact_assessment": (PEOPLE, NO_PEOPLE),
    "privacy_decision_rights": (PEOPLE, NO_PEOPLE),
    "privacy_objection": (PEOPLE, NO_PEOPLE),
    "privacy_legal_reference": (
        [
            {"privacy_legal_basis": ["A6-1-a", "other_law"]},
            {"privacy_special_condition": ["other_law"]},
            {"privacy_class": "special_category"} | OPEN,
        ],
        [
            {"privacy_class": "special_category"},
            {"privacy_class": "personal"} | OPEN,
            {"privacy_legal_basis": ["A6-1-c"]},
        ],
    ),
    "privacy_special_condition": ([{"privacy_class": "special_category"}], [{"privacy_class": "personal"}, {}]),
    "privacy_deidentification": (
        [{"privacy_class": name} for name in ("aggregated", "anonymised", "pseudonymised")],
        [{"privacy_class": name} for name in ("non_personal", "personal", "special_category", "unknown")],
    ),
    "algorithm_systems": (
        [{"algorithm_use": "planned"}, {"algorithm_use": "in_use"}],
        [{"algorithm_use": "retired"}, {"algorithm_use": "none_known"}, {"algorithm_use": "in_use"} | ELSEWHERE],
    ),
    "algorithm_role": ([{"algorithm_use": "in_use"}], [{"algorithm_use": "planned"}, {"algorithm_use": "retired"}]),
    "retention_period": ([KEPT["fixed_period"]], [KEPT["until_event"], KEPT["indefinite"], {}]),
    "retention_event": ([KEPT["until_event"]], [KEPT["fixed_period"], KEPT["indefinite"], {}]),
    "retention_until": ([KEPT["until_date"]], [KEPT["fixed_period"], KEPT["indefinite"], {}]),
    "retention_basis": (
        [KEPT[kind] for kind in ("fixed_period", "until_event", "until_date")],
        [KEPT[kind] for kind in ("indefinite", "not_retained", "undetermined", "unknown")],
    ),
    "retention_disposition": (
        [{}] + [KEPT[kind] for kind in ("fixed_period", "until_event", "until_date", "undetermined", "unknown")],
        [KEPT["indefinite"], KEPT["not_retained"]],
    ),
    "algorithm_justification": (
        [{"type": "algorithm", "algorithm_decision": "decides"}],
        [{"type": "algorithm", "algorithm_decision": "informs"}, {"type": "algorithm"}],
    ),
}


def test_every_conditional_obligation_has_examples():
    fields = [field for record in STANDARD.records.values() for field in record.fields.values()]
    assert {field.name for field in fields if isinstance(field.obligation, Condition)} == CONDITIONS.keys()
    assert [name for name, (required, not_required) in CONDITIONS.items() if not required or not not_required] == []


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_field_is_required_exactly_where_its_condition_holds(check, name):
    required, not_required = CONDITIONS[name]
    assert [record for record in required if name not in check(record).missing] == []
    assert [record for record in not_required if name in check(record).missing] == []
