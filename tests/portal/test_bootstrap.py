"""The environment, made by path with the standard library alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ckanext.opensmartcity.portal import bootstrap, service

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    """Run the script in a project folder without packages."""
    (tmp_path / "setup.py").write_text("")

    def start(**environment):
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        command = [sys.executable, bootstrap.__file__, "--project", str(tmp_path)]
        return subprocess.run(command, env={**keep, **environment}, capture_output=True, text=True, check=False)

    return start


def test_no_network_is_one_line_with_a_remedy(run):
    done = run(PIP_INDEX_URL=f"http://{service.HOST}:{service.any_free()}", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "PyPI) cannot be reached: check the network" in done.stderr


def test_a_stamp_makes_the_next_run_instant(run, tmp_path):
    stamp = bootstrap.stamp(tmp_path / ".venv", "portal")
    stamp.parent.mkdir()
    stamp.write_text(bootstrap.fingerprint(tmp_path))
    done = run(PIP_INDEX_URL=f"http://{service.HOST}:{service.any_free()}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_stamp_changes_with_the_project(tmp_path):
    (tmp_path / "setup.py").write_text("")
    before = bootstrap.fingerprint(tmp_path)
    (tmp_path / "setup.py").write_text("x")
    assert bootstrap.fingerprint(tmp_path) != before


@pytest.mark.parametrize("target", ["portal", "test"])
def test_make_names_a_missing_python(target):
    done = subprocess.run(
        ["make", target, "PYTHON=no-such-python"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Python 3.10 or newer is needed and 'no-such-python' is not one" in done.stderr
