"""User errors: one line that names the cause and the remedy, and exit code 1."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from ckanext.opensmartcity.portal import disk, service
from ckanext.opensmartcity.portal.common import PortalError


def single_error_line(completed):
    """Assert that a command failed with one line on standard error; return the line."""
    assert completed.returncode == 1
    assert completed.stdout == ""
    assert completed.stderr.count("\n") == 1
    return completed.stderr


@pytest.fixture
def closed_address():
    """HOST:PORT at which nothing listens."""
    return f"{service.HOST}:{service.free_port()}"


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "٣"])
def test_an_impossible_port(portal, port):
    assert "OSC_PORT=" in single_error_line(portal("serve", OSC_PORT=port))
    assert "--port=" in single_error_line(portal("serve", f"--port={port}"))


def test_an_unreachable_database(portal, closed_address):
    line = single_error_line(portal("serve", OSC_DATABASE_URL=f"postgresql://me:hidden@{closed_address}/x"))
    assert "No PostgreSQL answers at OSC_DATABASE_URL=postgresql://me:***@" in line
    assert "hidden" not in line
    assert "unset OSC_DATABASE_URL" in line


def test_a_database_address_that_is_none(portal):
    assert "No PostgreSQL answers" in single_error_line(portal("serve", OSC_DATABASE_URL="rubbish"))


def test_an_unreachable_solr(portal, closed_address):
    assert "No Solr core answers at OSC_SOLR_URL" in single_error_line(
        portal("serve", OSC_SOLR_URL=f"http://{closed_address}/solr/x")
    )


def test_a_solr_address_that_is_none(portal):
    assert "No Solr core answers" in single_error_line(portal("serve", OSC_SOLR_URL="rubbish"))


def test_an_unreachable_redis(portal, closed_address):
    assert "No Redis or Valkey answers" in single_error_line(
        portal("serve", OSC_REDIS_URL=f"redis://{closed_address}/1")
    )


def test_a_redis_address_that_is_none(portal):
    assert "No Redis or Valkey answers" in single_error_line(portal("serve", OSC_REDIS_URL="rubbish"))


MOUNT = 'mount -t tmpfs -o size=2m none "$0" && {then} exec "$@"'


def on_a_small_disk(folder, command, then="", **environment):
    """Run a command with a disk of 2 MB mounted on a folder, in a mount namespace of its own."""
    namespace = ["unshare", "-rm", "sh", "-c"]
    if subprocess.run([*namespace, MOUNT.format(then=""), folder, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine allows nobody but root to mount a small disk")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OSC_")}
    return subprocess.run(
        [*namespace, MOUNT.format(then=then), folder, *command],
        env={**clean, **environment}, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


SERVE = [sys.executable, "-m", "ckanext.opensmartcity.portal", "serve"]


@pytest.mark.parametrize("name", ["data", "ärchiv/daten"])
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_small_disk_is_named_before_anything_is_written(tmp_path, name, locale):
    listing = f'ls -A "{tmp_path}" >&2;'
    command = ["sh", "-c", f'"$@"; code=$?; {listing} exit $code', "sh", *SERVE, "--data", str(tmp_path / name)]
    line = single_error_line(on_a_small_disk(str(tmp_path), command, LC_ALL=locale))
    assert line == (
        f"portal: The portal needs 200 MB in {tmp_path / name}, where 2 MB are free: "
        "free some space, or set OSC_DATA to another folder.\n"
    )


def test_a_folder_that_may_only_be_read(tmp_path):
    completed = on_a_small_disk(
        str(tmp_path), [*SERVE, "--data", str(tmp_path / "data")],
        then=f'mount -o remount,ro,size=400m "{tmp_path}" &&',
    )  # fmt: skip
    line = single_error_line(completed)
    assert f"{tmp_path / 'data'} cannot be used (Read-only file system): correct its permissions" in line
    assert "set OSC_DATA to another folder" in line


def test_a_data_folder_that_cannot_be_made(portal):
    line = single_error_line(portal("serve", OSC_DATA="/dev/null/portal"))
    assert line == (
        "portal: /dev/null/portal cannot be used (Not a directory): correct its permissions, "
        "or set OSC_DATA to another folder.\n"
    )


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ENOSPC, "There is no space for {path} (No space left on device): free some space"),
        (errno.EDQUOT, "There is no space for {path} (Disk quota exceeded): free some space"),
        (errno.EFBIG, "There is no space for {path} (File too large): free some space"),
        (errno.EROFS, "{path} cannot be used (Read-only file system): correct its permissions"),
        (errno.EACCES, "{path} cannot be used (Permission denied): correct its permissions"),
    ],
)
@pytest.mark.parametrize(
    ("path", "variable"), [("cache/opensmartcity/solr.jar", "XDG_CACHE_HOME"), ("data/ckan.ini", "OSC_DATA")]
)
def test_a_failed_access_names_the_variable_of_its_folder(tmp_path, monkeypatch, number, cause, path, variable):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    line = disk.explain(OSError(number, os.strerror(number), str(tmp_path / path)))
    assert line == f"{cause.format(path=tmp_path / path)}, or set {variable} to another folder."


def test_a_failure_on_a_full_disk_names_the_disk(tmp_path, monkeypatch):
    failure = PortalError("Database setup failed (it said nothing)")
    assert disk.explain_failure(tmp_path, failure) is failure
    monkeypatch.setattr(disk, "free_bytes", lambda folder: 0)
    assert str(disk.explain_failure(tmp_path, failure)).startswith(f"The disk of {tmp_path} is full: free some space")


def test_a_user_without_a_home_folder(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    for folder in (disk.user_data_folder, disk.user_cache_folder):
        with pytest.raises(PortalError, match="set HOME, or OSC_DATA"):
            folder()


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("OSC_DATABASE_URL", "postgresql://ckan@127.0.0.1/ckan"),
        ("OSC_SOLR_URL", "http://127.0.0.1:8983/solr/ckan"),
        ("OSC_REDIS_URL", "redis://127.0.0.1:6379/0"),
    ],
)
def test_tests_never_empty_the_services_of_a_portal(portal, variable, url):
    line = single_error_line(portal("services", "--name", "test", "--", "true", **{variable: url}))
    assert f"{variable}" in line
    assert "would be emptied" in line


def test_a_port_held_by_another_program_is_passed_over(portal):
    with socket.socket() as listener:
        listener.bind((service.HOST, 0))
        listener.listen()
        assert service.next_free_port(listener.getsockname()[1]) != listener.getsockname()[1]
