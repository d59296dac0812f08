"""Client of the API that openapi-python-client generates from the OpenAPI document: its types hold, and it works."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from ckanext.opensmartcity.registry import get_actions

ROOT = Path(__file__).parents[2]
NAME = "generated_client"
# A program against the generated types. Each line fails to type-check if the document does not name what it uses.
PROGRAM = f"""
from {NAME} import Client
from {NAME}.api.default import governance_changes_get, governance_checkpoint_show_get, governance_show_get
from {NAME}.models.governance_changes_get_response_200 import GovernanceChangesGetResponse200
from {NAME}.models.governance_checkpoint_show_get_response_200 import GovernanceCheckpointShowGetResponse200
from {NAME}.models.governance_show_get_response_200 import GovernanceShowGetResponse200
from {NAME}.types import Unset


def newest_changes(client: Client, limit: int) -> list[tuple[str, str, str]]:
    answer = governance_changes_get.sync(client=client, limit=limit)
    assert isinstance(answer, GovernanceChangesGetResponse200)
    assert not isinstance(answer.result.events, Unset)
    found: list[tuple[str, str, str]] = []
    for event in answer.result.events:
        assert not isinstance(event.subject, Unset)
        assert not isinstance(event.action_label, Unset)
        assert not isinstance(event.changes, Unset)
        found += [(event.subject.id, event.action_label, change.label) for change in event.changes]
    return found


def level(client: Client, id: str) -> str:
    answer = governance_show_get.sync(client=client, id=id)
    assert isinstance(answer, GovernanceShowGetResponse200)
    return answer.result.level


def checkpoint(client: Client) -> tuple[int, str]:
    answer = governance_checkpoint_show_get.sync(client=client)
    assert isinstance(answer, GovernanceCheckpointShowGetResponse200)
    return answer.result.size, answer.result.root
"""


@pytest.fixture(scope="module")
def client_folder(tmp_path_factory):
    """Folder with the generated package and the program that uses it."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "program.py").write_text(PROGRAM)
    tools = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    options = ["--path", ROOT / "docs" / "openapi.json", "--output-path", folder / NAME, "--meta", "none"]
    command = ["openapi-python-client", "generate", *options, "--fail-on-warning"]
    result = subprocess.run(command, env=tools, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


@pytest.fixture
def generated(client_folder, monkeypatch):
    """Import a module of the generated package."""
    monkeypatch.syspath_prepend(str(client_folder))
    yield import_module
    for name in [name for name in sys.modules if name.partition(".")[0] in (NAME, "program")]:
        del sys.modules[name]


def test_it_has_a_function_for_each_action(client_folder):
    functions = {path.stem.rpartition("_")[0] for path in (client_folder / NAME / "api" / "default").glob("*_post.py")}
    assert functions == set(get_actions())


def test_its_types_hold(client_folder):
    """The template client.py of the generator itself does not pass."""
    arguments = ["--strict", "--config-file=", "--cache-dir", str(client_folder / "cache"), "-m", "program", "-p", NAME]
    environment = os.environ | {"MYPYPATH": str(client_folder)}
    command = [sys.executable, "-m", "mypy", *arguments]
    result = subprocess.run(command, cwd=client_folder, env=environment, capture_output=True, text=True, check=False)
    errors = [line for line in result.stdout.splitlines() if ": error:" in line]
    assert [line for line in errors if not line.startswith(f"{NAME}/client.py:")] == [], result.stderr
    assert "checked" in result.stdout


def test_a_program_reads_a_portal_with_it(portal, generated):
    program = generated("program")
    client = generated(NAME).Client(base_url=f"{portal.address}/api/3/action", raise_on_unexpected_status=True)
    changes = program.newest_changes(client, 5)
    assert changes
    assert all(all(texts) for texts in changes)
    assert program.level(client, "shared-bike-trips") in ("silent", "started", "answered", "current")
    size, root = program.checkpoint(client)
    assert (size > 0, len(root)) == (True, 44)


def test_an_error_is_an_error_response(portal, generated):
    client = generated(NAME).Client(base_url=f"{portal.address}/api/3/action", raise_on_unexpected_status=True)
    answer = generated(f"{NAME}.api.default.governance_show_post").sync(
        client=client, body=generated(f"{NAME}.models.governance_show_post_body").GovernanceShowPostBody(id="none-such")
    )
    assert type(answer).__name__ == "ErrorResponse"
    assert answer.success is False
