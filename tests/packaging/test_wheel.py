"""The wheel: its content and metadata, and its use without the clone, with and without CKAN from PyPI."""

import email.policy
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.ckan_version import IS_2_11
from support.sbom import bill_of_materials

PROJECT = Path(__file__).parents[2]
SCHEMAS = PROJECT / "schemas"
OVERRIDES = PROJECT / "ckanext-opensmartcity/ckanext/opensmartcity/portal/overrides.txt"
UV = Path(sys.executable).with_name("uv")

# Runs in the other environment: loads CKAN with the plugin from the wheel, creates a dataset, opens form and page.
USE = """
from ckan.cli import load_config
from ckan.config.middleware import make_app
app = make_app(load_config("{ini}"))
flask_app = getattr(app, "apps", {{}}).get("flask_app", app)
import ckanext.opensmartcity, ckan.plugins.toolkit as tk, ckan.model as model
from ckan.tests.factories import SysadminWithToken, Dataset
from werkzeug.test import Client
assert "site-packages" in ckanext.opensmartcity.__file__, ckanext.opensmartcity.__file__
with flask_app._wsgi_app.test_request_context():
    token = SysadminWithToken()["token"]
    name = Dataset(ownership_owner="Parks")["name"]
client = Client(app)
form = client.get(f"/dataset/{{name}}/governance/privacy", headers={{"Authorization": token}})
assert form.status_code == 200 and b"osc-question-privacy_class" in form.data
page = client.get(f"/nl/dataset/{{name}}/transparency")
assert page.status_code == 200 and b"Parks" in page.data
rdf = client.get(f"/dataset/{{name}}/transparency.ttl")
assert rdf.status_code == 404 and b"ckanext-dcat is not installed" in rdf.data, rdf.data
print("used", *tk.get_action("scheming_dataset_schema_list")({{}}, {{}}))
"""


def run(*command, **kwargs):
    completed = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **kwargs)
    assert completed.returncode == 0, f"{command}\n{completed.stdout[-3000:]}\n{completed.stderr[-3000:]}"
    return completed.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy of the files that git does not ignore."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    files = run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=PROJECT).split("\0")
    for name in filter(None, files):
        if (PROJECT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((PROJECT / name).read_bytes())
    run(UV, "build", "--wheel", "-o", out, source)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_what_the_plugin_needs(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    package = "ckanext/opensmartcity"
    for path in (
        "plugin.py",
        "config_declaration.yaml",
        "py.typed",
        "schemas/dataset.yaml",
        "schemas/vocabularies/privacy_class.yaml",
        "schemas/migrations/1.0.0.yaml",
        "schemas/released/0.9.0.json",
        "governance/templates/opensmartcity/transparency.html",
        "governance/assets/webassets.yml",
        "participation/templates/opensmartcity/questions.html",
        "i18n/nl/LC_MESSAGES/ckanext-opensmartcity.mo",
        "portal/solr/jars.lock",
    ):
        assert f"{package}/{path}" in names
    assert any(name.startswith(f"{package}/portal/city/") for name in names)


@pytest.mark.skipif(IS_2_11, reason="the portal of the wheel has CKAN 2.12")
def test_the_portal_of_the_wheel_needs_no_compiler():
    """pip has no overrides: the extra names what CKAN requires, with the driver that needs no compiler."""
    ckan = [line for line in requires("ckan") if line.endswith('extra == "requirements"')]
    wanted = {Requirement(line.partition(";")[0].replace("psycopg2==", "psycopg2-binary==")) for line in ckan}
    named = {Requirement(line.partition(";")[0]) for line in requires("ckanext-opensmartcity")
             if line.endswith('extra == "portal"')}  # fmt: skip
    assert len(wanted) > 40
    assert wanted <= named
    assert not {each.name for each in named} & {"psycopg2"}


def test_the_portal_without_its_extra_is_one_line(bare, tmp_path):
    done = subprocess.run(
        [bare / "bin/opensmartcity", "portal"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: The embedded portal is not installed (ckan, ")
    assert done.stderr.endswith("pip install 'ckanext-opensmartcity[portal]'\n")
    assert done.stderr.count("\n") == 1


def test_the_wheel_holds_every_source_and_nothing_of_tests(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    package = PROJECT / "ckanext-opensmartcity"
    tracked = run("git", "ls-files", "-co", "--exclude-standard", "ckanext-opensmartcity", cwd=PROJECT).split()
    assert {str((PROJECT / name).relative_to(package)) for name in tracked if (PROJECT / name).is_file()} <= names
    assert not [name for name in names if "test" in Path(name).parts[0] or "/tests/" in name]
    assert {Path(name).parts[0] for name in names if ".dist-info" not in name} == {"ckanext"}


def test_the_page_on_a_package_index_has_no_relative_link(wheel):
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name), policy=email.policy.default)
    page = metadata.get_payload()
    assert page.count("](https://github.com/opensmartcity/ckanext-opensmartcity/blob/main/docs/") > 10
    assert [link for link in re.findall(r"\]\(([^)]*)\)", page) if not link.startswith(("https://", "#"))] == []
    assert metadata["Summary"].startswith("CKAN extension for data-governance metadata: ")


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """An environment with the wheel and its requirements, without CKAN."""
    environment = tmp_path_factory.mktemp("bare") / "venv"
    run(UV, "venv", "--python", sys.executable, environment)
    run(UV, "pip", "install", "--python", environment / "bin/python", wheel)
    return environment


def test_the_checker_installs_without_ckan(bare):
    listed = json.loads(run(UV, "pip", "list", "--python", bare / "bin/python", "--format", "json"))
    installed = {canonicalize_name(package["name"]) for package in listed}
    assert installed.isdisjoint({"ckan", "flask", "sqlalchemy", "psycopg2"})
    # Only a portal uses these: cleaning of HTML, warnings about personal data, rate limits, queries, metrics; and their
    # needs.
    portal = {"nh3", "phonenumbers", "python-stdnum", "limits", "deprecated", "packaging", "wrapt", "luqum", "ply"}
    portal |= {"prometheus-client"}
    # Seven are for links and other cities: a parser of robots.txt, and jsonschema with its requirements.
    assert len(installed - portal) < 32, sorted(installed)
    script = "import importlib.util as u; print([n for n in ('ckan', 'flask', 'sqlalchemy') if u.find_spec(n)])"
    assert run(bare / "bin/python", "-c", script).strip() == "[]"


def test_the_bill_of_materials_names_all_that_the_wheel_brings(bare, wheel):
    bill = json.loads(bill_of_materials(bare, wheel.name.split("-")[1]))
    root = bill["metadata"]["component"]
    assert (root["name"], root["version"]) == ("ckanext-opensmartcity", "0.1.0")
    assert root["licenses"] == [{"license": {"acknowledgement": "declared", "id": "AGPL-3.0-or-later"}}]
    components = {canonicalize_name(component["name"]): component for component in bill["components"]}
    listed = json.loads(run(UV, "pip", "list", "--python", bare / "bin/python", "--format", "json"))
    assert components.keys() == {canonicalize_name(package["name"]) for package in listed} - {root["name"]}
    assert all(component["purl"].startswith("pkg:pypi/") and component["version"] for component in components.values())
    # The licence of ply (BSD) stands in its files, but not in its metadata.
    assert {name for name, component in components.items() if not component.get("licenses")} <= {"ply"}
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name), policy=email.policy.default)
    declared = [Requirement(line) for line in metadata.get_all("Requires-Dist")]
    assert {canonicalize_name(each.name) for each in declared if each.marker is None} <= components.keys()


def test_the_checker_works_without_ckan(bare, tmp_path, current):
    (tmp_path / "good.jsonl").write_text(json.dumps({"name": "parking"} | current))
    (tmp_path / "bad.csv").write_text("name,privacy_class\nparking,secret\n")
    outside = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}

    def opensmartcity(*arguments):
        command = [bare / "bin/opensmartcity", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=outside)

    clean = opensmartcity("check", "--date", "2026-06-01", "good.jsonl")
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, "", "1 records, 0 findings (standard 1.0.0).\n")
    checked = opensmartcity("check", "--format", "json", "--lang", "nl", "bad.csv")
    report = json.loads(checked.stdout)
    assert checked.returncode == report["summary"]["exit_code"] == 1
    assert {"OSC-001", "OSC-002"} == report["summary"]["rules"].keys()
    assert "niet een van de antwoorden" in next(f["message"] for f in report["findings"] if f["rule"] == "OSC-002")
    assert opensmartcity("check", "no-such-file.json").returncode == 2
    assert "privacy_class" in opensmartcity("standard", "--format", "json-schema").stdout
    assert opensmartcity("convert", "--help").returncode == 0


def test_the_wheel_holds_the_published_json_schemas(bare):
    script = (
        "from ckanext.opensmartcity.standard import shipped_folder as f; "
        "print(*[p.relative_to(f()) for p in f().glob('json/**/*.json')])"
    )
    names = run(bare / "bin/python", "-c", script).split()
    assert {"json/dataset.schema.json", "json/city.schema.json", "json/files/rules.schema.json"} <= set(names)
    assert sorted(names) == sorted(str(path.relative_to(SCHEMAS)) for path in SCHEMAS.glob("json/**/*.json"))


def test_the_wheel_works_beside_ckan_from_pypi(wheel, tmp_path):
    environment = tmp_path / "venv"
    run(UV, "venv", "--python", sys.executable, environment)
    python = environment / "bin/python"
    overrides = [OVERRIDES, OVERRIDES.with_name("overrides-2.11.txt")] if IS_2_11 else [OVERRIDES]
    overriding = [f"--override={path}" for path in overrides]
    ckan = f"ckan[requirements,dev]=={version('ckan')}"
    run(UV, "pip", "install", "--python", python, *overriding, ckan, "psycopg2-binary", "pylibmagic", wheel)
    script = tmp_path / "use.py"
    script.write_text(USE.format(ini=PROJECT / "test.ini"))
    outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    printed = run(python, script, cwd=tmp_path, env=outside)
    assert "used dataset algorithm" in printed
