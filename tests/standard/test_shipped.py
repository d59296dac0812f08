"""Properties of the shipped schemas: naming, texts, vocabularies, rules and IRIs.

That the content of a released version does not change unnoticed is tested with the snapshots in `schemas/released/`
(test_versions.py).
"""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
import yaml
from ckanext.opensmartcity.standard import DECLARED_FIELD, AnswerType, load_indicators, shipped_folder
from ckanext.opensmartcity.standard.answers import parse_answer
from ckanext.opensmartcity.standard.model import Condition
from ckanext.opensmartcity.standard.predicates import FACTS
from standard.inputs import STANDARD

RECORDS = STANDARD.records.values()
GROUPS = [(record, group) for record in RECORDS for group in record.groups]
FIELDS = [field for record in RECORDS for field in record.fields.values()]
VOCABULARIES = STANDARD.vocabularies.values()
CODES = [(vocabulary, code) for vocabulary in VOCABULARIES for code in vocabulary.codes.values()]
RULES = STANDARD.rules.values()
IRIS = {field.name: field.iri for field in FIELDS} | {f"{each.id} {code.code}": code.iri for each, code in CODES}

# Public vocabularies whose terms the standard reuses.
PUBLIC_VOCABULARIES = (
    "https://w3id.org/dpv",
    "http://purl.org/dc/terms/",
    "http://www.w3.org/ns/dcat#",
    "http://www.w3.org/ns/odrl/2/",
    "http://xmlns.com/foaf/0.1/",
    "http://data.europa.eu/",
    "http://publications.europa.eu/resource/authority/",
    "http://mlcommons.org/croissant/RAI/",
    "https://localcontexts.org/notice/",
)
# The last word of a field name tells the type of its answer.
TYPE_BY_SUFFIX = {
    "contact": {AnswerType.CONTACT},
    "countries": {AnswerType.COUNTRIES},
    "country": {AnswerType.COUNTRY},
    "due": {AnswerType.DATE},
    "elsewhere": {AnswerType.URLS},
    "jurisdictions": {AnswerType.JURISDICTIONS},
    "objection": {AnswerType.CONTACT},
    "on": {AnswerType.DATE},
    "period": {AnswerType.DURATION},
    "purpose": {AnswerType.LONG_TEXT},
    "systems": {AnswerType.ALGORITHMS},
    "until": {AnswerType.DATE},
    "uri": {AnswerType.URI},
    "url": {AnswerType.URL},
}
# Rules that the parser of answers and the portal check, and gaps of obligations.
WITHOUT_CASES = {"OSC-001", "OSC-002", "OSC-003", "OSC-004", "OSC-005", "OSC-020", "OSC-032", "OSC-040",
                 "OSC-053", "OSC-070", "OSC-071"}  # fmt: skip

EACH_FIELD = pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.group}-{field.name}")
EACH_VOCABULARY = pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.id)
EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def duplicates(values):
    return [value for value, count in Counter(values).items() if count > 1]


def test_datasets_are_described_in_six_groups_and_algorithms_in_five():
    assert {record.type: len(record.groups) for record in RECORDS} == {"dataset": 6, "algorithm": 5}


@pytest.mark.parametrize(("record", "group"), GROUPS, ids=lambda each: getattr(each, "id", getattr(each, "type", "")))
def test_a_group_asks_one_question_and_requires_an_answer(record, group):
    assert group.question.endswith("?")
    assert not group.label.endswith((".", "?"))
    assert [field.name for field in group.fields if field.group != group.id] == []
    assert [field.name for field in group.fields if field.obligation == "always"]


def test_labels_and_questions_are_unique_within_a_record_type():
    for record in RECORDS:
        assert duplicates(group.label for group in record.groups) == []
        assert duplicates(group.question for group in record.groups) == []
        assert duplicates(field.label for field in record.fields.values()) == []
        assert duplicates(field.question for field in record.fields.values()) == []


def test_a_field_belongs_to_one_group():
    for record in RECORDS:
        assert duplicates(field.name for group in record.groups for field in group.fields) == []


@EACH_FIELD
def test_a_field_name_begins_with_its_group_or_record_type(field):
    kinds = {record.type for record in RECORDS if record.fields.get(field.name) is field}
    assert field.name.partition("_")[0] in {field.group, "governance", *kinds}
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", field.name)


@EACH_FIELD
def test_the_last_word_of_a_field_name_tells_its_type(field):
    expected = TYPE_BY_SUFFIX.get(field.name.rpartition("_")[2])
    assert expected is None or field.type in expected


def test_every_suffix_and_every_answer_type_is_in_use():
    assert TYPE_BY_SUFFIX.keys() <= {field.name.rpartition("_")[2] for field in FIELDS}
    assert {field.type for field in FIELDS} == set(AnswerType) - {AnswerType.DECLARATIONS}


@EACH_FIELD
def test_a_field_has_a_question_help_an_example_and_a_reason(field):
    assert field.question.endswith("?")
    assert field.help.endswith((".", "?"))
    assert field.reason.endswith(".")
    assert field.label
    assert not field.label.endswith((".", "?"))
    assert field.example
    assert len(field.help) <= 200
    assert len(field.reason) <= 200


@EACH_FIELD
def test_an_example_is_a_valid_answer_of_its_field(field):
    assert parse_answer(field, field.example, STANDARD)


@EACH_FIELD
def test_an_obligation_reads_other_fields_of_the_same_record_type(field):
    if isinstance(field.obligation, Condition):
        kinds = [record for record in RECORDS if record.fields.get(field.name) is field]
        assert field.obligation.fields
        assert field.name not in field.obligation.fields
        assert all(field.obligation.fields <= record.fields.keys() for record in kinds)


def test_declarations_are_not_a_question():
    assert all(DECLARED_FIELD not in record.fields for record in RECORDS)


def test_a_shared_field_means_the_same_for_datasets_and_algorithms():
    datasets, algorithms = (STANDARD.records[kind].fields for kind in ("dataset", "algorithm"))
    shared = datasets.keys() & algorithms.keys()
    assert shared == {"governance_reviewed_on", "governance_review_due"}
    assert all(datasets[name].type is algorithms[name].type for name in shared)
    assert all(datasets[name].iri == algorithms[name].iri for name in shared)
    assert all(datasets[name].obligation == algorithms[name].obligation == "always" for name in shared)


def test_exactly_the_coded_fields_have_a_vocabulary():
    assert {field.name for field in FIELDS if field.vocabulary} == {
        field.name for field in FIELDS if field.type.is_coded
    }


def test_every_vocabulary_is_used_by_the_field_that_it_is_named_for():
    assert STANDARD.vocabularies.keys() == {field.vocabulary for field in FIELDS if field.vocabulary}
    assert [field.name for field in FIELDS if field.vocabulary and not field.name.endswith(field.vocabulary)] == []


@EACH_VOCABULARY
def test_the_codes_of_a_vocabulary_are_distinct_in_code_label_definition_and_iri(vocabulary):
    codes = list(vocabulary.codes.values())
    assert len(codes) >= 4
    for part in ("code", "label", "definition", "iri"):
        assert duplicates(getattr(code, part) for code in codes) == []
    assert [name for name, code in vocabulary.codes.items() if name != code.code] == []


@EACH_VOCABULARY
def test_a_code_is_a_word_or_an_article_of_the_gdpr(vocabulary):
    pattern = r"[a-z]+(_[a-z]+)*|A\d+(-\d+(-[a-z])?)?"
    assert [code for code in vocabulary.codes if not re.fullmatch(pattern, code)] == []


def test_an_article_of_the_gdpr_has_the_term_of_dpv_with_the_same_number():
    articles = {code.code: code.iri for _, code in CODES if re.match(r"A\d+-", code.code)}
    assert len(articles) > 20
    assert articles == {code: f"https://w3id.org/dpv/legal/eu/gdpr#{code}" for code in articles}


def test_kinds_of_personal_data_are_terms_of_dpv_pd():
    codes = STANDARD.vocabularies["personal_data"].codes
    own = {name for name, code in codes.items() if not code.iri.startswith("https://w3id.org/dpv/pd#")}
    assert own == {"other", "unknown"}


@EACH_VOCABULARY
def test_a_code_has_traits_or_says_that_none_fits_where_others_have_some(vocabulary):
    source = yaml.safe_load((shipped_folder() / "vocabularies" / f"{vocabulary.id}.yaml").read_text(encoding="utf-8"))
    traits = dict.fromkeys(trait for code in vocabulary.codes.values() for trait in code.traits)
    undecided = [code["code"] for code in source["codes"] if "traits" not in code and code["code"] != "unknown"]
    assert not traits or undecided == [], f"give each of them `traits:` of {list(traits)}, or `traits: []`"


@EACH_VOCABULARY
def test_labels_are_phrases_and_definitions_are_sentences(vocabulary):
    assert vocabulary.label
    assert vocabulary.definition.endswith(".")
    codes = vocabulary.codes.values()
    assert [code.code for code in codes if not code.definition.endswith(".") or code.label.endswith(".")] == []


@EACH_VOCABULARY
def test_unknown_is_the_last_code_and_has_the_same_label_everywhere(vocabulary):
    if "unknown" in vocabulary.codes:
        assert list(vocabulary.codes)[-1] == "unknown"
        assert vocabulary.codes["unknown"].label == "We do not know yet"


def test_every_required_coded_question_can_be_answered_unknown():
    required = [field for field in FIELDS if field.type.is_coded and field.obligation]
    without = {field.name for field in required if "unknown" not in STANDARD.vocabulary_of(field).codes}
    assert without == {"algorithm_risk"}
    assert "not_assessed" in STANDARD.vocabularies["algorithm_risk"].codes


@EACH_RULE
def test_a_rule_has_an_id_a_title_a_clause_and_a_message(rule):
    assert re.fullmatch(r"OSC-\d{3}", rule.id)
    assert rule.severity in ("error", "concern", "gap")
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.clause.endswith(".")
    assert rule.message.endswith(".")
    assert len({rule.title, rule.clause, rule.message}) == 3


def test_titles_clauses_and_messages_of_rules_are_unique():
    for part in ("title", "clause", "message"):
        assert duplicates(getattr(rule, part) for rule in RULES) == []


@EACH_RULE
def test_a_rule_names_existing_record_types_and_fields(rule):
    assert rule.records
    assert set(rule.records) <= STANDARD.records.keys()
    known = {name for kind in rule.records for name in STANDARD.records[kind].fields}
    for case in rule.cases:
        assert case.fields
        assert set(case.fields) <= known
        assert case.when.fields <= known


@EACH_RULE
def test_a_rule_has_cases_unless_the_parser_or_an_obligation_checks_it(rule):
    assert bool(rule.cases) is (rule.id not in WITHOUT_CASES)
    assert rule.severity != "gap" or rule.id in WITHOUT_CASES


def test_every_gap_rule_of_a_field_is_a_gap():
    assert {field.name for field in FIELDS if field.gap_rule != "OSC-001"} == {"sovereignty_transfer_basis"}
    assert {STANDARD.rules[field.gap_rule].severity for field in FIELDS} == {"gap"}
    assert {rule.id for rule in RULES if rule.severity == "gap"} == {field.gap_rule for field in FIELDS}


def test_every_fact_is_used_by_a_rule_or_an_indicator():
    indicators = load_indicators(STANDARD, shipped_folder()).counted.values()
    conditions = [case.when for rule in RULES for case in rule.cases]
    conditions += [condition for each in indicators for condition in (each.of, each.where) if condition]
    sources = repr([condition.source for condition in conditions])
    assert [fact for fact in FACTS if fact not in sources] == []


def test_every_iri_is_absolute_and_well_formed():
    addresses = {name: urlsplit(iri) for name, iri in IRIS.items()}
    relative = [name for name, iri in addresses.items() if iri.scheme not in ("http", "https") or not iri.netloc]
    assert relative == []
    assert [name for name, iri in IRIS.items() if re.search(r"[\s<>\"{}|\\^`]", iri) or iri.count("#") > 1] == []


def test_every_iri_is_in_our_namespace_or_in_a_public_vocabulary():
    known = (STANDARD.namespace, *PUBLIC_VOCABULARIES)
    assert [iri for iri in IRIS.values() if not iri.startswith(known)] == []
    assert [each for each in known if not any(iri.startswith(each) for iri in IRIS.values())] == []


def test_terms_of_our_own_are_distinct_and_named_like_their_field_or_code():
    own = {name: iri for name, iri in IRIS.items() if iri.startswith(STANDARD.namespace)}
    assert duplicates(own.values()) == []
    assert own == {name: STANDARD.namespace + name.replace(" ", "-") for name in own}
