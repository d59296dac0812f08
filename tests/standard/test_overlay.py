"""Overlays: a city's YAML files add, reword, require and drop fields, codes and rules."""

import pytest
from ckanext.opensmartcity.standard import Settings, SourceError, assess, load_standard, shipped_folder


@pytest.fixture
def city(tmp_path):
    """A folder of a city's own files."""

    class City:
        path = tmp_path

        def write(self, name, text):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
            return self

        def load(self):
            return load_standard(shipped_folder(), tmp_path)

        def error(self):
            with pytest.raises(SourceError) as caught:
                self.load()
            return str(caught.value)

    return City()


FIELD = """
dataset_fields:
  - field_name: ownership_neighbourhood
    after: ownership_owner
    preset: opensmartcity_code
    vocabulary: neighbourhood
    group: ownership
    label: Neighbourhood office
    question: Which neighbourhood office answers questions?
    help_text: Choose the office that is nearest.
    reason: People want to ask near home.
    obligation: always
"""
VOCABULARY = """
id: neighbourhood
label: Neighbourhood office
definition: The offices of the city.
codes:
  - {code: north, label: Office North, definition: North of the river.}
  - {code: south, label: Office South, definition: South of the river.}
"""
RULE = """
rules:
  - id: CITY-001
    severity: concern
    records: [dataset]
    title: Office and origin
    clause: Sensor data is answered for in the north.
    message: Choose the office in the north.
    fields: [ownership_neighbourhood]
    when: {ownership_origin: sensors, ownership_neighbourhood: south}
"""


def test_an_empty_folder_changes_nothing(city, standard):
    assert city.load().records["dataset"].fields.keys() == standard.records["dataset"].fields.keys()


def test_a_field_with_its_vocabulary_and_a_rule_is_added_in_its_place(city, current):
    ours = city.write("dataset.yaml", FIELD).write("vocabularies/neighbourhood.yaml", VOCABULARY)
    loaded = ours.write("rules.yaml", RULE).load()
    fields = list(loaded.records["dataset"].fields)
    assert fields[fields.index("ownership_owner") + 1] == "ownership_neighbourhood"
    assert "ownership_neighbourhood" in assess(loaded, current, Settings()).missing
    assessment = assess(loaded, current | {"ownership_neighbourhood": "south"}, Settings())
    assert "CITY-001" in {finding.rule for finding in assessment.concerns}


def test_a_group_is_added(city):
    groups = "groups:\n  - {id: craft, label: Craft, question: How it is made}\n"
    field = FIELD.replace("group: ownership", "group: craft").replace("    after: ownership_owner\n", "")
    ours = city.write("dataset.yaml", groups + field).write("vocabularies/neighbourhood.yaml", VOCABULARY)
    assert ours.load().records["dataset"].groups[-1].id == "craft"


def test_a_code_is_added_and_a_label_changed(city):
    text = (
        "codes:\n  - {code: open, label: For everybody}\n  - {code: sealed, label: Sealed, definition: By a judge.}\n"
    )
    codes = city.write("vocabularies/privacy_openness.yaml", text).load().vocabularies["privacy_openness"].codes
    assert codes["open"].label == "For everybody"
    assert codes["open"].iri.endswith("/PUBLIC")
    assert list(codes)[-1] == "sealed"


def test_wording_and_obligation_of_our_field_are_changed(city):
    text = "dataset_fields:\n  - {field_name: ownership_custodian, label: Keeper, obligation: always}\n"
    field = city.write("dataset.yaml", text).load().records["dataset"].fields["ownership_custodian"]
    assert (field.label, field.obligation) == ("Keeper", "always")


def test_an_optional_field_is_dropped(city):
    loaded = city.write("dataset.yaml", "drop: [fitness_alternatives]\n").load()
    assert "fitness_alternatives" not in loaded.records["dataset"].fields


def test_the_version_and_name_are_the_citys(city, standard):
    loaded = city.write("standard.yaml", "name: Our standard\nversion: 1.0.0+ours.1\n").load()
    assert (loaded.name, loaded.version) == ("Our standard", "1.0.0+ours.1")
    assert loaded.namespace == standard.namespace


KNOWN_VOCABULARY = FIELD.replace("vocabulary: neighbourhood", "vocabulary: privacy_class")
MISTAKES = {
    "key": (
        "dataset.yaml",
        KNOWN_VOCABULARY.replace("help_text", "helptext"),
        "dataset.yaml:10: unknown key 'helptext': did you mean 'help_text'?",
    ),
    "vocabulary": ("dataset.yaml", FIELD, "dataset.yaml:6: there is no vocabulary 'neighbourhood'"),
    "place": (
        "dataset.yaml",
        FIELD.replace("after: ownership_owner", "after: ownership_ownr"),
        "dataset.yaml:4: there is no 'ownership_ownr' to stand after: did you mean 'ownership_owner'?",
    ),
    "dropped field": (
        "dataset.yaml",
        "drop: [fitness_alternative]\n",
        "dataset.yaml:1: there is no 'fitness_alternative' to drop: did you mean 'fitness_alternatives'?",
    ),
    "dropped field that a rule needs": (
        "dataset.yaml",
        "drop: [privacy_objection]\n",
        "unknown field 'privacy_objection'",
    ),
    "top key": ("dataset.yaml", "fields: []\n", "dataset.yaml:1: unknown key 'fields'"),
    "file": (
        "datasets.yaml",
        "drop: [a]\n",
        "datasets.yaml:1: the standard has no file 'datasets.yaml': did you mean 'dataset.yaml'?",
    ),
    "field of a rule": ("rules.yaml", RULE, "rules.yaml:9: unknown field 'ownership_neighbourhood'"),
    "field of a condition": (
        "rules.yaml",
        RULE.replace("[ownership_neighbourhood]", "[ownership_origin]"),
        "rules.yaml:10: unknown field or fact 'ownership_neighbourhood'",
    ),
    "code without definition": (
        "vocabularies/privacy_class.yaml",
        "codes:\n  - {code: secret, label: Secret}\n",
        "privacy_class.yaml:2: 'definition'",
    ),
    "group": (
        "dataset.yaml",
        "dataset_fields:\n  - {field_name: privacy_class, group: privcy}\n",
        "dataset.yaml:2: there is no group 'privcy': did you mean 'privacy'?",
    ),
}


@pytest.mark.parametrize(("file", "text", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_stops_with_the_citys_file_line_reason_and_the_nearest_name(city, file, text, expected):
    assert expected in city.write(file, text).error()
