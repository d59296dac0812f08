"""Stale postmaster.pid of a PostgreSQL server that was killed."""

import os

import pytest
from ckanext.opensmartcity.portal.postgres import remove_stale_pid_file


@pytest.mark.parametrize("pid", [os.getpid(), 2**22 + 1])
def test_a_pid_file_that_names_no_server_of_this_cluster_is_removed(tmp_path, pid):
    file = tmp_path / "postmaster.pid"
    file.write_text(f"{pid}\n{tmp_path}\n")
    remove_stale_pid_file(tmp_path)
    assert not file.exists()


def test_an_unreadable_pid_file_is_left_to_postgresql(tmp_path):
    file = tmp_path / "postmaster.pid"
    file.write_text("\n")
    remove_stale_pid_file(tmp_path)
    assert file.exists()
