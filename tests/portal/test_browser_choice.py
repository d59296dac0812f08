"""Choice of the browser for the browser tests: CHROMIUM, PATH, or none."""

import subprocess
import sys

import pytest


@pytest.fixture
def choose():
    """Return a function that runs the browser program with exactly the given environment variables."""

    def run(*arguments, **environment):
        command = [sys.executable, "-m", "ckanext.opensmartcity.portal.browser", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def test_the_named_browser_comes_first(choose):
    assert choose(CHROMIUM="/bin/true", PATH="/bin").stdout == "/bin/true\n"


def test_a_named_browser_that_is_missing_is_an_error(choose):
    completed = choose(CHROMIUM="/no/such/browser", PATH="/bin")
    assert completed.returncode == 1
    assert completed.stdout == ""
    assert "make test BROWSER=no" in completed.stderr


def test_a_browser_in_the_path_is_found(choose, tmp_path):
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    assert choose(PATH=str(tmp_path)).stdout == f"{browser}\n"


def test_browser_tests_can_be_left_out(choose):
    completed = choose("no")
    assert (completed.returncode, completed.stdout) == (0, "")
    assert "left out" in completed.stderr
