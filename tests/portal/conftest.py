"""Fixtures that run launchers and the command line of the embedded portal as real processes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

LAUNCHER = Path(__file__).parent / "launcher.py"


class Launched:
    """A sample launcher (launcher.py) with its output and the processes that it started."""

    def __init__(self, folder, *arguments):
        command = [sys.executable, str(LAUNCHER), str(folder), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.output = []

    def wait_for_line(self, prefix):
        """Read output until a line begins with the prefix."""
        for line in self.process.stdout:
            self.output.append(line)
            if line.startswith("ready"):
                *self.children, self.guardian = [psutil.Process(int(pid)) for pid in line.split()[1:]]
            if line.startswith(prefix):
                break
        return self

    @property
    def running(self):
        """Number of children that run and are not zombies."""
        return sum(is_running(child) for child in self.children)

    def all_end_within(self, seconds=60):
        """Return whether all children end in time."""
        deadline = time.monotonic() + seconds
        while self.running and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.running

    def close(self):
        """Kill the launcher; its guardian stops the children."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def launch(tmp_path):
    """Return a function that starts sample launchers on one data folder."""
    launchers = []

    def start(*arguments, until="ready"):
        launchers.append(Launched(tmp_path / "data", *arguments))
        return launchers[-1].wait_for_line(until)

    yield start
    for launcher in launchers:
        launcher.close()


@pytest.fixture
def portal(tmp_path):
    """Return a function that runs the portal's command line and returns the completed process."""

    def run(*arguments, **environment):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("OSC_", "CHROMIUM"))}
        return subprocess.run(
            [sys.executable, "-m", "ckanext.opensmartcity.portal", *arguments],
            env={**clean, "OSC_DATA": str(tmp_path / "data"), **environment},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    return run


def is_running(process):
    """Return whether a process runs and is not a zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
