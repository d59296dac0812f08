"""What a data folder tells about its last launcher."""

import os
import subprocess

import pytest
from ckanext.opensmartcity.portal import process_registry
from ckanext.opensmartcity.portal.common import PortalError
from ckanext.opensmartcity.portal.process_registry import Tracked


@pytest.fixture
def stranger():
    """A process that nobody of the portal started."""
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def left_by(tmp_path, *processes):
    """Record a launcher that is gone."""
    left = process_registry.Record(tmp_path, "0123", Tracked("launcher", os.getpid(), created=1.0), list(processes))
    left.save()


class TestRecover:
    def test_ends_a_recorded_process(self, tmp_path, stranger):
        left_by(tmp_path, Tracked.of(stranger.pid, "service"))
        process_registry.recover(tmp_path)
        assert stranger.wait(5) != 0
        assert process_registry.read(tmp_path) is None

    def test_never_ends_a_process_that_only_has_the_same_id(self, tmp_path, stranger):
        left_by(tmp_path, Tracked("service", stranger.pid, created=Tracked.of(stranger.pid, "x").created - 3600))
        process_registry.recover(tmp_path)
        assert stranger.poll() is None

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"run": "x"}'])
    def test_ignores_a_damaged_record(self, tmp_path, content):
        (tmp_path / "run.json").write_text(content)
        process_registry.recover(tmp_path)


class TestHold:
    def test_is_refused_while_a_living_launcher_holds_it(self, tmp_path):
        descriptor = process_registry.hold(tmp_path)
        process_registry.Record(
            tmp_path, "0123", Tracked.of(os.getpid(), "launcher"), address="http://127.0.0.1:1"
        ).save()
        with pytest.raises(PortalError, match=r"already runs on .* at http://127.0.0.1:1 \(process \d+\): stop it"):
            process_registry.hold(tmp_path)
        os.close(descriptor)

    def test_takes_a_folder_whose_launcher_is_gone(self, tmp_path):
        left_by(tmp_path)
        os.close(process_registry.hold(tmp_path))
