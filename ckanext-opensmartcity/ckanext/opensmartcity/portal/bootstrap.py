"""Create the project's virtual environment, using only Python's standard library.

Runs by path, before anything is installed: `python3 …/portal/bootstrap.py --extra portal`. The folder is .venv, or
.venv-VERSION for another version of CKAN than the default one.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PORTAL = Path(__file__).resolve().parent
PROJECT = PORTAL.parents[3]
OVERRIDES = PORTAL / "overrides.txt"
CKAN_REQUIREMENTS = PORTAL / "ckan-requirements.txt"
OLDEST = (3, 10)
INCLUDES = {"portal": ("portal",), "test": ("test", "portal")}
# Releases of CKAN by version. setup.py pins the default one; overrides-VERSION.txt goes with another one.
DEFAULT_CKAN = "2.12"
OTHER_CKANS = {"2.11": "2.11.6"}
# Extras of CKAN that the extras of setup.py ask for.
CKAN_EXTRAS = {"portal": "requirements", "test": "dev,requirements"}
# Fragments of error messages of pip and uv, in lower case.
DISK_ERRORS = ("no space left on device", "disk quota exceeded", "file too large")
HASH_ERRORS = ("hash mismatch", "do not match the hashes", "bad crc", "bad magic number")
NETWORK_ERRORS = (
    "connection aborted",
    "connection broken",
    "connection closed",
    "connection error",
    "connection refused",
    "connection reset",
    "connecttimeout",
    "dns error",
    "error sending request",
    "failed to resolve",
    "name resolution",
    "network is unreachable",
    "newconnectionerror",
    "proxyerror",
    "timed out",
)
LEAST_FREE_BYTES = 1 << 20


class BootstrapError(Exception):
    """Failure that the user can fix: one line with the cause and the remedy."""


def main() -> int:
    """Create or update the environment; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extra", choices=sorted(INCLUDES), default="portal")
    parser.add_argument("--project", type=Path, default=PROJECT)
    parser.add_argument("--ckan", default=DEFAULT_CKAN, help="version of CKAN, such as 2.11")
    options = parser.parse_args()
    try:
        ensure_environment(options.project.resolve(), options.extra, options.ckan)
    except BootstrapError as error:
        print(f"env: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"env: {error}: check the disk and the rights.", file=sys.stderr)
        return 1
    return 0


def ensure_environment(project: Path, extra: str, ckan: str = DEFAULT_CKAN) -> None:
    """Install an extra of setup.py with a version of CKAN, unless the stamp shows that it is up to date."""
    require_python()
    if ckan not in (DEFAULT_CKAN, *OTHER_CKANS):
        raise BootstrapError(f"CKAN={ckan} is not supported: use one of {', '.join((*OTHER_CKANS, DEFAULT_CKAN))}.")
    venv = project / (".venv" if ckan == DEFAULT_CKAN else f".venv-{ckan}")
    digest = fingerprint(project, ckan)
    stamp = stamp_file(venv, extra)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    create_venv(venv)
    install(venv, requirements(project, extra, ckan), overrides(extra, ckan))
    ensure_libmagic(venv)
    for included in INCLUDES[extra]:
        stamp_file(venv, included).write_text(digest, encoding="utf-8")


def require_python() -> None:
    """Raise BootstrapError if this Python is too old or lacks venv."""
    if sys.version_info < OLDEST:
        raise BootstrapError(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed: install it, or set PYTHON.")
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise BootstrapError(
            "This Python came without its venv module: install it "
            "(Debian and Ubuntu: apt-get install python3-venv), or set PYTHON to another Python."
        )


def requirements(project: Path, extra: str, ckan: str = DEFAULT_CKAN) -> list[str]:
    """Return the arguments of `uv pip install` for an extra of setup.py with a version of CKAN."""
    if extra == "portal" and ckan in OTHER_CKANS:
        return ["-e", f"{project}[portal-without-ckan]", other_ckan(extra, ckan)]
    return ["-e", f"{project}[{extra}]"]


def overrides(extra: str, ckan: str = DEFAULT_CKAN) -> str:
    """Return the lines with which uv replaces requirements of packages."""
    lines = OVERRIDES.read_text(encoding="utf-8")
    if ckan in OTHER_CKANS:
        lines += OVERRIDES.with_name(f"overrides-{ckan}.txt").read_text(encoding="utf-8")
        lines += f"{other_ckan(extra, ckan)}\n"
    return lines


def other_ckan(extra: str, ckan: str) -> str:
    """Return the requirement that names another version of CKAN than the default one."""
    return f"ckan[{CKAN_EXTRAS[extra]}]=={OTHER_CKANS[ckan]}"


def fingerprint(project: Path, ckan: str = DEFAULT_CKAN) -> str:
    """Return a SHA-256 of everything the environment depends on: path, Python, setup.py, CKAN, catalogues."""
    parts = [str(project), sys.version, (project / "setup.py").read_text(encoding="utf-8")]
    parts += [file.read_text(encoding="utf-8") for file in sorted(project.glob("i18n/*/LC_MESSAGES/*.po"))]
    parts += [CKAN_REQUIREMENTS.read_text(encoding="utf-8"), overrides("test", ckan)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp_file(venv: Path, extra: str) -> Path:
    """Return the path of the file that holds the fingerprint of an installed extra."""
    return venv / f"{extra}.stamp"


def create_venv(venv: Path) -> None:
    """Create an empty environment, unless a working one of this Python version exists."""
    if is_usable(venv):
        return
    print(f"Making an environment in {venv}", flush=True)
    # Without --without-pip, venv hides the error message of ensurepip.
    commands = (
        [sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv)],
        [str(python(venv)), "-m", "ensurepip", "--upgrade", "--default-pip"],
    )
    for command in commands:
        completed = run_captured(command)
        if completed.returncode != 0:
            cause = explain_failure(completed.stdout, completed.returncode, venv)
            raise BootstrapError(f"The environment {venv} could not be made. {cause}")


def is_usable(venv: Path) -> bool:
    """Return whether the environment has pip and the version of this Python."""
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    try:
        return run_captured([str(python(venv)), "-c", check]).returncode == 0
    except OSError:
        return False


def install(venv: Path, arguments: list[str], override_lines: str) -> None:
    """Install uv with pip, then the project with uv."""
    print("Installing Python packages (up to two minutes the first time)", flush=True)
    pip = [str(python(venv)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run_installer([*pip, "--retries", "1", "--timeout", "30", "uv>=0.5"], venv)
    override_file = venv / "overrides.txt"
    override_file.write_text(override_lines, encoding="utf-8")
    uv = [str(venv / "bin" / "uv"), "pip", "install", "--python", str(python(venv))]
    run_installer([*uv, "--override", str(override_file), *arguments], venv)


def ensure_libmagic(venv: Path) -> None:
    """Make every Python of the environment load the packaged libmagic if the system has none."""
    if run_captured([str(python(venv)), "-c", "import magic"]).returncode != 0:
        for folder in venv.glob("lib/python*/site-packages"):
            (folder / "packaged_libmagic.pth").write_text("import pylibmagic\n", encoding="utf-8")


def run_captured(command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command and capture its output, both streams in one."""
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run_installer(command: list[str], venv: Path) -> None:
    """Run an installer with its output in a log file; raise BootstrapError with the reason if it fails."""
    log = venv / "install.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        wait(process)
    if process.returncode != 0:
        text = log.read_text(encoding="utf-8", errors="replace")
        raise BootstrapError(f"{explain_failure(text, process.returncode, venv)} Details: {log}")


def wait(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a process, printing a progress line every ten seconds."""
    begin = time.monotonic()
    try:
        while process.poll() is None:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                print(f"  {time.monotonic() - begin:.0f} seconds so far", flush=True)
    finally:
        process.kill()


def explain_failure(text: str, code: int, venv: Path) -> str:
    """Return the cause of an installer's failure and the remedy, from its output and its exit code."""
    # A full disk comes first: it breaks downloads too, and the output may have been cut short by it.
    full = full_folder(venv)
    if full or code == -signal.SIGXFSZ or contains_any(text, DISK_ERRORS):
        return f"The Python packages do not fit on the disk: free some space for {full or venv} and start again."
    if contains_any(text, HASH_ERRORS):
        return "A downloaded package is damaged or not the one that was published: try again, and check any proxy."
    if contains_any(text, NETWORK_ERRORS):
        return "The package registry (PyPI) cannot be reached: check the network and any proxy setting."
    return f"The Python packages could not be installed ({last_line(text)})."


def full_folder(venv: Path) -> "Path | None":
    """Return a folder that an installation writes to and whose disk is full: environment, caches or temporary files."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    named = (os.environ.get(name) for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR"))
    folders = (venv, Path(tempfile.gettempdir()), cache, *(Path(name) for name in named if name))
    existing = (folder for folder in folders if folder.exists())
    return next((folder for folder in existing if shutil.disk_usage(folder).free < LEAST_FREE_BYTES), None)


def contains_any(text: str, fragments: "tuple[str, ...]") -> bool:
    """Return whether a text contains one of the fragments, ignoring case."""
    return any(fragment in text.lower() for fragment in fragments)


def last_line(text: str) -> str:
    """Return the last line that is not blank, at most 200 characters of it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason given"


def python(venv: Path) -> Path:
    """Return the path of the environment's interpreter."""
    return venv / "bin" / "python"


if __name__ == "__main__":
    sys.exit(main())
