"""`opensmartcity migrate`: records of an earlier version to the current one, with remarks on open answers."""

import json
from pathlib import Path

import pytest
from ckanext.opensmartcity.cli.main import main
from click.testing import CliRunner

EARLIER = Path(__file__).parents[1] / "data" / "records-0.9.0.jsonl"


def migrate(*arguments):
    return CliRunner().invoke(main, ["migrate", *map(str, arguments)])


@pytest.fixture
def file(tmp_path):
    def write(text, name="records.jsonl"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_records_of_the_draft_become_records_without_an_error(file):
    result = migrate(EARLIER)
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["governance_standard_version"] for record in records] == ["1.0.0"] * 6
    checked = CliRunner().invoke(main, ["check", "--format", "json", str(file(result.stdout))])
    assert "error" not in {finding["severity"] for finding in json.loads(checked.stdout)["findings"]}


def test_open_decisions_are_listed_with_file_line_and_field():
    result = migrate(EARLIER)
    assert f"{EARLIER}:3: privacy_class: In version 0.9.0 the answer was “deidentified”. Choose now: " in result.stderr
    assert f"{EARLIER}:1: sovereignty_foreign_access: This question is new" in result.stderr
    assert "6 records, 6 migrated" in result.stderr
    assert result.exit_code == 1


def test_nothing_to_decide_is_exit_code_0_and_a_second_time_changes_nothing(file):
    record = {
        "type": "algorithm",
        "name": "a",
        "algorithm_human_control": "An officer.",
        "algorithm_decision": "advises",
    }
    once = migrate(file(json.dumps(record)))
    assert once.exit_code == 0
    assert json.loads(once.stdout)["algorithm_oversight"] == "An officer."
    again = migrate(file(once.stdout))
    assert again.stdout == once.stdout
    assert "1 records, 0 migrated" in again.stderr


def test_a_csv_file_of_the_draft_keeps_its_old_columns(file):
    path = file("title,ownership_organisation,colour\nTrees,Parks,red\n", "records.csv")
    result = migrate(path)
    assert json.loads(result.stdout)["ownership_owner"] == "Parks"
    assert "colour" in result.stderr


def test_the_version_of_records_can_be_given_as_an_option(file):
    path = file('{"name": "a", "ownership_owner": "Parks"}\n')
    assert json.loads(migrate("--from", "0.9.0", path).stdout)["governance_standard_version"] == "1.0.0"
    assert "governance_standard_version" not in json.loads(migrate(path).stdout)


def test_a_version_without_notes_and_a_strange_type_are_refused_and_the_rest_goes_on(file):
    path = file('{"name": "a", "governance_standard_version": "7.0.0"}\n{"type": "recipe"}\nnonsense\n{"name": "b"}\n')
    result = migrate(path)
    assert [json.loads(line)["name"] for line in result.stdout.splitlines()] == ["b"]
    assert all(f"{path}:{line}: " in result.stderr for line in (1, 2, 3))
    assert result.exit_code == 1


def test_a_file_that_is_missing_is_exit_code_2(tmp_path):
    assert migrate(tmp_path / "none.jsonl").exit_code == 2
