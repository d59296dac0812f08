"""Creation of the virtual environment, run by path with the standard library only."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ckanext.opensmartcity.portal import bootstrap, service

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    """Return a function that runs the script in a project folder without packages."""
    (tmp_path / "setup.py").write_text("")

    def start(**environment):
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        command = [sys.executable, bootstrap.__file__, "--project", str(tmp_path)]
        return subprocess.run(command, env={**keep, **environment}, capture_output=True, text=True, check=False)

    return start


def test_no_network_is_one_line_with_a_remedy(run):
    completed = run(PIP_INDEX_URL=f"http://{service.HOST}:{service.free_port()}", PIP_CONFIG_FILE=os.devnull)
    assert completed.returncode == 1
    assert completed.stderr.count("\n") == 1
    assert "PyPI) cannot be reached: check the network" in completed.stderr


@pytest.mark.parametrize(
    "output", ["error: failed to fetch\n  No space left on device (os error 28)\n", "OSError: Disk quota exceeded\n"]
)
def test_a_full_disk_is_not_taken_for_a_network_failure(tmp_path, output):
    log = tmp_path / "install.log"
    log.write_text("error sending request: connection closed\n" + output)
    assert "do not fit on the disk" in bootstrap.explain_failure(log)


def test_a_log_that_a_full_disk_cut_short_names_the_disk(tmp_path, monkeypatch):
    (tmp_path / "install.log").touch()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    assert "do not fit on the disk" in bootstrap.explain_failure(tmp_path / "install.log")


def test_a_stamp_makes_the_next_run_instant(run, tmp_path):
    stamp = bootstrap.stamp_file(tmp_path / ".venv", "portal")
    stamp.parent.mkdir()
    stamp.write_text(bootstrap.fingerprint(tmp_path))
    completed = run(PIP_INDEX_URL=f"http://{service.HOST}:{service.free_port()}")
    assert (completed.returncode, completed.stdout, completed.stderr) == (0, "", "")


def test_the_stamp_changes_with_the_project(tmp_path):
    (tmp_path / "setup.py").write_text("")
    before = bootstrap.fingerprint(tmp_path)
    (tmp_path / "setup.py").write_text("x")
    assert bootstrap.fingerprint(tmp_path) != before


@pytest.mark.parametrize("target", ["portal", "test"])
def test_make_names_a_missing_python(target):
    completed = subprocess.run(
        ["make", target, "PYTHON=no-such-python"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert completed.returncode != 0
    assert "Python 3.10 or newer is needed and 'no-such-python' is not one" in completed.stderr
