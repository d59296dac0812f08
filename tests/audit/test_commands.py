"""`ckan opensmartcity audit` and `export --to csv`: the rows of the action, and the manifest for citation."""

import gzip
import hashlib
import json

import pytest
from ckan.cli.cli import ckan
from ckan.tests.helpers import call_action
from support.catalogue import make_catalogue


@pytest.fixture(scope="module", autouse=True)
def catalogue(emptied, current_answers):
    """One catalogue for all tests of the module, which only read."""
    make_catalogue(current_answers, size=12)


@pytest.fixture
def run(cli):
    def run(*arguments, code=0):
        result = cli.invoke(ckan, ["opensmartcity", *arguments])
        assert result.exit_code == code, result.output
        return result

    return run


def listed(**params):
    return call_action("governance_audit", limit=1000, include_private="false", **params)["rows"]


def test_an_audit_has_a_line_for_each_record_and_counts_them(run):
    result = run("audit")
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [row["name"] for row in listed()]
    counted = dict(line.split(" – ") for line in result.stderr.splitlines() if " – " in line)
    assert int(counted["Answers: none"]) == len(listed(level="silent"))


def test_an_audit_is_narrowed_by_the_filters_of_the_action(run):
    result = run("audit", "--filter", "level=silent,started", "--filter", "overdue=review", "--include-private")
    rows = call_action("governance_audit", limit=1000, level="silent,started", overdue="review")["rows"]
    assert len(result.stdout.splitlines()) == len(rows) > 0


@pytest.mark.parametrize("name", ["audit.jsonl", "audit.jsonl.gz"])
def test_a_file_has_all_rows_and_a_manifest_that_fits_it(run, tmp_path, name):
    path = tmp_path / name
    run("export", "--to", "jsonl", "--output", str(path))
    content = path.read_bytes()
    rows = (gzip.decompress(content) if name.endswith(".gz") else content).decode().splitlines()
    assert [json.loads(row)["id"] for row in rows] == [row["id"] for row in listed()]
    manifest = json.loads((tmp_path / f"{name}.manifest.json").read_text("utf-8"))
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["rows"] == manifest["total"] == len(rows)
    assert manifest["filters"] == {"include_private": False}
    assert manifest["standard"]["digest"].startswith("sha256:")


def test_a_table_goes_to_standard_output(run):
    assert run("export", "--to", "csv").stdout_bytes.count(b"\r\n") == len(listed()) + 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "--to", "csv", "--filter", "level=x"], "level: There is no"),
        (["export", "--to", "csv", "--filter", "level"], "NAME=VALUE"),
        (["export", "--to", "csv", "--cursor", "abc"], "cursor: Invalid cursor"),
        (["export", "--to", "nl", "--filter", "level=silent"], "are for csv and jsonl"),
        (["audit", "--filter", "levle=silent"], "Did you mean “level”?"),
    ],
)
def test_a_wrong_option_is_told_in_a_line(run, arguments, words):
    result = run(*arguments, code=2)
    assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_without_a_search_the_commands_say_so(run, ckan_config, monkeypatch):
    # A command reloads the configuration.
    monkeypatch.setenv("CKAN_SOLR_URL", "http://127.0.0.1:9/solr/nowhere")
    monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nowhere")
    for arguments in (["audit"], ["export", "--to", "csv"]):
        assert "is Solr running?" in run(*arguments, code=1).stderr
