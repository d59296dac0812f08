"""`ckan opensmartcity import` of another register: known again, never doubled, what was written here stays."""

import json

import pysolr
import pytest
from ckan import model
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.exchange.registers import SOURCE_KEY
from ckanext.opensmartcity.governance.record_import import Saver
from freezegun import freeze_time

CAMERAS = {
    "name": "Camera check",
    "organization": "City",
    "goal": "Fewer cars.",
    "status": "In gebruik",
    "lang": "NLD",
    "contact_email": "algorithms@city.example",
}


@pytest.fixture
def bring(run, organization, file):
    """Import records of the Dutch register into one organisation."""

    def bring(records, *options, source="nl"):
        return run("import", "--from", source, "--organization", organization, *options, file(records))

    return bring


def register_of(title):
    """Give each test a record of its own."""
    return CAMERAS | {"name": title, "lars": f"lars of {title}"}


def named(title):
    return list(model.Session.query(model.Package).filter_by(title=title, state="active"))


def stored(title):
    model.Session.remove()
    (package,) = named(title)
    return call_action("package_show", id=package.id)


def test_a_dry_run_is_the_default_and_saves_nothing(bring):
    before = model.Session.query(model.Package).count()
    result = bring([register_of("Dry")])
    assert ": created dry" in result.stdout
    assert "dry run" in result.stderr
    assert result.exit_code == 0
    assert model.Session.query(model.Package).count() == before


def test_what_is_written_belongs_to_the_organisation_and_is_private(bring, organization):
    assert bring([register_of("Written")], "--write").exit_code == 0
    record = stored("Written")
    assert (record["type"], record["private"], record["organization"]["name"]) == ("algorithm", True, organization)
    assert record["algorithm_purpose"] == "Fewer cars."


def test_what_has_no_home_is_told_and_travels_along(bring):
    result = bring([register_of("Homeless")], "--write")
    assert "note: lang: " in result.stdout
    extras = {extra["key"]: extra["value"] for extra in stored("Homeless")["extras"]}
    assert json.loads(extras[SOURCE_KEY])["record"]["lang"] == "NLD"


def test_an_import_that_was_stopped_goes_on_when_it_is_run_again(bring):
    records = [register_of(f"Stopped {number}") for number in range(4)]
    bring(records[:2], "--write")
    result = bring(records, "--write")
    assert (result.stdout.count(": unchanged "), result.stdout.count(": created ")) == (2, 2)
    assert [len(named(record["name"])) for record in records] == [1, 1, 1, 1]


def test_a_record_that_was_renamed_here_is_known_again(bring):
    bring([register_of("Renamed")], "--write")
    call_action("package_patch", id=stored("Renamed")["id"], name="another-address", title="Another title")
    result = bring([register_of("Renamed")], "--write", "--update")
    assert ": unchanged another-address" in result.stdout


def test_a_record_that_changed_there_is_left_alone_unless_asked(bring):
    bring([register_of("Left")], "--write")
    result = bring([register_of("Left") | {"goal": "More trees."}], "--write")
    assert ": differs left (algorithm_purpose, extras)" in result.stdout
    assert result.exit_code == 1
    assert stored("Left")["algorithm_purpose"] == "Fewer cars."


def test_with_update_it_follows_the_register(bring):
    bring([register_of("Followed")], "--write")
    result = bring([register_of("Followed") | {"goal": "More trees.", "status": None}], "--write", "--update")
    assert ": updated followed" in result.stdout
    record = stored("Followed")
    assert record["algorithm_purpose"] == "More trees."
    assert "algorithm_status" not in record


def test_what_a_steward_wrote_here_is_never_overwritten(bring):
    bring([register_of("Ours")], "--write")
    id = stored("Ours")["id"]
    call_action("package_patch", id=id, algorithm_purpose="Quieter streets.", algorithm_alternatives="Bollards.")
    result = bring([register_of("Ours") | {"goal": "More trees.", "status": "Buiten gebruik"}], "--write", "--update")
    record = stored("Ours")
    assert (record["algorithm_purpose"], record["algorithm_alternatives"]) == ("Quieter streets.", "Bollards.")
    assert record["algorithm_status"] == "retired"
    assert "note: algorithm_purpose: It was changed both there and here. Ours stays." in result.stdout
    assert ": unchanged " in bring([register_of("Ours") | {"goal": "More trees.", "status": "Buiten gebruik"}]).stdout


def test_a_declaration_gives_way_to_the_answer_that_the_register_gives_now(bring):
    bring([register_of("Declared") | {"goal": "Onbekend"}], "--write")
    assert stored("Declared")["governance_declared"] == {"algorithm_purpose": {"state": "unknown"}}
    assert bring([register_of("Declared")], "--write", "--update").exit_code == 0
    record = stored("Declared")
    assert record["algorithm_purpose"] == "Fewer cars."
    assert "governance_declared" not in record


def test_two_systems_of_one_title_have_two_addresses(bring):
    records = [CAMERAS | {"name": "Same title", "lars": number} for number in ("1", "2")]
    for options in ((), ("--write",)):
        result = bring(records, *options)
        assert result.stdout.count(": created same-title") == 2
    names = {package.name for package in named("Same title")}
    assert len(names) == 2
    assert "same-title" in names
    assert bring(records, "--write").stdout.count(": unchanged ") == 2


def test_an_address_that_a_dataset_has_already_is_not_taken(bring):
    factories.Dataset(name="taken")
    bring([register_of("Taken")], "--write")
    assert stored("Taken")["name"].startswith("taken-")


def test_one_record_twice_in_a_file_is_refused_with_the_place_of_the_first(bring):
    result = bring([register_of("Twice"), register_of("Twice") | {"goal": "Other."}], "--write")
    assert result.exit_code == 1
    assert "The same record stands already at " in result.stdout
    assert "records.jsonl:1." in result.stdout


def test_a_title_without_a_latin_letter_still_has_an_address(bring):
    bring([register_of("停车检查")], "--write")
    assert stored("停车检查")["name"].startswith("algorithm-")


def test_who_may_not_create_records_is_refused_in_the_dry_run_too(bring):
    user = factories.User()["name"]
    for options in ((), ("--write",)):
        result = bring([register_of("Forbidden")], "--user", user, *options)
        assert ": refused forbidden" in result.stdout
        assert result.exit_code == 1
    assert named("Forbidden") == []


def test_an_editor_imports_under_their_own_name(run, file):
    user = factories.User()
    organization = factories.Organization(users=[{"name": user["name"], "capacity": "editor"}])
    result = run(
        "import", "--from", "nl", "--organization", organization["name"], "--user", user["name"], "--write",
        file([register_of("Edited")]),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert stored("Edited")["creator_user_id"] == user["id"]


def test_what_publishing_requires_is_refused_with_field_and_rule(bring, monkeypatch, ckan_config):
    monkeypatch.setitem(ckan_config, "ckanext.opensmartcity.enforcement", "publish")
    for options in (("--public",), ("--public", "--write")):
        result = bring([register_of("Gaps")], *options)
        assert "refused: algorithm_oversight: " in result.stdout
        assert "(OSC-001)" in result.stdout
    assert bring([register_of("Gaps")], "--write").exit_code == 0


def test_lines_that_are_no_records_are_refused_and_the_rest_goes_on(bring):
    text = f"{json.dumps(register_of('Goes on'))}\n[]\nnonsense\n"
    result = bring(text, "--write")
    assert (result.stdout.count(": refused "), result.stdout.count(": created ")) == (2, 1)
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "mars", "--organization", "x"),
        ("--from", "nl", "--organization", "no-such-organisation"),
        ("--from", "nl"),
    ],
)
def test_a_register_or_organisation_that_is_not_there_is_a_usage_error(run, file, arguments):
    result = run("import", *arguments, file([CAMERAS]))
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_an_unknown_user_is_a_usage_error(bring):
    assert bring([CAMERAS], "--user", "nobody-here").exit_code == 2


def test_a_missing_file_and_a_file_without_records_are_exit_code_2(bring, run, organization, tmp_path):
    assert run("import", "--from", "nl", "--organization", organization, tmp_path / "none.json").exit_code == 2
    assert bring("nonsense\n").exit_code == 2


def test_json_has_a_line_for_each_record(bring):
    lines = [json.loads(line) for line in bring([register_of("Line")], "--format", "json").stdout.splitlines()]
    assert [line["status"] for line in lines] == ["created"]
    assert {"place", "status", "name", "fields", "refusals", "notes"} == set(lines[0])


def test_private_records_are_exported_only_when_asked_for(bring, run, organization):
    bring([register_of("Private")], "--write")
    assert run("export", "--to", "nl", "--organization", organization).stdout == ""
    export = run("export", "--to", "nl", "--organization", organization, "--include-private")
    assert json.loads(export.stdout) == register_of("Private")


def test_an_export_tells_what_the_other_register_cannot_hold(bring, run, organization):
    bring([register_of("Lossy")], "--write", "--public")
    result = run("export", "--to", "eurocities", "--organization", organization)
    assert result.exit_code == 1
    assert "lossy: department: The other register requires" in result.stderr


def test_an_import_that_is_killed_in_the_middle_leaves_whole_records_and_goes_on(bring, monkeypatch):
    records = [register_of(f"Killed {number}") for number in range(4)]
    create, calls = Saver.create, []

    def killed(self, record):
        calls.append(record)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return create(self, record)

    monkeypatch.setattr(Saver, "create", killed)
    assert bring(records, "--write").exit_code == 1
    model.Session.rollback()
    monkeypatch.setattr(Saver, "create", create)
    assert [len(named(record["name"])) for record in records] == [1, 1, 0, 0]
    result = bring(records, "--write")
    assert (result.stdout.count(": unchanged "), result.stdout.count(": created ")) == (2, 2)


def test_a_search_index_that_does_not_answer_stops_the_import_and_nothing_is_half_written(bring, monkeypatch):
    def broken(*_args, **_kwargs):
        raise pysolr.SolrError("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(pysolr.Solr, "_send_request", broken)
        result = bring([register_of("Index down")], "--write")
    assert result.exit_code == 2
    assert "does not answer" in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert named("Index down") == []
    assert bring([register_of("Index down")], "--write").exit_code == 0


def test_long_runs_say_how_far_they_are(bring):
    with freeze_time("2026-06-01", auto_tick_seconds=60):
        assert "2 records, " in bring([register_of("Far 1"), register_of("Far 2")]).stderr
