"""Roles of fields and rules, and traits of codes: what they accept, mean in conditions, and what is said when lost."""

import re

import pytest
import yaml
from ckanext.opensmartcity.standard import SourceError, load_indicators, load_standard, shipped_folder
from ckanext.opensmartcity.standard.model import AnswerType
from ckanext.opensmartcity.standard.overlay import RECORD_FILES
from ckanext.opensmartcity.standard.roles import BUILT_IN, FIELD_ROLES, RULE_ROLES, TRAITS, FieldRole, RuleRole, Trait
from standard.inputs import STANDARD

DATASET = STANDARD.records["dataset"]
CODED = [field for record in STANDARD.records.values() for field in record.fields.values() if field.vocabulary]


@pytest.fixture
def city(tmp_path):
    """Write files of a city, and load the standard with them."""

    def write(**files):
        for name, content in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.yaml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return load_standard(shipped_folder(), tmp_path)

    return write


def test_every_role_and_trait_that_code_refers_to_is_described():
    assert (FIELD_ROLES.keys(), RULE_ROLES.keys(), TRAITS.keys()) == (set(FieldRole), set(RuleRole), set(Trait))
    assert {each for use in FIELD_ROLES.values() for each in use.types} <= {each.value for each in AnswerType}
    uses = [*FIELD_ROLES.values(), *RULE_ROLES.values(), *TRAITS.values()]
    assert [use for use in uses if not use.marks or not use.without] == []


def test_the_shipped_standard_has_every_role_and_trait():
    assert {role for record in STANDARD.records.values() for role in record.roles} == set(FieldRole)
    assert STANDARD.rule_roles.keys() == set(RuleRole)
    traits = {
        trait for vocabulary in STANDARD.vocabularies.values() for c in vocabulary.codes.values() for trait in c.traits
    }
    assert {trait.value for trait in Trait} <= traits


def test_a_standard_of_its_own_has_no_warnings():
    assert STANDARD.warnings == ()


GROUP = "    group: ownership\n"
NOT_BUILT_IN = "id: S-003\n"
CONDITION = "when: {use: closed}"
MISTAKES = [
    ("dataset.yaml", GROUP, f"{GROUP}    role: ownr\n", "there is no role 'ownr': did you mean 'owner'"),
    ("dataset.yaml", GROUP, f"{GROUP}    role: review_due\n", "must have the preset opensmartcity_date"),
    ("dataset.yaml", GROUP, f"{GROUP}    role: ''\n", "'role' must be a text"),
    ("dataset.yaml", "groups:\n", "facets: [owner]\ngroups:\n", "there is no field 'owner' with a vocabulary"),
    ("dataset.yaml", CONDITION, "when: {use: {trait: shut}}", "no code of 'use' has the trait 'shut'"),
    ("dataset.yaml", CONDITION, "when: {owner: {trait: shut}}", "'owner' has no vocabulary"),
    ("dataset.yaml", CONDITION, "when: {use: {trait: a, answered: true}}", "unknown key 'answered'"),
    ("rules.yaml", "role: wrong_kind", "role: wrong_kin", "there is no role 'wrong_kin': did you mean 'wrong_kind'"),
    ("rules.yaml", "role: bad_link", "role: wrong_kind", "'S-110' has the role 'wrong_kind' already"),
    ("rules.yaml", "    role: wrong_kind\n", "", "no rule has the role 'wrong_kind', under which it is reported that"),
    ("rules.yaml", NOT_BUILT_IN, f"{NOT_BUILT_IN}    role: missing\n", "and have the severity 'gap'"),
    ("rules.yaml", NOT_BUILT_IN, f"{NOT_BUILT_IN}    role: wrong_kind\n", "and have the severity 'error'"),
    ("use.yaml", "label: Everybody\n", "label: Everybody\n    traits: a\n", "'traits' must be a list of texts"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), MISTAKES, ids=[reason for *_, reason in MISTAKES])
def test_a_mistake_is_refused_with_its_place(small, file, old, new, reason):
    small.change(f"vocabularies/{file}" if file == "use.yaml" else file, old, new)
    with pytest.raises(SourceError, match=rf"{file}:\d+: .*{re.escape(reason)}"):
        small.load()


def test_two_fields_of_a_record_type_cannot_have_the_same_role(city):
    added = {
        "field_name": "zh_until",
        "preset": "opensmartcity_date",
        "group": "retention",
        "role": "retention_until",
        **dict.fromkeys(("label", "question", "help_text", "reason"), "Until?"),
    }
    with pytest.raises(SourceError, match="'retention_until' has the role 'retention_until' already"):
        city(dataset={"dataset_fields": [added]})


def test_a_trait_stands_for_the_codes_that_have_it(small):
    small.change("vocabularies/use.yaml", "label: Nobody else\n", "label: Nobody else\n    traits: [shut]\n")
    small.change("dataset.yaml", "when: {use: closed}", "when: {use: {trait: shut}}")
    assert small.load().records["dataset"].fields["conditions"].obligation.source == {"use": "closed"}
    small.change("vocabularies/use.yaml", "label: Not used\n", "label: Not used\n    traits: [shut, idle]\n")
    assert small.load().records["dataset"].fields["conditions"].obligation.source == {"use": ["closed", "no"]}
    small.change("dataset.yaml", "{trait: shut}", "{trait: [idle]}")
    assert small.load().records["dataset"].fields["conditions"].obligation.source == {"use": "no"}


def test_a_trait_can_be_named_anywhere_in_a_condition(small):
    small.change("vocabularies/use.yaml", "label: Nobody else\n", "label: Nobody else\n    traits: [shut]\n")
    nested = "when: {any: [{not: {use: {trait: shut}}}, {all: [{use: {trait: shut}}]}]}"
    small.change("dataset.yaml", "when: {use: closed}", nested)
    source = small.load().records["dataset"].fields["conditions"].obligation.source
    assert source == {"any": [{"not": {"use": "closed"}}, {"all": [{"use": "closed"}]}]}


def test_a_code_of_a_city_counts_wherever_ours_with_the_same_trait_do(city):
    code = {
        "code": "inferred",
        "label": "Inferred",
        "definition": "Guessed from other data.",
        "traits": ["about_people"],
    }
    theirs = city(vocabularies__privacy_class={"codes": [code]})
    for name in ("privacy_purpose", "privacy_objection", "sovereignty_transfer_basis"):
        condition = theirs.records["dataset"].fields[name].obligation.source
        assert condition["privacy_class"][-1] == "inferred"
        assert DATASET.fields[name].obligation.source["privacy_class"] == condition["privacy_class"][:-1]


# Roles whose fields no rule of ours reads: a city can drop these fields and change nothing else.
FREE = {"owner": "ownership_owner", "standards": "fitness_standards", "retention_start": "retention_starts_on"}


@pytest.mark.parametrize(("role", "name"), FREE.items(), ids=FREE)
def test_a_dropped_role_is_named_with_its_place_and_what_will_be_missing(city, role, name):
    lost = [str(warning) for warning in city(dataset={"drop": [name]}).warnings]
    text = f"dataset.yaml:1: no field of dataset records has the role '{role}': {FIELD_ROLES[FieldRole(role)].without}"
    assert text in lost


@pytest.mark.parametrize("file", RECORD_FILES)
def test_every_role_can_be_taken_away_and_is_then_named(city, file):
    kind = file.removesuffix(".yaml")
    roles = STANDARD.records[kind].roles
    changes = [{"field_name": field.name, "role": None} for field in roles.values()]
    warnings = list(map(str, city(**{kind: {"dataset_fields": changes}}).warnings))
    assert warnings == [
        f"{file}:1: no field of {kind} records has the role '{role.value}': {FIELD_ROLES[role].without}"
        for role in roles
    ]


def test_a_role_can_move_to_a_field_of_the_city(city):
    ours = {"field_name": "ownership_owner", "role": None}
    theirs = city(dataset={"dataset_fields": [ours, {"field_name": "ownership_custodian", "role": "owner"}]})
    assert theirs.records["dataset"].roles[FieldRole.OWNER].name == "ownership_custodian"
    assert theirs.warnings == ()


def test_a_rule_without_its_role_is_named_unless_it_is_built_in(city):
    roles = [role for role in RuleRole if role not in BUILT_IN]
    rules = [{"id": STANDARD.rule_roles[role].id, "role": None} for role in roles]
    warnings = list(map(str, city(rules={"rules": rules}).warnings))
    assert sorted(warnings) == sorted(
        f"rules.yaml:1: no rule has the role '{r.value}': {RULE_ROLES[r].without}" for r in roles
    )


@pytest.mark.parametrize("role", BUILT_IN)
def test_a_built_in_rule_cannot_be_taken_away(city, role):
    with pytest.raises(SourceError, match=f"rules.yaml:2: no rule has the role '{role.value}'"):
        city(rules={"rules": [{"id": STANDARD.rule_roles[role].id, "role": None}]})


@pytest.mark.parametrize("field", CODED, ids=lambda field: field.name)
def test_every_trait_that_no_code_has_any_more_is_named_or_stops_the_load(city, field):
    codes = STANDARD.vocabulary_of(field).codes.values()
    lost = dict.fromkeys(trait for code in codes for trait in code.traits)
    change = {"codes": [{"code": code.code, "traits": ["other"]} for code in codes]}
    texts = [f"no code of '{field.name}' has the trait '{trait}'" for trait in lost]
    try:
        said = "\n".join(map(str, city(**{f"vocabularies__{field.vocabulary}": change}).warnings))
        expected = texts
    except SourceError as error:
        said = str(error)
        expected = [next((text for text in texts if text in said), texts)]
    assert [text for text in expected if text not in said] == []


def test_a_field_with_another_vocabulary_loses_its_traits(city):
    codes = [
        dict.fromkeys(("code", "label", "definition"), code) for code in STANDARD.vocabularies["retention_type"].codes
    ]
    words = {"label": "Keeping", "definition": "Rules.", "codes": codes}
    with pytest.raises(SourceError, match=r"dataset.yaml:\d+: no code of 'retention_type' has the trait"):
        city(
            dataset={"dataset_fields": [{"field_name": "retention_type", "vocabulary": "zh_keeping"}]},
            vocabularies__zh_keeping={"id": "zh_keeping"} | words,
        )


def test_a_sentence_that_cannot_be_said_any_more_is_named_unless_its_question_is_gone_too(city):
    always = [{"field_name": name, "obligation": "always"} for name in ("algorithm_systems", "algorithm_role")]
    theirs = city(dataset={"drop": ["algorithm_use"], "dataset_fields": always})
    texts = [warning.reason for warning in theirs.warnings]
    assert "the sentence 'systems-planned' is left out: it needs 'algorithm_use', which is dropped" in texts
    assert not any("'use'" in text or "'use-missing'" in text for text in texts)


def test_a_sentence_about_a_dropped_code_is_named(city):
    warnings = city(vocabularies__sovereignty_storage_kind={"drop": ["own_premises"]}).warnings
    texts = [warning.reason for warning in warnings if warning.file == "sentences.yaml"]
    lost = "no code of 'sovereignty_storage_kind' has the trait 'in_house'"
    assert texts == [f"the sentence '{name}' is left out: {lost}" for name in ("kept-by", "provider-own")]


def test_an_indicator_that_cannot_be_counted_any_more_is_named(city, tmp_path):
    theirs = city(dataset={"drop": ["fitness_limits"]})
    left_out = load_indicators(theirs, shipped_folder(), tmp_path).warnings
    assert [each.file for each in left_out] == ["figures.yaml"]
    assert left_out[0].reason.startswith("the indicator 'limits' is left out: unknown field or fact 'fitness_limits'")
