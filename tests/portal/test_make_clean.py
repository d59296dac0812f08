"""`make clean` removes generated files and nothing else."""

import os
import shutil
import subprocess
import sys

import pytest
from ckanext.opensmartcity.portal import clean, process_registry


@pytest.fixture
def project(tmp_path):
    """A project folder with a copy of the script and a data folder."""
    script = tmp_path / "project" / "a" / "b" / "c" / "portal" / "clean.py"
    script.parent.mkdir(parents=True)
    shutil.copyfile(clean.__file__, script)
    (tmp_path / "project" / ".portal" / "test").mkdir(parents=True)
    (tmp_path / "project" / "setup.py").touch()
    return tmp_path / "project"


def run(project):
    script = project / "a" / "b" / "c" / "portal" / "clean.py"
    return subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)


def test_data_and_linked_clusters_go(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "cluster").mkdir(parents=True)
    (project / ".portal" / "test" / "postgres").symlink_to(elsewhere)
    assert run(project).returncode == 0
    assert not elsewhere.exists()
    assert sorted(path.name for path in project.iterdir()) == ["a", "setup.py"]


@pytest.mark.parametrize("version", ["", "-2.11"])
def test_environments_and_data_of_every_version_of_ckan_go(project, version):
    (project / f".venv{version}").mkdir()
    (project / f".portal{version}" / "test").mkdir(parents=True, exist_ok=True)
    assert run(project).returncode == 0
    assert sorted(path.name for path in project.iterdir()) == ["a", "setup.py"]


@pytest.mark.parametrize("version", ["", "-2.11"])
def test_data_of_a_running_portal_stays(project, version):
    (project / f".portal{version}").mkdir(exist_ok=True)
    descriptor = process_registry.acquire_lock(project / f".portal{version}")
    completed = run(project)
    os.close(descriptor)
    assert completed.returncode == 1
    assert "stop it first" in completed.stderr
    assert (project / f".portal{version}").exists()
    assert (project / ".portal").exists()
