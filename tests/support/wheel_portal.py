"""Install a wheel with pip into an empty environment, and check that `opensmartcity portal` serves its demo city.

`python tests/support/wheel_portal.py WHEEL --python python3.13` installs as on a machine without a compiler, starts the
portal, reads its pages, stops it by Ctrl-C, and starts it again. All that in a folder with an umlaut, in the C locale,
and under a umask that keeps everybody else out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

NUMBER = re.compile(r'"count": (\d+)')
KEPT = ("HOME", "PATH", "PIP_INDEX_URL", "XDG_CACHE_HOME")


def main() -> None:
    """Run all steps for one interpreter; the exit code is not 0 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--python", default="python3")
    parser.add_argument("--port", default="5400")
    options = parser.parse_args()
    wheel = options.wheel.absolute()
    os.umask(0o077)
    with tempfile.TemporaryDirectory(prefix="wheel-pörtal-") as folder:
        venv, outside = Path(folder, "venv"), Path(folder)
        run([options.python, "-m", "venv", str(venv)], outside)
        step = time.monotonic()
        pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, f"ckanext-opensmartcity[portal] @ {wheel.as_uri()}"], outside)
        version = run([str(venv / "bin" / "python"), "--version"], outside).strip()
        say(f"{version}: installed in {time.monotonic() - step:.0f} s")
        for start in ("first", "second"):
            step = time.monotonic()
            serve(venv / "bin" / "opensmartcity", outside, options.port, f"{version}: {start} start", step)
        # Of root, PostgreSQL keeps its data where its account can reach it.
        if (outside / "data" / "postgres").is_symlink():
            shutil.rmtree((outside / "data" / "postgres").resolve())


def serve(program: Path, folder: Path, port: str, label: str, begin: float) -> None:
    """Start the portal, check its pages, and stop it as Ctrl-C does."""
    command = [str(program), "portal", "--data", str(folder / "data"), "--port", port]
    portal = subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True)
    assert portal.stdout is not None
    try:
        lines = []
        for line in portal.stdout:
            lines.append(line)
            if line.startswith("Portal ready: "):
                break
        else:
            raise SystemExit(f"{label}: failed\n{''.join(lines)}")
        say(f"{label}: ready in {time.monotonic() - begin:.0f} s")
        address = lines[-1].removeprefix("Portal ready: ").strip()
        figures = [int(number) for number in NUMBER.findall(fetch(f"{address}/transparency.json"))]
        assert len(figures) > 20, f"{label}: no numbers on the city page"
        assert max(figures) >= 40, f"{label}: the demo city is not loaded"
        assert "zh-hero" in fetch(f"{address}/nl/"), f"{label}: the front page is not that of the demo city"
        compared = json.loads(fetch(f"{address}/transparency/compare.json"))
        assert len(compared["cities"]) == 3, f"{label}: the two other cities are missing"
        history = json.loads(fetch(f"{address}/dataset/crowd-monitoring/transparency/history.json"))
        assert len(history["events"]) == 4, f"{label}: the history is missing"
        portal.send_signal(signal.SIGINT)
        assert portal.wait(60) == 0, f"{label}: exit code {portal.returncode}"
        say(f"{label}: /transparency has {len(figures)} numbers; stopped by Ctrl-C")
    finally:
        portal.terminate()
        portal.wait(60)
        portal.stdout.close()


def fetch(url: str) -> str:
    """Return a page; fail for another status than 200."""
    with urlopen(url, timeout=60) as answer:
        assert answer.status == 200, f"{url}: {answer.status}"
        return str(answer.read().decode())


def run(command: list[str], folder: Path) -> str:
    """Run a command outside of the clone; return its output."""
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def environment() -> dict[str, str]:
    """Return the variables of a user's shell on a machine without a compiler."""
    own = {name: value for name, value in os.environ.items() if name in KEPT}
    return {**own, "CC": "false", "CXX": "false", "LC_ALL": "C"}


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main()
