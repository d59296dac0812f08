"""Process registry of a data folder: the lock, and recovery after a killed launcher."""

import os
import subprocess

import pytest
from ckanext.opensmartcity.portal import process_registry
from ckanext.opensmartcity.portal.common import PortalError
from ckanext.opensmartcity.portal.process_registry import TrackedProcess


@pytest.fixture
def stranger():
    """A process that no launcher started."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def write_stale_record(tmp_path, *processes):
    """Write run.json of a launcher that no longer runs."""
    record = process_registry.RunRecord(
        tmp_path, "0123", TrackedProcess("launcher", os.getpid(), created=1.0), list(processes)
    )
    record.save()


class TestRecover:
    def test_ends_a_recorded_process(self, tmp_path, stranger):
        write_stale_record(tmp_path, TrackedProcess.of(stranger.pid, "service"))
        process_registry.stop_orphans(tmp_path)
        assert stranger.wait(5) != 0
        assert process_registry.read_record(tmp_path) is None

    def test_never_ends_a_process_that_only_has_the_same_id(self, tmp_path, stranger):
        write_stale_record(
            tmp_path,
            TrackedProcess("service", stranger.pid, created=TrackedProcess.of(stranger.pid, "x").created - 3600),
        )
        process_registry.stop_orphans(tmp_path)
        assert stranger.poll() is None

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"run": "x"}'])
    def test_ignores_a_damaged_record(self, tmp_path, content):
        (tmp_path / "run.json").write_text(content)
        process_registry.stop_orphans(tmp_path)


class TestHold:
    def test_is_refused_while_a_living_launcher_holds_it(self, tmp_path):
        descriptor = process_registry.acquire_lock(tmp_path)
        process_registry.RunRecord(
            tmp_path, "0123", TrackedProcess.of(os.getpid(), "launcher"), address="http://127.0.0.1:1"
        ).save()
        with pytest.raises(PortalError, match=r"already runs on .* at http://127.0.0.1:1 \(process \d+\): stop it"):
            process_registry.acquire_lock(tmp_path)
        os.close(descriptor)

    def test_takes_a_folder_whose_launcher_is_gone(self, tmp_path):
        write_stale_record(tmp_path)
        os.close(process_registry.acquire_lock(tmp_path))
