"""Find or install the Chromium for the browser tests and print its path.

Progress goes to standard error, so that `CHROMIUM=$(python -m ckanext.opensmartcity.portal.browser)` works.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT_PATH = (
    "from playwright.sync_api import sync_playwright as p\nwith p() as w: print(w.chromium.executable_path)"
)


def main(arguments: Sequence[str]) -> int:
    """Print the browser's path, or nothing if the argument is `no`; return the exit code."""
    if "no" in arguments:
        echo_error("Browser tests are left out (BROWSER=no)")
        return 0
    browser = find_browser() or install_browser()
    if browser is None:
        echo_error("No Chromium is installed and none could be: set CHROMIUM to one, or run 'make test BROWSER=no'.")
        return 1
    print(browser)
    return 0


def find_browser() -> str | None:
    """Return the browser that CHROMIUM names, else one in PATH, else Playwright's."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else find_in_path() or find_playwright_browser()


def find_in_path() -> str | None:
    """Return the first Chromium in PATH."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def find_playwright_browser() -> str | None:
    """Return the browser that Playwright downloaded before, if any."""
    completed = subprocess.run([sys.executable, "-c", PLAYWRIGHT_PATH], check=False, capture_output=True, text=True)
    path = completed.stdout.strip()
    return path if path and Path(path).exists() else None


def install_browser() -> str | None:
    """Install Chromium with apt-get, else with Playwright; return its path."""
    if os.environ.get("CHROMIUM"):
        echo_error(f"CHROMIUM={os.environ['CHROMIUM']} cannot be run.")
        return None
    return install_with_apt() or install_with_playwright()


def install_with_apt() -> str | None:
    """Install the Debian package if that is possible without a password."""
    as_root = root_prefix()
    if as_root is None or shutil.which("apt-get") is None:
        return None
    echo_error("Installing chromium with apt-get (one or two minutes)")
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    run_silently([*as_root, *environment, "apt-get", "-qq", "update"])
    run_silently([*as_root, *environment, "apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"])
    return find_in_path()


def root_prefix() -> list[str] | None:
    """Return the prefix that runs a command as root; None if root rights need a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run_silently(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def install_with_playwright() -> str | None:
    """Download Playwright's own browser."""
    echo_error("Downloading Chromium with Playwright")
    run_silently([sys.executable, "-m", "playwright", "install", "chromium"])
    return find_playwright_browser()


def run_silently(command: list[str]) -> bool:
    """Run a command without input and output; return whether it succeeded."""
    null = subprocess.DEVNULL
    return subprocess.run(command, check=False, stdin=null, stdout=null, stderr=null).returncode == 0


def echo_error(text: str) -> None:
    """Print a line to standard error, because standard output is for the calling program."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
