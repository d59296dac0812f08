"""Finds, or installs, the Chromium that the page tests drive; prints its path.

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
    """Print the browser's path, or nothing when the tests are to do without."""
    if "no" in arguments:
        tell("Browser tests are left out (BROWSER=no)")
        return 0
    browser = find() or install()
    if browser is None:
        tell("No Chromium is installed and none could be: set CHROMIUM to one, or run 'make test BROWSER=no'.")
        return 1
    print(browser)
    return 0


def find() -> str | None:
    """Return the browser that the person named, or one in PATH, or one that Playwright has."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None) or of_playwright()


def install() -> str | None:
    """Install a browser in the first way that works here."""
    if os.environ.get("CHROMIUM"):
        tell(f"CHROMIUM={os.environ['CHROMIUM']} cannot be run.")
        return None
    return by_apt() or by_playwright()


def by_apt() -> str | None:
    """Install Debian's package where that may be done without a password."""
    rights = administrator()
    if rights is None or shutil.which("apt-get") is None:
        return None
    tell("Installing chromium with apt-get (one or two minutes)")
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    run([*rights, *environment, "apt-get", "-qq", "update"])
    run([*rights, *environment, "apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"])
    return next(filter(None, map(shutil.which, NAMES)), None)


def administrator() -> list[str] | None:
    """Return what makes a command run as root, if anything does."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def by_playwright() -> str | None:
    """Let Playwright download its own browser."""
    tell("Downloading Chromium with Playwright")
    run([sys.executable, "-m", "playwright", "install", "chromium"])
    return of_playwright()


def of_playwright() -> str | None:
    """Return the browser that Playwright downloaded before."""
    done = subprocess.run([sys.executable, "-c", PLAYWRIGHT_PATH], check=False, capture_output=True, text=True)
    path = done.stdout.strip()
    return path if path and Path(path).exists() else None


def run(command: list[str]) -> bool:
    """Run a command without its words and tell whether it succeeded."""
    quiet = subprocess.DEVNULL
    return subprocess.run(command, check=False, stdin=quiet, stdout=quiet, stderr=quiet).returncode == 0


def tell(text: str) -> None:
    """Say something to the person rather than to the calling program."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
