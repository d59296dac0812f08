"""`opensmartcity check`: text and JSON reports, exit codes, and the same findings as on a portal."""

import csv
import json
import os
import subprocess
import sys
import textwrap
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
from ckanext.opensmartcity.cli.main import main
from ckanext.opensmartcity.exchange import problems
from ckanext.opensmartcity.standard import Settings, assess, shipped_folder, standard_digest
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "docs/example-city"
SCHEMA = json.loads((shipped_folder() / "json/check-report.schema.json").read_text(encoding="utf-8"))
REPORT = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def check(*arguments):
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


@pytest.fixture
def file(tmp_path):
    """Return a function that writes records as JSON Lines and returns the path."""

    def write(*records, name="records.jsonl"):
        path = tmp_path / name
        path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        return path

    return write


def test_clean_records_exit_with_0_and_say_nothing_on_stdout(file, current):
    today = date.today()  # noqa: DTZ011  (the day on which the command judges)
    days = {"governance_reviewed_on": today.isoformat(), "governance_review_due": (today + timedelta(300)).isoformat()}
    result = check(file(current | {"name": "clean"} | days))
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


def report_of(*arguments):
    """Run a check and return its JSON report, validated against the published schema."""
    result = check("--format", "json", *arguments)
    report = json.loads(result.stdout)
    REPORT.validate(report)
    assert report["summary"]["exit_code"] == result.exit_code
    assert report["summary"]["findings"] == len(report["findings"]) == sum(report["summary"]["rules"].values())
    assert report["summary"]["findings"] == sum(report["summary"]["severities"].values())
    return report


def test_the_schema_of_the_report_is_valid_and_names_no_key_that_a_report_lacks(file, current, standard):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    report = report_of("--home", "NL", "--date", "2026-06-01", file(current, {"name": "empty"}), "no-such-file.json")
    assert report.keys() == SCHEMA["properties"].keys()
    for part in ("standard", "settings", "summary"):
        assert report[part].keys() == SCHEMA["properties"][part]["properties"].keys()
    assert report["findings"][0].keys() == SCHEMA["$defs"]["finding"]["properties"].keys()
    assert report["settings"] == {"date": "2026-06-01", "home": "NL", "review_months": 24, "lang": "en"}
    assert report["standard"]["digest"] == standard_digest(standard)
    assert report["summary"]["records"] == 2
    assert [entry["file"] for entry in report["summary"]["unreadable"]] == ["no-such-file.json"]


def test_json_output_without_findings_is_valid_too(file, current):
    report = report_of("--date", "2026-06-01", file(current | {"name": "clean"}))
    assert (report["findings"], report["summary"]["exit_code"]) == ([], 0)


RULES_OF_FILES = {f"INPUT-{number:03}" for number in range(1, 11)}


def test_the_report_of_bad_input_is_valid_too(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_bytes(b'name,colour,title\na,b,"x\nc\nd,\xff,e\nf,g,h,i\n')
    report = report_of(path)
    assert {"INPUT-001", "INPUT-002", "INPUT-003", "INPUT-004"} <= report["summary"]["rules"].keys()
    assert all(finding["number"] is None for finding in report["findings"] if finding["rule"] in RULES_OF_FILES)


def test_a_day_can_be_named_so_that_a_check_can_be_repeated(file, current):
    path = file(current | {"name": "today"})
    rules = [report_of("--date", day, path)["summary"]["rules"] for day in ("2026-06-01", "2030-06-01")]
    assert rules == [{}, {"OSC-051": 1}]


@pytest.mark.parametrize("content", ["", "[]", "\n", "name,title\n"])
def test_a_file_without_a_record_does_not_pass(tmp_path, file, current, content):
    (tmp_path / "none").write_text(content)
    assert check(tmp_path / "none").exit_code == 2
    assert check(file(current), tmp_path / "none").exit_code == 2


def test_a_citys_own_standard_applies(file, current):
    record = current | {"ownership_council_committee": "moon"}
    assert "INPUT-003 error ownership_council_committee" in check(file(record)).stdout
    report = report_of("--city", EXAMPLE, file(record))
    assert ["ownership_council_committee"] in [f["fields"] for f in report["findings"] if f["rule"] == "OSC-002"]
    assert report["standard"]["version"] == "1.0.0+zuiderhaven.1"


def test_a_mistake_in_a_citys_folder_is_one_line_and_exit_code_2(tmp_path, file):
    (tmp_path / "dataset.yaml").write_text("drop: [fitness_purpos]\n")
    result = check("--city", tmp_path, file({}))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip() == (
        "Error: dataset.yaml:1: there is no 'fitness_purpos' to drop: did you mean 'fitness_purpose'?"
    )


def test_control_characters_in_names_do_not_reach_the_terminal(file):
    path = file({"name": "a\n\x1b[31mred", "privacy_\ud800\n": "x"})
    result = check(path)
    assert "\x1b" not in result.stdout
    assert all(line.startswith(f"{path}:1: ") for line in result.stdout.splitlines())
    assert report_of(path)["findings"][0]["record"] == "a \ufffd[31mred"


@pytest.mark.parametrize("kind", [["dataset"], {"a": 1}, 7, True, "\ud800"])
def test_an_invalid_type_is_a_finding(file, kind):
    assert "INPUT-007" in check(file({"type": kind})).stdout


def test_a_closed_pipe_causes_no_traceback(file):
    path = file(*[{"name": f"r{n}"} for n in range(2000)])
    command = f"{sys.executable} -c 'from ckanext.opensmartcity.cli.main import main; main()' check {path} | head -1"
    completed = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "OSC-001" in completed.stdout
    assert completed.stderr == ""


def test_a_terminal_without_unicode_causes_no_traceback(file):
    path = file({"name": "ñandú ☃", "privacy_class": "☃"})
    command = [sys.executable, "-c", "from ckanext.opensmartcity.cli.main import main; main()", "check", str(path)]
    completed = subprocess.run(
        command, capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "ascii"}
    )
    assert (completed.returncode, b"Traceback" in completed.stderr) == (1, False)


def test_findings_are_those_of_the_assessment_on_a_portal(file, current, standard):
    record = current | {"privacy_class": "special_category", "sovereignty_storage_countries": ["US"], "name": "x1"}
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
    findings = [
        {(f["rule"], *f["fields"]) for f in json.loads(check("--format", "json", path).stdout)["findings"]}
        for path in (tmp_path / "same.csv", file(record))
    ]
    assert findings[0] == findings[1]


def test_messages_come_in_the_language_asked_for(file):
    path = file({"privacy_class": "x"})
    assert check("--lang", "nl", path).stdout != check(path).stdout


def test_algorithm_records_are_checked_as_such(file):
    record = {"name": "s", "algorithm_decision": "decides"}
    assert "OSC-041" in check("--type", "algorithm", file(record)).stdout
    assert "OSC-041" in check(file(record | {"type": "algorithm"})).stdout
    assert "INPUT-007" in check(file({"type": "recipe"})).stdout


def test_an_invalid_home_jurisdiction_is_refused(file):
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
    completed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr


def test_the_page_for_suppliers_documents_every_option_and_input_code():
    page = (EXAMPLE.parent / "suppliers.md").read_text(encoding="utf-8")
    codes = {value for value in vars(problems).values() if isinstance(value, str) and value.startswith("INPUT-")}
    assert len(codes) == 12
    assert [code for code in sorted(codes) if f"| {code} |" not in page] == []
    options = [option.opts[0] for option in main.commands["check"].params if option.opts[0].startswith("--")]
    assert [option for option in options if option not in page and option != "--type"] == []


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        ({"title": ""}, True),
        ({"notes": "x"}, True),
        ({"name": "Bad Name !"}, True),
        ({"name": "a"}, True),
        ({"name": "new"}, True),
        ({"title": "停"}, True),
        ({"name": "a-good_name1"}, False),
        ({"title": "A title"}, False),
        ({"id": "0b1f"}, False),
    ],
)
def test_a_record_that_no_portal_would_take_by_its_name_is_a_finding(file, record, fields):
    assert ("INPUT-011 error name" in check(file(record)).stdout) is fields


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [
        ({"name": "one"}, {"name": "one"}, True),
        ({"name": "one", "id": "1"}, {"name": "two", "id": "1"}, True),
        ({"title": "One one"}, {"name": "one-one"}, True),
        ({"name": "one"}, {"name": "two"}, False),
        ({"id": "\ud800"}, {"id": "\ud800"}, False),
    ],
)
def test_the_same_record_twice_is_a_finding_that_names_the_first(file, first, second, twice):
    path = file(first, second)
    assert (f"{path}:2: INPUT-012 error name" in check(path).stdout) is twice
    if twice:
        assert f"stands already at {path}:1." in check(path).stdout


def test_a_note_about_a_file_is_a_concern(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name;title\na-b;B\n", encoding="utf-8")
    assert [f["severity"] for f in report_of(path)["findings"] if f["rule"] == "INPUT-010"] == ["concern"]
