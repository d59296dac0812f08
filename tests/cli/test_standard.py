"""`opensmartcity standard`: complete and current output in all formats, and contradictions found by `--diff`."""

import json
from pathlib import Path

import jsonschema
import pytest
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.standard import shipped_folder
from click.testing import CliRunner

DOCS = Path(__file__).parents[2] / "docs"


def run(*arguments):
    return CliRunner().invoke(main, ["standard", *map(str, arguments)])


def test_the_reference_in_docs_is_current():
    assert (DOCS / "standard.md").read_text(encoding="utf-8") == run().stdout, "run: make reference"


def test_the_list_of_what_json_schema_cannot_say_is_current_and_whole(standard):
    text = run("--format", "json-schema-limits").stdout
    assert (DOCS / "json-schema.md").read_text(encoding="utf-8") == text, "run: make reference"
    concerns = [rule.id for rule in standard.rules.values() if rule.severity == "concern"]
    assert [rule for rule in concerns if f"\n- {rule}: " not in text] == []


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
def test_the_published_json_schemas_are_current(kind):
    published = (shipped_folder() / "json" / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert published == run("--format", "json-schema", "--type", kind).stdout, "run: make reference"


def test_the_reference_holds_every_question_code_and_rule(standard):
    text = run().stdout
    for record in standard.records.values():
        assert all(f"\n`{name}`\n" in text for name in record.fields)
    assert all(f"### {rule} " in text for rule in standard.rules)
    assert all(f"| `{code}` |" in text for vocabulary in standard.vocabularies.values() for code in vocabulary.codes)


def test_the_reference_speaks_other_languages():
    assert "## Regels" in run("--lang", "nl").stdout


def test_json_is_the_listing_of_the_api(standard):
    listing = json.loads(run("--format", "json").stdout)
    assert {"version", "digest", "groups", "fields", "vocabularies", "rules"} <= set(listing)


@pytest.mark.parametrize("kind", ["dataset", "algorithm"])
def test_json_schema_is_valid(kind):
    jsonschema.Draft202012Validator.check_schema(json.loads(run("--format", "json-schema", "--type", kind).stdout))


def test_an_unknown_record_type_is_refused():
    assert run("--format", "json-schema", "--type", "recipe").exit_code == 2


def test_a_citys_own_question_is_in_every_format():
    for form in ("markdown", "json", "json-schema"):
        assert "ownership_council_committee" in run("--format", form, "--city", DOCS / "example-city").stdout


def test_a_city_that_only_adds_does_not_contradict():
    result = run("--diff", DOCS / "example-city")
    assert result.exit_code == 0
    assert "added: field ownership_council_committee" in result.stdout


CONTRADICTIONS = {
    "required field dropped for datasets that algorithms have too": (
        "dataset.yaml",
        "drop: [governance_reviewed_on]\n",
        "field governance_reviewed_on: dropped",
    ),
    "dropped required field": ("dataset.yaml", "drop: [fitness_purpose]\n", "field fitness_purpose: dropped"),
    "required field made optional": (
        "dataset.yaml",
        "dataset_fields:\n  - {field_name: fitness_purpose, obligation: null}\n",
        "field fitness_purpose: required in other cases",
    ),
    "code of another meaning": (
        "vocabularies/privacy_openness.yaml",
        "codes:\n  - {code: open, definition: Only for civil servants.}\n",
        "code privacy_openness/open: another meaning",
    ),
    "dropped code": (
        "vocabularies/algorithm_use.yaml",
        "drop: [unknown]\n",
        "code algorithm_use/unknown: dropped",
    ),
    "softer rule": (
        "rules.yaml",
        "rules:\n  - {id: OSC-050, severity: concern}\n",
        "rule OSC-050: met in other cases",
    ),
}


@pytest.mark.parametrize(("file", "text", "expected"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_contradiction_is_reported(tmp_path, file, text, expected):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)
    result = run("--diff", tmp_path)
    assert result.exit_code == 1
    assert f"contradicted: {expected}" in result.stdout


@pytest.mark.parametrize(
    "text",
    [
        "drop: [fitness_alternatives]\n",
        "dataset_fields:\n  - {field_name: fitness_alternatives, obligation: always}\n",
        "dataset_fields:\n  - {field_name: fitness_alternatives, label: Other ways}\n",
    ],
)
def test_permitted_changes_are_listed_and_do_not_contradict(tmp_path, text):
    (tmp_path / "dataset.yaml").write_text(text)
    result = run("--diff", tmp_path)
    assert result.exit_code == 0
    assert "changed: field fitness_alternatives" in result.stdout


def test_a_mistake_in_a_citys_folder_is_one_line(tmp_path):
    (tmp_path / "dataset.yaml").write_text("drop: [nothing_of_ours]\n")
    result = run("--city", tmp_path)
    assert result.exit_code == 2
    assert "dataset.yaml:1: there is no 'nothing_of_ours' to drop" in result.stderr
