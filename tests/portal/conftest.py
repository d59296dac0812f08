"""Launchers and children of the embedded portal as real processes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

LAUNCHER = Path(__file__).parent / "launcher.py"


class Launched:
    """A sample launcher and the processes that it said it started."""

    def __init__(self, folder, *arguments):
        command = [sys.executable, str(LAUNCHER), str(folder), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said = []

    def listen(self, word):
        """Wait until it says a line that begins with a word."""
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("ready"):
                *self.children, self.guardian = [psutil.Process(int(pid)) for pid in line.split()[1:]]
            if line.startswith(word):
                break
        return self

    @property
    def living(self):
        """Count the children that do more than wait to be buried."""
        return sum(is_running(child) for child in self.children)

    def all_gone(self, seconds=60):
        """Tell whether the children end in time."""
        deadline = time.monotonic() + seconds
        while self.living and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.living

    def close(self):
        """See to it that nothing of it stays behind."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def launch(tmp_path):
    """Start sample launchers on one data folder."""
    launchers = []

    def start(*arguments, until="ready"):
        launchers.append(Launched(tmp_path / "data", *arguments))
        return launchers[-1].listen(until)

    yield start
    for launcher in launchers:
        launcher.close()


@pytest.fixture
def portal(tmp_path):
    """Run the portal's command line and return what it said and its exit code."""

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
    """Tell whether a process lives and is no zombie."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
