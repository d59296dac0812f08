"""Makes the project's environment in .venv with nothing but Python's standard library.

Run by path, before anything is installed: `python3 …/portal/bootstrap.py --extra portal`.
"""

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

PORTAL = Path(__file__).resolve().parent
PROJECT = PORTAL.parents[3]
OVERRIDES = PORTAL / "overrides.txt"
OLDEST = (3, 10)
INCLUDES = {"portal": ("portal",), "test": ("test", "portal")}
UNREACHED = ("connection", "resolve", "resolution", "dns", "timed out", "network is unreachable", "sending request")


class BootstrapError(Exception):
    """What is missing and the remedy, in one line."""


def main() -> int:
    """Make the environment, or leave it when it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extra", choices=sorted(INCLUDES), default="portal")
    parser.add_argument("--project", type=Path, default=PROJECT)
    options = parser.parse_args()
    try:
        ensure(options.project.resolve(), options.extra)
    except BootstrapError as error:
        print(f"env: {error}", file=sys.stderr)
        return 1
    return 0


def ensure(project: Path, extra: str) -> None:
    """Bring .venv up to date with setup.py for an extra."""
    require_python()
    venv = project / ".venv"
    wanted = fingerprint(project)
    if stamp(venv, extra).exists() and stamp(venv, extra).read_text(encoding="utf-8") == wanted:
        return
    make_venv(venv)
    install(venv, project, extra)
    mend_libmagic(venv)
    for each in INCLUDES[extra]:
        stamp(venv, each).write_text(wanted, encoding="utf-8")


def require_python() -> None:
    """Fail if this Python is too old or came without venv."""
    if sys.version_info < OLDEST:
        raise BootstrapError(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed: install it, or set PYTHON.")
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise BootstrapError(
            "This Python came without its venv module: install it "
            "(Debian and Ubuntu: apt-get install python3-venv), or set PYTHON to another Python."
        )


def fingerprint(project: Path) -> str:
    """Return a text that changes whenever the environment has to be made anew."""
    parts = [str(project), sys.version, (project / "setup.py").read_text(encoding="utf-8")]
    parts += [file.read_text(encoding="utf-8") for file in sorted(project.glob("i18n/*/LC_MESSAGES/*.po"))]
    parts.append(OVERRIDES.read_text(encoding="utf-8"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp(venv: Path, extra: str) -> Path:
    """Return the file that says which environment .venv holds."""
    return venv / f"{extra}.stamp"


def make_venv(venv: Path) -> None:
    """Make an empty environment, unless there is a working one of this Python."""
    if usable(venv):
        return
    print(f"Making an environment in {venv}", flush=True)
    done = quietly([sys.executable, "-m", "venv", "--clear", str(venv)])
    if done.returncode != 0:
        raise BootstrapError(f"The environment {venv} could not be made ({last_line(done.stdout)}).")


def usable(venv: Path) -> bool:
    """Tell whether the environment has pip and this Python's version."""
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    try:
        return quietly([str(python(venv)), "-c", check]).returncode == 0
    except OSError:
        return False


def install(venv: Path, project: Path, extra: str) -> None:
    """Install the project with an extra, through uv."""
    print("Installing Python packages (up to two minutes the first time)", flush=True)
    pip = [str(python(venv)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--retries", "1", "--timeout", "30", "uv>=0.5"], venv)
    uv = [str(venv / "bin" / "uv"), "pip", "install", "--python", str(python(venv))]
    run([*uv, "--override", str(OVERRIDES), "-e", f"{project}[{extra}]"], venv)


def mend_libmagic(venv: Path) -> None:
    """Let every Python of the environment find the packaged libmagic if the machine has none."""
    if quietly([str(python(venv)), "-c", "import magic"]).returncode != 0:
        for folder in venv.glob("lib/python*/site-packages"):
            (folder / "packaged_libmagic.pth").write_text("import pylibmagic\n", encoding="utf-8")


def quietly(command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command without showing its words."""
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run(command: list[str], venv: Path) -> None:
    """Run an installer, its words in a log, a line now and then on the terminal."""
    log = venv / "install.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        wait(process)
    if process.returncode != 0:
        raise BootstrapError(explanation(log))


def wait(process: subprocess.Popen[bytes]) -> None:
    """Wait, saying every ten seconds that it goes on."""
    begin = time.monotonic()
    try:
        while process.poll() is None:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                print(f"  {time.monotonic() - begin:.0f} seconds so far", flush=True)
    finally:
        process.kill()


def explanation(log: Path) -> str:
    """Say in one line why an installer failed."""
    text = log.read_text(encoding="utf-8", errors="replace")
    if any(sign in text.lower() for sign in UNREACHED):
        return f"The package registry (PyPI) cannot be reached: check the network and any proxy setting (see {log})."
    return f"The Python packages could not be installed ({last_line(text)}): see {log}."


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason given"


def python(venv: Path) -> Path:
    """Return the environment's interpreter."""
    return venv / "bin" / "python"


if __name__ == "__main__":
    sys.exit(main())
