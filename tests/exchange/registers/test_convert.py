"""Command `opensmartcity convert`: conversion between registers, reports of unmapped values, and exit codes."""

import json

import pytest
from ckanext.opensmartcity.cli.main import main
from click.testing import CliRunner
from support.metadata import INVENTED

NL = "algorithm-registers/nl_templates_full_fields.jsonl"


def convert(*arguments):
    return CliRunner().invoke(main, ["convert", *map(str, arguments)])


def read(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def file(tmp_path):
    def write(text, name="records.jsonl"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_records_there_and_back_are_the_same(metadata, file):
    ours = convert("--from", "nl", metadata / NL)
    assert ours.exit_code == 1
    assert "records.jsonl" not in ours.stdout
    back = convert("--from", "opensmartcity", "--to", "nl", file(ours.stdout))
    assert read(back.stdout) == read((metadata / NL).read_text(encoding="utf-8"))


def test_records_have_no_errors_for_the_checker(metadata, file):
    path = file(convert("--from", "nl", metadata / NL).stdout)
    result = CliRunner().invoke(main, ["check", "--format", "json", str(path)])
    findings = json.loads(result.stdout)["findings"]
    # Two records of the register may have one title, and with it one name. Some say "n.v.t." where a reason belongs.
    severities = {finding["severity"] for finding in findings if finding["rule"] not in ("INPUT-012", "OSC-053")}
    assert severities == {"gap"}


def test_each_unmapped_value_is_reported_with_file_line_and_field(file):
    path = file('{"name": "A"}\n{"name": "B", "lang": "NLD"}\n')
    result = convert("--from", "nl", path)
    assert f"{path}:2: lang: Our standard has no question for this." in result.stderr
    assert result.exit_code == 1
    assert [record["title"] for record in read(result.stdout)] == ["A", "B"]


def test_exit_code_0_without_reports(file):
    result = convert("--from", "nl", file('{"name": "A"}\n'))
    assert result.exit_code == 0
    assert "1 records, 0 values" in result.stderr


def test_an_export_reports_unexportable_answers_and_missing_required_fields(file):
    record = {"title": "A", "algorithm_bias_check": "done"}
    result = convert("--from", "opensmartcity", "--to", "eurocities", file(json.dumps(record)))
    assert ": algorithm_bias_check: " in result.stderr
    assert ": department: The other register requires" in result.stderr
    assert read(result.stdout) == [{"standard_version": "0.3.1", "name": "A"}]


def test_from_one_register_into_another(metadata):
    result = convert("--from", "nl", "--to", "eurocities", metadata / NL)
    assert len(read(result.stdout)) == (8 if metadata == INVENTED else 36)
    assert all(record["standard_version"] == "0.3.1" and record["name"] for record in read(result.stdout))


def test_invalid_records_are_reported_and_the_rest_is_converted(file):
    path = file('{"name": "A"}\n[]\n{"name": NaN}\n{"name": \n{"name": "B"}\n')
    result = convert("--from", "nl", path)
    assert [record["title"] for record in read(result.stdout)] == ["A", "B"]
    assert all(f"{path}:{line}: " in result.stderr for line in (2, 3, 4))
    assert result.exit_code == 1


def test_a_file_that_is_missing_or_holds_no_record_is_exit_code_2(file, tmp_path):
    assert convert("--from", "nl", tmp_path / "none.jsonl").exit_code == 2
    assert convert("--from", "nl", file("[]\n")).exit_code == 2


def test_a_csv_file_has_the_fields_of_the_register_as_columns(file):
    path = file("name,organization,colour\nA,City,red\n", "records.csv")
    result = convert("--from", "eurocities", path)
    assert read(result.stdout)[0]["algorithm_owner"] == "City"
    assert "colour" in result.stderr


def test_texts_that_a_stream_cannot_carry_are_escaped(file):
    result = convert("--from", "nl", file('{"name": "A", "goal": "\\ud800 \\u2028 é"}\n'))
    assert len(result.stdout.splitlines()) == 1
    assert read(result.stdout)[0]["algorithm_purpose"].endswith("é")


def test_the_messages_have_languages(file):
    assert convert("--from", "nl", "--lang", "nl", file('{"name": "A", "lang": "NLD"}\n')).exit_code == 1


@pytest.mark.parametrize("arguments", [("--from", "mars"), ("--from", "nl", "--to", "mars"), ()])
def test_an_unknown_register_is_refused(file, arguments):
    assert convert(*arguments, file("{}")).exit_code == 2
