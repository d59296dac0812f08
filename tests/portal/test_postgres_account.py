"""PostgreSQL of a portal started by root: unprivileged account, data directory and executable."""

import os

import pytest
from ckanext.opensmartcity.portal import postgres_account

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder for clusters that every user can enter."""
    for folder in [tmp_path, *list(tmp_path.parents)[:2]]:
        folder.chmod(0o755)
    monkeypatch.setattr(postgres_account, "SYSTEM_PLACES", (tmp_path / "system",))
    return tmp_path


@pytest.fixture(params=[0o022, 0o077], ids=oct)
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


@as_root
def test_a_folder_that_everybody_can_enter_is_used_as_it_is(place):
    assert postgres_account.data_directory(place / "postgres", postgres_account.server_account()) == place / "postgres"


@as_root
def test_a_closed_folder_gets_a_link_to_an_open_one(place, umask):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    folder = postgres_account.data_directory(closed / "postgres", postgres_account.server_account())
    assert folder.parent == place / "system"
    assert postgres_account.data_directory(closed / "postgres", postgres_account.server_account()) == folder


@as_root
def test_a_cluster_left_by_a_removed_data_folder_is_not_taken_over(place):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    (postgres_account.data_directory(closed / "postgres", postgres_account.server_account()) / "cluster").mkdir()
    (closed / "postgres").unlink()
    assert not list(postgres_account.data_directory(closed / "postgres", postgres_account.server_account()).iterdir())


@as_root
def test_a_program_that_the_account_cannot_reach_is_copied(place, umask):
    program = place / "closed" / "package" / "installation" / "bin" / "tool"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    (place / "closed" / "package.libs").mkdir()
    program.chmod(0o700)
    (place / "closed").chmod(0o700)
    copy = postgres_account.executable(program, postgres_account.server_account(), place)
    assert copy == place / "package" / "installation" / "bin" / "tool"
    assert postgres_account.server_account().can_enter(copy)
    assert (place / "package.libs").is_dir()


def test_an_ordinary_user_needs_no_other_account():
    assert postgres_account.Account().process_options == {}
    assert postgres_account.Account().can_enter("/anything")
