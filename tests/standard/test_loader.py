"""Loader: each error in a schema file is reported with file, line and reason."""

import shutil

import pytest
from ckanext.opensmartcity.standard import SourceError, load_standard, shipped_folder, standard_digest
from ckanext.opensmartcity.standard.model import AnswerType

OWNER = "  - field_name: owner\n"
USE = "  - field_name: use\n"
INTRINSIC = "    message: Answer this question.\n    intrinsic: true\n"

# file, text to replace, text instead, text on the line that the error names, part of the reason
MISTAKES = [
    ("standard.yaml", "about:", "abuot:", "abuot:", "unknown key 'abuot'"),
    ("standard.yaml", "version: 1.0.0", "version: 1.0", "version: 1.0", "'version' must be a text"),
    ("standard.yaml", "name: Small standard\n", "", "version", "'name' must be a text"),
    ("standard.yaml", "namespace: https://small.example/#\n", "", "name", "'namespace' must be a text"),
    ("vocabularies/use.yaml", "definition: Tells", "meaning: Tells", "meaning: Tells", "unknown key 'meaning'"),
    ("vocabularies/use.yaml", "    iri:", "    uri:", "    uri:", "unknown key 'uri'"),
    ("vocabularies/use.yaml", "id: use", "id: usage", "id: usage", "must be the file's name, use"),
    ("vocabularies/use.yaml", "code: closed", "code: open", "code: open\n    label: Nobody", "code 'open' is defined"),
    (
        "vocabularies/use.yaml",
        "label: Nobody else",
        "label: Everybody",
        "label: Everybody\n    definition: Only",
        "twice",
    ),
    ("vocabularies/use.yaml", "    label: Nobody else\n", "", "  - code: closed", "'label' must be a text"),
    ("vocabularies/use.yaml", "label: Use\n", "", "id: use", "'label' must be a text"),
    ("vocabularies/use.yaml", "    definition: Only the city uses it.\n", "", "  - code: closed", "'definition' must"),
    ("vocabularies/use.yaml", "code: closed", "code: not open", "code: not open", "'code' may hold letters"),
    ("vocabularies/use.yaml", 'code: "no"', "code: no", "code: no", "'code' must be a text"),
    ("vocabularies/use.yaml", "    iri: https://small.example/open", "    iri:", "    iri:", "'iri' must be a text"),
    ("dataset.yaml", "groups:", "group:", "group:", "unknown key 'group'"),
    ("dataset.yaml", "dataset_type: dataset\n", "", "scheming_version", "'dataset_type' must be a text"),
    ("dataset.yaml", "    question: Who owns it?", "    ask: Who owns it?", "    ask:", "unknown key 'ask'"),
    ("dataset.yaml", "    question: Who owns it?\n", "", "  - id: ownership", "'question' must be a text"),
    (
        "dataset.yaml",
        "  - id: access",
        "  - id: ownership",
        "  - id: ownership\n    label: Access",
        "id 'ownership' is defined",
    ),
    ("dataset.yaml", "  - id: access", "  - id: my access", "  - id: my access", "'id' may hold letters"),
    (
        "dataset.yaml",
        "dataset_fields:",
        "  - {id: x, label: X, question: X}\ndataset_fields:",
        "  - {id: x",
        "has no field",
    ),
    ("dataset.yaml", OWNER, OWNER + "    lable: Owner\n", "    lable:", "unknown key 'lable'"),
    ("dataset.yaml", OWNER, OWNER + "    group: access\n", "    group: ownership", "the key 'group' is defined twice"),
    ("dataset.yaml", OWNER, "  - field_nam: owner\n", "  - field_nam: owner", "unknown key 'field_nam': did you mean"),
    ("dataset.yaml", OWNER, "  - field_name: the owner\n", "  - field_name: the owner", "'field_name' may hold"),
    (
        "dataset.yaml",
        "field_name: use",
        "field_name: owner",
        USE.replace("use", "owner") + "    preset: opensmartcity_code",
        "field_name 'owner' is defined twice",
    ),
    (
        "dataset.yaml",
        "label: Last review",
        "label: Owner",
        "label: Owner\n    question: When",
        "label 'Owner' is",
    ),
    ("dataset.yaml", "    label: Owner\n", "", OWNER, "'label' must be a text"),
    ("dataset.yaml", "    question: Who owns this data?\n", "", OWNER, "'question' must be a text"),
    ("dataset.yaml", "    help_text: Name the organisation.\n", "", OWNER, "'help_text' must be a text"),
    ("dataset.yaml", "    reason: People want to know.\n", "", OWNER, "'reason' must be a text"),
    ("dataset.yaml", "    example: Parks\n", "    example: 5\n", "    example: 5", "'example' must be a text"),
    (
        "dataset.yaml",
        "preset: opensmartcity_text\n",
        "preset: opensmartcity_txt\n",
        "preset: opensmartcity_txt",
        "unknown preset",
    ),
    ("dataset.yaml", "preset: opensmartcity_text\n", "preset: text\n", "preset: text", "unknown preset 'text'"),
    ("dataset.yaml", "preset: opensmartcity_date\n", "preset: date\n", "preset: date", "unknown preset 'date'"),
    ("dataset.yaml", "    preset: opensmartcity_text\n", "", OWNER, "'preset' must be a text"),
    (
        "dataset.yaml",
        "preset: opensmartcity_text\n",
        "preset: opensmartcity_declarations\n",
        "preset: opensmartcity_declarations",
        "unknown preset",
    ),
    ("dataset.yaml", "    vocabulary: use\n", "", USE, "names its 'vocabulary'"),
    ("dataset.yaml", OWNER, OWNER + "    vocabulary: use\n", "    vocabulary: use", "names its 'vocabulary'"),
    ("dataset.yaml", "vocabulary: use", "vocabulary: uses", "vocabulary: uses", "there is no vocabulary 'uses'"),
    ("dataset.yaml", "vocabulary: use", "vocabulary: [use]", "vocabulary: [use]", "'vocabulary' must be a text"),
    ("dataset.yaml", "    group: ownership\n", "", OWNER, "'group' must be a text"),
    (
        "dataset.yaml",
        "    group: ownership\n",
        "    group: owners\n",
        "    group: owners",
        "there is no group 'owners'",
    ),
    ("dataset.yaml", "obligation: always", "obligation: sometimes", "obligation: sometimes", "'obligation' must be"),
    ("dataset.yaml", "rule: S-002", "rules: S-002", "rules: S-002", "unknown key 'rules'"),
    (
        "dataset.yaml",
        "rule: S-002",
        "rule: S-009",
        "    obligation:\n      when",
        "'S-009' is not the id of a gap rule",
    ),
    (
        "dataset.yaml",
        "rule: S-002",
        "rule: S-003",
        "    obligation:\n      when",
        "'S-003' is not the id of a gap rule",
    ),
    ("dataset.yaml", "rule: S-002", "rule: [S-002]", "rule: [S-002]", "'rule' must be a text"),
    ("dataset.yaml", "      when: {use: closed}\n", "", "      rule: S-002", "'when' must hold a condition"),
    ("dataset.yaml", "when: {use: closed}", "when: closed", "when: closed", "'when' must hold a condition"),
    ("dataset.yaml", "when: {use: closed}", "when: {usage: closed}", "when: {usage", "unknown field or fact 'usage'"),
    ("dataset.yaml", "when: {use: closed}", "when: {use: shut}", "when: {use: shut}", "'use' has no code 'shut'"),
    ("rules.yaml", "rules:", "rule:", "rule:", "unknown key 'rule'"),
    ("rules.yaml", "    clause: Open data has an owner.", "    text: Open.", "    text: Open.", "unknown key 'text'"),
    (
        "rules.yaml",
        "id: S-002",
        "id: OSC-001",
        "id: OSC-001\n    severity: gap\n    records: [dataset]",
        "id 'OSC-001' is defined",
    ),
    ("rules.yaml", "id: S-003", "id: S 003", "id: S 003", "'id' may hold letters"),
    ("rules.yaml", "severity: concern", "severity: warning", "severity: warning", "one of error, concern, gap"),
    ("rules.yaml", "records: [dataset]", "records: [data]", "records: [data]", "no record type 'data'"),
    ("rules.yaml", "records: [dataset]", "records: []", "records: []", "'records' must be a list of texts"),
    ("rules.yaml", "    message: Remove the conditions.\n", "", "  - id: S-004", "'message' must be a text"),
    ("rules.yaml", "fields: [owner]", "fields: [ownr]", "fields: [ownr]", "unknown field 'ownr'"),
    ("rules.yaml", "    fields: [owner]\n", "", "  - id: S-003", "'fields' must be a list of texts"),
    ("rules.yaml", "      owner: {missing", "      ownr: {missing", "      ownr:", "unknown field or fact 'ownr'"),
    ("rules.yaml", '[open, "no"]', "[open, shut]", "[open, shut]", "'use' has no code 'shut'"),
    ("rules.yaml", '[open, "no"]', "no", "use: no", "put yes and no in quotes"),
    ("rules.yaml", "        when:\n", "        wen:\n", "        wen:", "unknown key 'wen'"),
    (
        "rules.yaml",
        "    cases:\n",
        "    fields: [owner]\n    cases:\n",
        "    fields: [owner]\n    cases:",
        "has no 'fields' or 'when' of its own",
    ),
    ("rules.yaml", INTRINSIC, INTRINSIC + "    fields: [owner]\n", "    fields: [owner]", "an intrinsic rule has no"),
    ("rules.yaml", "    intrinsic: true\n", "", "    severity: gap", "mark the rule 'intrinsic: true'"),
    ("rules.yaml", "intrinsic: true", "intrinsic: false", "    severity: gap", "mark the rule 'intrinsic: true'"),
]


def test_the_small_standard_is_right_before_it_is_broken(small):
    assert list(small.load().records["dataset"].fields) == ["owner", "reviewed_on", "use", "conditions"]


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "reason"),
    MISTAKES,
    ids=[f"{file}: {reason} ({index})" for index, (file, *_, reason) in enumerate(MISTAKES)],
)
def test_a_mistake_stops_with_file_line_and_reason(small, file, old, new, at, reason):
    with pytest.raises(SourceError) as stopped:
        small.change(file, old, new).load()
    assert reason in stopped.value.reason
    assert (stopped.value.file, stopped.value.line) == (file.rpartition("/")[2], small.line_of(file, at))


@pytest.mark.parametrize("name", ["standard.yaml", "dataset.yaml", "algorithm.yaml", "rules.yaml"])
def test_a_missing_file_is_named(small, name):
    (small.folder / name).unlink()
    with pytest.raises(SourceError, match=f"{name}:1: the file cannot be read"):
        small.load()


def test_a_missing_vocabulary_is_named_where_it_is_used(small):
    (small.folder / "vocabularies" / "use.yaml").unlink()
    with pytest.raises(SourceError, match=r"dataset.yaml:\d+: there is no vocabulary 'use'"):
        small.load()


def test_a_missing_folder_of_vocabularies_is_no_other_mistake(small):
    shutil.rmtree(small.folder / "vocabularies")
    with pytest.raises(SourceError, match="there is no vocabulary 'use'"):
        small.load()


def test_the_default_gap_rule_is_the_one_with_the_role(small):
    small.change("rules.yaml", "id: OSC-001", "id: S-001")
    assert small.load().records["dataset"].fields["owner"].gap_rule == "S-001"


def test_fields_of_ckan_are_left_alone(small):
    small.change("dataset.yaml", "validators: not_empty", "validators: not_empty\n    anything: goes")
    assert "title" not in small.load().records["dataset"].fields


def test_a_code_without_iri_gets_one_in_the_namespace(small):
    codes = small.load().vocabularies["use"].codes
    assert (codes["open"].iri, codes["closed"].iri) == (
        "https://small.example/open",
        "https://small.example/#use-closed",
    )


def test_a_field_without_iri_gets_one_in_the_namespace(small):
    assert small.load().records["dataset"].fields["owner"].iri == "https://small.example/#owner"


def test_groups_hold_their_fields_in_order(small):
    groups = small.load().records["dataset"].groups
    assert [(group.id, [field.name for field in group.fields]) for group in groups] == [
        ("ownership", ["owner", "reviewed_on"]),
        ("access", ["use", "conditions"]),
    ]


def test_an_obligation_is_always_conditional_or_none(small):
    fields = small.load().records["dataset"].fields
    assert (fields["owner"].obligation, fields["use"].obligation) == ("always", None)
    assert fields["conditions"].obligation.source == {"use": "closed"}


def test_an_obligation_may_name_its_gap_rule(small):
    fields = small.load().records["dataset"].fields
    assert (fields["conditions"].gap_rule, fields["owner"].gap_rule) == ("S-002", "OSC-001")


@pytest.mark.parametrize("kind", [kind for kind in AnswerType if kind is not AnswerType.DECLARATIONS])
def test_every_answer_type_has_a_preset(small, kind):
    vocabulary = "\n    vocabulary: use" if kind.is_coded else ""
    small.change("dataset.yaml", "preset: opensmartcity_text\n", f"preset: opensmartcity_{kind.value}{vocabulary}\n")
    assert small.load().records["dataset"].fields["owner"].type is kind


def test_a_copy_of_the_shipped_standard_is_the_same_standard(standard, tmp_path):
    copy = load_standard(shutil.copytree(shipped_folder(), tmp_path / "schemas"))
    assert standard_digest(copy) == standard_digest(standard)


def test_a_city_may_not_rename_a_field_that_a_rule_reads(tmp_path):
    folder = shutil.copytree(shipped_folder(), tmp_path / "schemas")
    dataset = folder / "dataset.yaml"
    dataset.write_text(dataset.read_text().replace("field_name: privacy_class", "field_name: class"))
    with pytest.raises(SourceError, match="unknown field or fact 'privacy_class'"):
        load_standard(folder)
