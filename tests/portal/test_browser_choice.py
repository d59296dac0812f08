"""Which browser the page tests get."""

import subprocess
import sys

import pytest


@pytest.fixture
def choose():
    """Ask for a browser in a given environment."""

    def run(*arguments, **environment):
        command = [sys.executable, "-m", "ckanext.opensmartcity.portal.browser", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def test_the_named_browser_comes_first(choose):
    assert choose(CHROMIUM="/bin/true", PATH="/bin").stdout == "/bin/true\n"


def test_a_named_browser_that_is_missing_is_said(choose):
    done = choose(CHROMIUM="/no/such/browser", PATH="/bin")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "make test BROWSER=no" in done.stderr


def test_a_browser_in_the_path_is_found(choose, tmp_path):
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    assert choose(PATH=str(tmp_path)).stdout == f"{browser}\n"


def test_leaving_them_out_is_said_aloud(choose):
    done = choose("no")
    assert (done.returncode, done.stdout) == (0, "")
    assert "left out" in done.stderr
