"""Containers: the entry-point script and the environment variables, on the real services, and the files beside it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ckan import model
from ckan.common import config_declaration
from ckan.lib.search import clear
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity import config
from ckanext.opensmartcity.governance.model import has_tables
from ckanext.opensmartcity.plugin import get_commands
from support.ledger_tables import INI, migrate

ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs/containers"
SCRIPT = FILES / "20_opensmartcity.sh"
PREFIX = "CKANEXT__OPENSMARTCITY__"


@pytest.fixture
def start(tmp_path, envvars):
    """Function that runs the entry-point script as start_ckan.sh does, with more of an environment, and returns it."""
    ini = tmp_path / "ckan.ini"
    ini.write_text((ROOT / "test.ini").read_text(encoding="utf-8"), encoding="utf-8")
    bin_folder = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {
        "CKAN_INI": str(ini),
        "CKAN_STORAGE_PATH": str(tmp_path / "storage"),
        "PATH": bin_folder,
    }
    environment["PYTHONPATH"] = str(envvars)

    def run(**more):
        model.Session.remove()
        command = ["bash", "-c", f'. "{SCRIPT}"; echo "CKAN starts"']
        done = subprocess.run(
            command, env=environment | more, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr, ini.read_text(encoding="utf-8")

    return run


def without_tables():
    """As the database is before the extension is installed."""
    original, model.repo._alembic_ini = model.repo._alembic_ini, INI
    try:
        model.repo.downgrade_db()
    finally:
        model.repo._alembic_ini = original


def test_a_container_starts_with_tables_index_key_and_options(start, tmp_path):
    dataset = factories.Dataset(title="Cherry trees")
    clear(dataset["id"])
    secret, key = tmp_path / "secret", tmp_path / "storage/opensmartcity/ledger.pem"
    secret.write_text("the first key\n", encoding="ascii")
    without_tables()
    try:
        assert not has_tables()
        code, output, ini = start(
            OPENSMARTCITY_KEY_SECRET=str(secret),
            CKAN__PLUGINS="opensmartcity scheming_datasets envvars",
            CKANEXT__OPENSMARTCITY__ANSWER_DAYS="30",
            CKANEXT__OPENSMARTCITY__CONTENT_SECURITY_POLICY="img-src 'self' https://a.example/%20; object-src 'none'",
        )
        assert (code, "CKAN starts" in output) == (0, True), output
        assert has_tables()
    finally:
        migrate()
    assert [each["id"] for each in call_action("package_search", q='title:"Cherry trees"')["results"]] == [
        dataset["id"]
    ]
    assert (key.read_text(encoding="ascii"), key.stat().st_mode & 0o777) == ("the first key\n", 0o600)
    lines = set(ini.splitlines())
    assert {
        "ckan.plugins = opensmartcity scheming_datasets envvars",
        "ckanext.opensmartcity.answer_days = 30",
        "ckanext.opensmartcity.content_security_policy = img-src 'self' https://a.example/%%20; object-src 'none'",
        f"ckanext.opensmartcity.signing_key = {key}",
    } <= lines

    secret.write_text("another key\n", encoding="ascii")
    skipped = {"OPENSMARTCITY_MIGRATE": "no", "OPENSMARTCITY_REINDEX": "no"}
    code, output, _ = start(OPENSMARTCITY_KEY_SECRET=str(secret), **skipped)
    assert (code, "CKAN starts" in output) == (1, False)
    assert "is another key than" in output
    assert key.read_text(encoding="ascii") == "the first key\n"
    secret.write_text("the first key\n", encoding="ascii")
    code, output, _ = start(OPENSMARTCITY_KEY_SECRET=str(secret), **skipped)
    assert (code, "CKAN starts" in output) == (0, True)


def test_a_container_whose_tables_cannot_be_made_does_not_start(start):
    code, output, _ = start(CKAN_SQLALCHEMY_URL="postgresql://nobody:x@127.0.0.1:9/none")
    assert (code, "CKAN starts" in output) == (1, False)


READ = """
import json
from ckan.cli import load_config
from ckan.config.middleware import make_app
make_app(load_config("{ini}"))
from ckanext.opensmartcity import config, registry
print("READ", json.dumps({{
    "features": [one.name for one in registry.enabled()], "networks": [str(each) for each in config.trusted_proxies()],
    "limits": config.hourly_limits(), "silenced": sorted(config.silenced_checks()), "home": config.settings().home,
    "peers": config.peers(), "key": str(config.signing_key()), "minutes": config.checkpoint_minutes(),
}}))
"""


@pytest.fixture(scope="module")
def envvars(tmp_path_factory):
    """Folder with the plugin that the images of ckan-docker have, in its version there.

    It is no requirement of the tests, because it makes `ckanext` a package with a file, which hides extensions in other
    folders than the first; here too.
    """
    folder = tmp_path_factory.mktemp("envvars")
    uv, packages = Path(sys.executable).with_name("uv"), ("ckanext-envvars==0.0.6", "ckantoolkit==0.0.7")
    subprocess.run([uv, "pip", "install", "-q", "--no-deps", "--target", folder, *packages], check=True)
    (folder / "ckanext/__init__.py").unlink()
    return folder


def test_options_by_environment_variables_have_their_types(tmp_path, envvars):
    ini = tmp_path / "ckan.ini"
    text = (ROOT / "test.ini").read_text(encoding="utf-8")
    ini.write_text(text.replace("scheming_datasets\n", "scheming_datasets envvars\n"), encoding="utf-8")
    variables = {
        "FEATURES": "city ledger",
        "TRUSTED_PROXIES": "127.0.0.0/8 172.16.0.0/12",
        "LIMIT_PORTAL": "7",
        "SILENCED_CHECKS": "links mail",
        "PEERS": "https://data.one.example https://data.two.example/",
        "SIGNING_KEY": "/run/ledger.pem",
        "CHECKPOINT_MINUTES": "0",
        "HOME_JURISDICTION": "DE",
    }
    environment = os.environ | {f"{PREFIX}{name}": value for name, value in variables.items()}
    environment["PYTHONPATH"] = str(envvars)
    command = [sys.executable, "-c", READ.format(ini=ini)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    (line,) = (each for each in done.stdout.splitlines() if each.startswith("READ "))
    assert json.loads(line.removeprefix("READ ")) == {
        "features": ["governance", "city", "ledger"],
        "networks": ["127.0.0.0/8", "172.16.0.0/12"],
        "limits": [10, 30, 7],
        "silenced": ["links", "mail"],
        "home": "DE",
        "peers": ["https://data.one.example", "https://data.two.example"],
        "key": "/run/ledger.pem",
        "minutes": 0,
    }


def option_of(variable):
    """Return the option that ckanext-envvars makes of a variable: as it is if declared so, such as SECRET_KEY."""
    name = variable.removeprefix("CKAN___")
    return name if name in map(str, config_declaration.iter_options()) else name.lower().replace("__", ".")


def test_each_option_has_a_variable():
    options = [str(key) for key in config_declaration.iter_options(pattern=f"{config.PREFIX}*")]
    assert len(options) > 25
    assert [key for key in options if option_of(key.upper().replace(".", "__")) != key] == []


def test_the_files_and_the_guide_name_variables_and_commands_that_exist():
    declared = {str(key) for key in config_declaration.iter_options()}
    texts = {path.name: path.read_text(encoding="utf-8") for path in [*FILES.iterdir(), ROOT / "docs/containers.md"]}
    assert len(texts) == 6
    for name, text in texts.items():
        variables = set(re.findall(r"\b(?:CKANEXT__OPENSMARTCITY__[A-Z0-9_]*[A-Z0-9]|CKAN___[A-Z_]+)\b", text))
        assert {each for each in variables if option_of(each) not in declared} == set(), name
        for words in re.findall(r"\bckan (?:-c \$+CKAN_INI )?opensmartcity ((?:[a-z]+ ?)+)", text):
            command = get_commands()[0]
            for word in words.split():
                command = command.commands[word]
        for option in re.findall(r"\bckanext\.opensmartcity\.[a-z_]+[a-z]", text):
            assert option in declared, name
        for variable in re.findall(r"\bOPENSMARTCITY_[A-Z_]+", text):
            assert variable in texts[SCRIPT.name], name
    services = yaml.safe_load(texts["docker-compose.opensmartcity.yml"])["services"]
    assert set(services) == {"ckan", "worker", "scheduler"}
    assert services["worker"]["environment"].keys() >= services["ckan"]["environment"].keys()


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_script_can_be_read_by_each_shell(shell):
    assert subprocess.run([shell, "-n", str(SCRIPT)], check=False).returncode == 0
    assert os.access(SCRIPT, os.X_OK)
