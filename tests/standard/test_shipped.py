"""The shipped schemas hold what standard.md fixes: groups, fields, types, codes, obligations and rules."""

from urllib.parse import urlsplit

import pytest
from ckanext.opensmartcity.standard import DECLARED_FIELD, load_indicators, shipped_folder
from ckanext.opensmartcity.standard.answers import parse_answer
from ckanext.opensmartcity.standard.facts import FACTS
from standard.inputs import STANDARD

QUESTIONS = {
    "ownership": "Who is responsible for this data?",
    "sovereignty": "Where is it kept, and whose law applies?",
    "privacy": "Is it about people, and what protects them?",
    "algorithm": "Do computers use it to help decide things?",
    "retention": "How long is it kept, and what happens then?",
    "fitness": "What is it good for, and what is it not good for?",
}

# field, type, obligation, group
DATASET = """
ownership_owner                   text           always  ownership
ownership_owner_uri               uri            -       ownership
ownership_custodian               text           -       ownership
ownership_steward_role            text           always  ownership
ownership_contact                 contact        always  ownership
ownership_origin                  code           always  ownership
ownership_mandate                 text_or_url    -       ownership
ownership_suppliers               texts          -       ownership
governance_reviewed_on            date           always  ownership
governance_review_due             date           always  ownership
governance_reviewer_role          text           -       ownership
sovereignty_storage_countries     countries      always  sovereignty
sovereignty_storage_kind          code           always  sovereignty
sovereignty_provider              text           if      sovereignty
sovereignty_provider_country      country        if      sovereignty
sovereignty_jurisdictions         jurisdictions  always  sovereignty
sovereignty_foreign_access        code           always  sovereignty
sovereignty_transfer_basis        codes          if      sovereignty
sovereignty_exit                  long_text      if      sovereignty
sovereignty_indigenous_notice     code           -       sovereignty
sovereignty_local_contexts_project uuid          -       sovereignty
privacy_class                     code           always  privacy
privacy_openness                  code           always  privacy
privacy_access_conditions         long_text      if      privacy
privacy_personal_data             codes          if      privacy
privacy_data_subjects             codes          if      privacy
privacy_purpose                   long_text      if      privacy
privacy_legal_basis               codes          if      privacy
privacy_legal_reference           text_or_url    if      privacy
privacy_special_condition         codes          if      privacy
privacy_deidentification          long_text      if      privacy
privacy_impact_assessment         code           if      privacy
privacy_impact_assessment_url     url            -       privacy
privacy_decision_rights           long_text      if      privacy
privacy_objection                 contact        if      privacy
algorithm_use                     code           always  algorithm
algorithm_systems                 systems        if      algorithm
algorithm_elsewhere               urls           -       algorithm
algorithm_role                    codes          if      algorithm
retention_type                    code           always  retention
retention_period                  duration       if      retention
retention_starts_on               date           -       retention
retention_event                   long_text      if      retention
retention_until                   date           if      retention
retention_basis                   text_or_url    if      retention
retention_disposition             code           if      retention
fitness_purpose                   long_text      always  fitness
fitness_limits                    long_text      always  fitness
fitness_standards                 texts_or_uris  -       fitness
fitness_alternatives              long_text      -       fitness
"""

ALGORITHM = """
algorithm_status           code         -
algorithm_purpose          long_text    always
algorithm_owner            text         always
algorithm_contact          contact      always
algorithm_supplier         text         -
algorithm_source_code      url          -
algorithm_public_contract  url          -
algorithm_technique        code         always
algorithm_explanation      long_text    always
algorithm_decision         code         always
algorithm_justification    long_text    if
algorithm_alternatives     long_text    always
algorithm_oversight        long_text    always
algorithm_affected         long_text    always
algorithm_risk             code         always
algorithm_assessments      urls         -
algorithm_bias_check       code         always
algorithm_bias_check_url   url          -
algorithm_monitoring       long_text    -
algorithm_legal_basis      text_or_url  -
algorithm_objection        contact      always
algorithm_started_on       date         -
algorithm_ended_on         date         -
governance_reviewed_on     date         always
governance_review_due      date         always
"""

CODES = {
    "ownership_origin": "city other_public_body supplier residents sensors research mixed unknown",
    "sovereignty_storage_kind": "own_premises public_cloud_shared commercial_cloud supplier_system mixed unknown",
    "sovereignty_foreign_access": "no possible yes unknown",
    "sovereignty_transfer_basis": "A45-3 A46-2-a A46-2-b A46-2-c A46-2-d A46-2-e A46-2-f A49 other_law unknown",
    "sovereignty_indigenous_notice": "traditional_knowledge biocultural attribution_incomplete open_to_collaborate",
    "privacy_class": "non_personal aggregated anonymised pseudonymised personal special_category unknown",
    "privacy_openness": "open shared closed unknown",
    "privacy_data_subjects": "residents visitors children employees patients clients business_owners road_users other"
    " unknown",
    "privacy_legal_basis": "A6-1-a A6-1-b A6-1-c A6-1-d A6-1-e A6-1-f other_law unknown",
    "privacy_special_condition": "A9-2-a A9-2-b A9-2-c A9-2-d A9-2-e A9-2-f A9-2-g A9-2-h A9-2-i A9-2-j"
    " other_law unknown",
    "privacy_impact_assessment": "done planned not_done not_required unknown",
    "algorithm_use": "none_known planned in_use retired unknown",
    "algorithm_role": "training input output evaluation unknown",
    "retention_type": "fixed_period until_event until_date indefinite not_retained undetermined unknown",
    "retention_disposition": "delete anonymise archive review unknown",
    "algorithm_status": "planned development pilot operational retired",
    "algorithm_technique": "rule_based statistical machine_learning generative mixed unknown",
    "algorithm_decision": "informs recommends decides unknown",
    "algorithm_risk": "minimal transparency_required high prohibited not_assessed",
    "algorithm_bias_check": "done planned not_done unknown",
}
FROM_DPV = {"privacy_personal_data"}

RULES = {
    "OSC-001": "gap",
    "OSC-002": "error",
    "OSC-003": "error",
    "OSC-004": "error",
    "OSC-005": "error",
    "OSC-010": "error",
    "OSC-011": "concern",
    "OSC-012": "concern",
    "OSC-013": "error",
    "OSC-014": "error",
    "OSC-015": "concern",
    "OSC-016": "concern",
    "OSC-017": "concern",
    "OSC-020": "gap",
    "OSC-021": "concern",
    "OSC-030": "error",
    "OSC-031": "concern",
    "OSC-032": "error",
    "OSC-040": "error",
    "OSC-041": "error",
    "OSC-050": "error",
    "OSC-051": "concern",
    "OSC-060": "concern",
    "OSC-070": "error",
}

PEOPLE = [{"privacy_class": name} for name in ("pseudonymised", "personal", "special_category")]
NO_PEOPLE = [{"privacy_class": name} for name in ("non_personal", "aggregated", "anonymised", "unknown")] + [{}]
PROVIDER = [{"sovereignty_storage_kind": kind} for kind in ("commercial_cloud", "supplier_system", "mixed")]
NO_PROVIDER = [{"sovereignty_storage_kind": kind} for kind in ("own_premises", "public_cloud_shared", "unknown")]
KEPT = {kind: {"retention_type": kind} for kind in CODES["retention_type"].split()}
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

FIELDS = [field for record in STANDARD.records.values() for field in record.fields.values()]
EACH_FIELD = pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.group}-{field.name}")
IRIS = {field.name: field.iri for field in FIELDS} | {
    f"{name} {code.code}": code.iri
    for name, vocabulary in STANDARD.vocabularies.items()
    for code in vocabulary.codes.values()
}


def rows(table):
    return {name: rest for name, *rest in map(str.split, table.strip().splitlines())}


def mark(field):
    return "-" if field.obligation is None else "always" if field.obligation == "always" else "if"


def test_the_six_groups_ask_the_residents_questions():
    assert {group.id: group.question for group in STANDARD.records["dataset"].groups} == QUESTIONS
    assert list(QUESTIONS) == [group.id for group in STANDARD.records["dataset"].groups]


def test_every_dataset_field_has_its_type_obligation_and_group():
    fields = STANDARD.records["dataset"].fields.values()
    assert {field.name: [field.type.value, mark(field), field.group] for field in fields} == rows(DATASET)


def test_every_algorithm_field_has_its_type_and_obligation():
    fields = STANDARD.records["algorithm"].fields.values()
    assert {field.name: [field.type.value, mark(field)] for field in fields} == rows(ALGORITHM)


def test_the_declarations_are_no_question():
    assert all(DECLARED_FIELD not in record.fields for record in STANDARD.records.values())


def test_every_coded_field_has_its_codes():
    coded = {field.name: " ".join(STANDARD.vocabulary_of(field).codes) for field in FIELDS if field.type.is_coded}
    assert {name: codes for name, codes in coded.items() if name not in FROM_DPV} == CODES
    assert coded.keys() - CODES.keys() == FROM_DPV


def test_kinds_of_personal_data_are_terms_of_dpv_pd():
    codes = STANDARD.vocabularies["personal_data"].codes
    own = {name for name, code in codes.items() if not code.iri.startswith("https://w3id.org/dpv/pd#")}
    assert own == {"other", "unknown"}


def test_every_vocabulary_is_used():
    assert STANDARD.vocabularies.keys() == {field.vocabulary for field in FIELDS if field.vocabulary}


def test_unknown_is_the_last_code_and_is_called_the_same_everywhere():
    for vocabulary in STANDARD.vocabularies.values():
        if "unknown" in vocabulary.codes:
            assert list(vocabulary.codes)[-1] == "unknown"
            assert vocabulary.codes["unknown"].label == "We do not know yet"


def test_every_required_coded_question_can_be_answered_unknown():
    required = [field for field in FIELDS if field.type.is_coded and field.obligation]
    without = {field.name for field in required if "unknown" not in STANDARD.vocabulary_of(field).codes}
    assert without == {"algorithm_risk"}
    assert "not_assessed" in STANDARD.vocabularies["algorithm_risk"].codes


def test_every_conditional_field_has_its_conditions_tested():
    assert {field.name for field in FIELDS if mark(field) == "if"} == CONDITIONS.keys()


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_conditional_field_is_required_where_its_condition_holds_and_only_there(check, name):
    required, not_required = CONDITIONS[name]
    assert [record for record in required if name not in check(record).missing] == []
    assert [record for record in not_required if name in check(record).missing] == []


def test_every_rule_has_its_severity():
    assert {rule.id: rule.severity for rule in STANDARD.rules.values()} == RULES


def test_every_gap_rule_of_a_field_is_a_gap():
    assert {field.name for field in FIELDS if field.gap_rule != "OSC-001"} == {"sovereignty_transfer_basis"}
    assert {STANDARD.rules[field.gap_rule].severity for field in FIELDS} == {"gap"}


def test_every_rule_reports_on_fields_of_its_records():
    for rule in STANDARD.rules.values():
        known = {name for record in rule.records for name in STANDARD.records[record].fields}
        assert {name for case in rule.cases for name in case.fields} <= known


def test_every_fact_is_used_by_a_rule_or_a_figure():
    figures = load_indicators(STANDARD, shipped_folder()).counted.values()
    conditions = [case.when for rule in STANDARD.rules.values() for case in rule.cases]
    conditions += [condition for figure in figures for condition in (figure.of, figure.where) if condition]
    sources = repr([condition.source for condition in conditions])
    assert [fact for fact in FACTS if fact not in sources] == []


@EACH_FIELD
def test_every_question_has_help_of_a_line_or_three_an_example_and_a_reason(field):
    for text in (field.help, field.reason, field.question):
        assert text[-1] in ".?"
    assert field.question.endswith("?")
    assert field.example
    assert len(field.help) <= 200
    assert len(field.reason) <= 200


@EACH_FIELD
def test_an_example_is_a_valid_answer_of_its_field(field):
    assert parse_answer(field, field.example, STANDARD)


@EACH_FIELD
def test_a_question_is_a_question_with_help_and_reason_in_sentences(field):
    assert field.question.endswith("?")
    assert field.help.endswith((".", "?"))
    assert field.reason.endswith(".")
    assert not field.label.endswith(".")


def test_every_iri_is_absolute():
    addresses = {name: urlsplit(iri) for name, iri in IRIS.items()}
    relative = [name for name, iri in addresses.items() if iri.scheme not in ("http", "https") or not iri.netloc]
    assert relative == []


def test_terms_of_our_own_are_distinct():
    own = [iri for iri in IRIS.values() if iri.startswith(STANDARD.namespace)]
    assert len(own) == len(set(own))


def test_a_definition_of_a_code_is_a_sentence():
    codes = [code for vocabulary in STANDARD.vocabularies.values() for code in vocabulary.codes.values()]
    assert [code.code for code in codes if not code.definition.endswith(".") or code.label.endswith(".")] == []


def test_a_shared_field_means_the_same_for_datasets_and_algorithms():
    datasets, algorithms = (STANDARD.records[kind].fields for kind in ("dataset", "algorithm"))
    shared = datasets.keys() & algorithms.keys()
    assert shared == {"governance_reviewed_on", "governance_review_due"}
    assert all(datasets[name].type is algorithms[name].type for name in shared)
    assert all(datasets[name].iri == algorithms[name].iri for name in shared)
