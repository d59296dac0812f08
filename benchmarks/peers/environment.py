"""An environment of its own for the suites: this project, the extensions as they are, and what their tests need."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from .suites import Suite

PROJECT = Path(__file__).parents[2]
OVERRIDES = PROJECT / "ckanext-opensmartcity" / "ckanext" / "opensmartcity" / "portal" / "overrides.txt"


def make(suite: Suite, source: Path, folder: Path, repositories: str) -> Path:
    """Return the folder of an environment's commands."""
    venv, uv = folder / f"env-{suite.name}", str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)], check=True)
    pip = [uv, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python"), "--override", str(OVERRIDES)]
    named = suite.repositories.items()
    others = [f"{name} @ git+{_address(repositories.format(name=name))}@{commit}" for name, commit in named]
    subprocess.run([*pip, *others, *suite.packages, "-e", f"{PROJECT}[test,portal]", "-e", str(source)], check=True)
    return venv / "bin"


def _address(repository: str) -> str:
    return Path(repository).resolve().as_uri() if Path(repository).exists() else repository


def run(commands: Path, words: Iterable[str], folder: Path) -> int:
    """Run a command of an environment in a folder, and return its exit code."""
    variables = os.environ | {"PATH": f"{commands}:{os.environ['PATH']}"}
    command, *arguments = words
    return subprocess.run([str(commands / command), *arguments], cwd=folder, env=variables, check=False).returncode
