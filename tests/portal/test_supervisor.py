"""Supervisor and guardian: all processes end, however the launcher ends."""

import os
import signal

import pytest

CHILDREN = 4


class TestEndOfTheLauncher:
    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_by_a_signal_ends_all_that_it_started(self, launch, number):
        launched = launch()
        assert launched.running == CHILDREN
        os.kill(launched.process.pid, number)
        launched.process.wait()
        assert launched.all_end_within()

    def test_by_an_exception_ends_all_that_it_started(self, launch):
        launched = launch("fail", until="error")
        assert launched.process.wait() == 1
        assert not launched.running

    def test_leaves_no_record(self, launch, tmp_path):
        launched = launch()
        launched.process.terminate()
        launched.process.wait()
        assert not (tmp_path / "data" / "run.json").exists()


class TestNextLauncher:
    def test_is_refused_in_one_line_while_the_first_lives(self, launch, tmp_path):
        first = launch()
        second = launch(until="error")
        assert second.process.wait() == 1
        assert len(second.output) == 1
        assert f"already runs on {tmp_path / 'data'} (process {first.process.pid})" in second.output[0]
        assert "OSC_DATA" in second.output[0]

    def test_waits_for_the_guardian_of_a_killed_one(self, launch):
        first = launch()
        first.process.kill()
        second = launch()
        assert not first.running
        assert second.running == CHILDREN

    def test_ends_what_was_left_when_the_guardian_was_killed_too(self, launch):
        first = launch()
        first.guardian.kill()
        first.process.kill()
        first.process.wait()
        assert first.running == CHILDREN
        second = launch()
        assert not first.running
        assert "Stopping what an earlier portal left running: obedient, stubborn, leaver\n" in second.output


class TestEndOfTheGuardian:
    def test_ends_the_launcher_with_a_reason(self, launch):
        launched = launch()
        launched.guardian.kill()
        assert "guardian process was killed" in launched.wait_for_line("error").output[-1]
        assert launched.process.wait() == 1
