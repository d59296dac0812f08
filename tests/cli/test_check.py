"""`opensmartcity check`: the portal's findings without a portal, for a person and for a program."""

import csv
import json
import subprocess
import sys
import textwrap

import pytest
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.standard import Settings, assess
from click.testing import CliRunner


def check(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def file(tmp_path):
    """Write records as JSON Lines and give the path."""

    def write(*records, name="records.jsonl"):
        path = tmp_path / name
        path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        return path

    return write


def test_clean_records_exit_with_0_and_say_nothing_on_stdout(file, current):
    result = check(file(current | {"governance_review_due": "2999-01-01", "governance_reviewed_on": "2998-01-01"}))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 records, 0 findings" in result.stderr


def test_findings_exit_with_1_and_name_file_line_rule_and_field(file, current):
    path = file(current, current | {"name": "bad", "privacy_class": "secret"})
    result = check(path)
    assert result.exit_code == 1
    assert f"{path}:2: OSC-002 error privacy_class (bad): “secret” is not one of the answers" in result.stdout


@pytest.mark.parametrize("path", ["no-such-file.json", "."])
def test_a_file_that_cannot_be_opened_exits_with_2(path):
    assert check(path).exit_code == 2


def test_a_file_without_one_readable_record_exits_with_2(tmp_path):
    (tmp_path / "noise.json").write_bytes(b"\x00\x01\x02")
    assert check(tmp_path / "noise.json").exit_code == 2


def test_json_output_is_one_object_of_a_stable_shape(file, current):
    result = check("--format", "json", file(current, {"name": "empty"}))
    report = json.loads(result.stdout)
    assert set(report) == {"standard", "findings", "summary"}
    assert set(report["standard"]) == {"version", "digest"}
    assert all(
        set(finding) == {"file", "line", "record", "rule", "severity", "fields", "message"}
        for finding in report["findings"]
    )
    assert report["summary"]["records"] == 2
    assert report["summary"]["findings"] == len(report["findings"]) == sum(report["summary"]["rules"].values())


def test_json_output_without_findings_is_valid_too(file):
    assert json.loads(check("--format", "json", file()).stdout)["findings"] == []


def test_it_finds_what_the_assessment_of_the_portal_finds(file, current, standard):
    record = current | {"privacy_class": "special_category", "sovereignty_storage_countries": ["US"], "name": "x"}
    assessment = assess(standard, record, Settings(home="NL"))
    expected = sorted(
        (f.rule, f.severity, list(f.fields)) for f in assessment.errors + assessment.gaps + assessment.concerns
    )
    report = json.loads(check("--home", "NL", "--format", "json", file(record)).stdout)
    assert sorted((f["rule"], f["severity"], f["fields"]) for f in report["findings"]) == expected


def test_csv_and_json_lines_give_the_same_findings(file, tmp_path, current):
    record = current | {"name": "same", "retention_period": "soon", "privacy_class": "personal"}
    with (tmp_path / "same.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(record))
        writer.writeheader()
        writer.writerow({k: json.dumps(v) if isinstance(v, list) else v for k, v in record.items()})
    found = [
        {(f["rule"], *f["fields"]) for f in json.loads(check("--format", "json", path).stdout)["findings"]}
        for path in (tmp_path / "same.csv", file(record))
    ]
    assert found[0] == found[1]


def test_messages_come_in_the_language_asked_for(file):
    path = file({"privacy_class": "x"})
    assert check("--lang", "nl", path).stdout != check(path).stdout


def test_algorithm_records_are_checked_as_such(file):
    record = {"name": "s", "algorithm_decision": "decides"}
    assert "OSC-041" in check("--type", "algorithm", file(record)).stdout
    assert "OSC-041" in check(file(record | {"type": "algorithm"})).stdout
    assert "INPUT-007" in check(file({"type": "recipe"})).stdout


def test_a_home_that_is_no_jurisdiction_is_refused(file):
    result = check("--home", "Mars", file({}))
    assert result.exit_code == 2
    assert "Mars" in result.stderr


def test_it_needs_neither_ckan_nor_flask_nor_a_database():
    script = """
        import sys
        class Refuse:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in {"ckan", "flask", "sqlalchemy", "psycopg2"}:
                    raise ImportError(name)
        sys.meta_path.insert(0, Refuse())
        from ckanext.opensmartcity.cli.main import main
        main(["check", "--help"])
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
