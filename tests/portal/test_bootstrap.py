"""Creation of the virtual environment, run by path with the standard library only."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from ckanext.opensmartcity.portal import bootstrap, service

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    """Return a function that runs the script in a project folder without packages, after words such as `unshare`."""
    (tmp_path / "setup.py").write_text("")

    def start(*before, options=(), **environment):
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
        command = [*before, sys.executable, bootstrap.__file__, "--project", str(tmp_path), *options]
        return subprocess.run(command, env={**keep, **environment}, capture_output=True, text=True, check=False)

    return start


NO_NETWORK = {"PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_CONFIG_FILE": os.devnull}


def test_no_network_is_one_line_with_a_remedy(run):
    completed = run(**NO_NETWORK)
    assert completed.returncode == 1
    assert completed.stderr.count("\n") == 1
    assert "PyPI) cannot be reached: check the network" in completed.stderr


def test_a_file_that_may_not_grow_is_one_line_about_the_disk(run):
    completed = run("prlimit", "--fsize=100000", **NO_NETWORK)
    assert completed.returncode == 1
    assert completed.stderr.count("\n") == 1
    assert "do not fit on the disk" in completed.stderr


@pytest.mark.parametrize("full", ["project", "temporary files"])
def test_a_full_disk_is_one_line_about_the_disk(run, tmp_path, full):
    small = tmp_path / ".venv" if full == "project" else tmp_path / "temporary"
    small.mkdir()
    mount = f'mount -t tmpfs -o size=2m none {small} && exec "$@"'
    if subprocess.run(["unshare", "-rm", "sh", "-c", mount, "sh", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine allows nobody but root to mount a small disk")
    environment = {} if full == "project" else {"TMPDIR": str(small)}
    completed = run("unshare", "-rm", "sh", "-c", mount, "sh", **NO_NETWORK, **environment)
    assert completed.returncode == 1
    assert completed.stderr.count("\n") == 1
    assert "do not fit on the disk" in completed.stderr


# The last lines that pip and uv wrote for each cause, and the words of the message for it.
OUTPUTS = [
    ("error: failed to fetch\n  No space left on device (os error 28)\n", "do not fit on the disk"),
    ("error sending request: connection closed\nOSError: Disk quota exceeded\n", "do not fit on the disk"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n", "is damaged"),
    ("  Caused by: Hash mismatch for `nh3==0.3.8`\n  connection closed\n", "is damaged"),
    ("zipfile.BadZipFile: Bad CRC-32 for file 'uv'\n", "is damaged"),
    ("  Caused by: dns error\n  failed to lookup address information: Temporary failure in name resolution\n", "PyPI"),
    ("  Caused by: client error (Connect)\n  tcp connect error: Connection refused (os error 111)\n", "PyPI"),
    ("error: Request failed after 3 retries\n  operation timed out\n", "PyPI"),
    (
        "  x No solution found when resolving dependencies:\n  cause: ckan==2.12.0 needs pytest==9.1.1\n",
        "could not be installed (cause: ckan==2.12.0 needs pytest==9.1.1)",
    ),
    ("ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/\n", "could not be installed (ERROR: Resolution"),
    ("", "could not be installed (no reason given)"),
]


@pytest.mark.parametrize(("output", "message"), OUTPUTS)
def test_the_message_names_the_cause(tmp_path, output, message):
    assert message in bootstrap.explain_failure(output, 1, tmp_path)


def test_an_output_that_a_full_disk_cut_short_names_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    assert f"free some space for {tmp_path}" in bootstrap.explain_failure("", 1, tmp_path)


def test_an_installer_that_the_file_size_limit_killed_names_the_disk(tmp_path):
    assert "do not fit on the disk" in bootstrap.explain_failure("", -signal.SIGXFSZ, tmp_path)


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


def test_each_version_of_ckan_has_an_environment_of_its_own(run, tmp_path):
    digests = {ckan: bootstrap.fingerprint(tmp_path, ckan) for ckan in (bootstrap.DEFAULT_CKAN, *bootstrap.OTHER_CKANS)}
    assert len(set(digests.values())) == len(digests) >= 2
    for ckan, digest in digests.items():
        venv = tmp_path / (".venv" if ckan == bootstrap.DEFAULT_CKAN else f".venv-{ckan}")
        venv.mkdir()
        bootstrap.stamp_file(venv, "portal").write_text(digest)
        completed = run(options=["--ckan", ckan], **NO_NETWORK)
        assert (completed.returncode, completed.stderr) == (0, "")


@pytest.mark.parametrize("target", ["portal", "test"])
@pytest.mark.parametrize("ckan", ["2.10", "3", "2.11 --project /", ""])
def test_make_refuses_another_version_of_ckan_in_one_line(target, ckan):
    completed = subprocess.run(
        ["make", target, f"CKAN={ckan}"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert completed.returncode != 0
    assert f"env: CKAN={ckan} is not supported: use one of 2.11, 2.12.\n" in completed.stderr


@pytest.mark.parametrize("target", ["portal", "test"])
def test_make_names_a_missing_python(target):
    completed = subprocess.run(
        ["make", target, "PYTHON=no-such-python"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert completed.returncode != 0
    assert "Python 3.10 or newer is needed and 'no-such-python' is not one" in completed.stderr
