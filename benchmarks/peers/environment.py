"""Virtual environment of a suite: this project, the extension's source and the requirements of its tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from .suites import Suite

PROJECT = Path(__file__).parents[2]
OVERRIDES = PROJECT / "ckanext-opensmartcity" / "ckanext" / "opensmartcity" / "portal" / "overrides.txt"


def create(suite: Suite, source: Path, folder: Path, repositories: str) -> Path:
    """Create the environment of a suite and return its bin folder."""
    venv, uv = folder / f"env-{suite.name}", str(Path(sys.executable).parent / "uv")
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)], check=True)
    pip = [uv, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python"), "--override", str(OVERRIDES)]
    pinned = suite.repositories.items()
    others = [f"{name} @ git+{_address(repositories.format(name=name))}@{commit}" for name, commit in pinned]
    subprocess.run([*pip, *others, *suite.packages, "-e", f"{PROJECT}[test,portal]", "-e", str(source)], check=True)
    return venv / "bin"


def _address(repository: str) -> str:
    return Path(repository).resolve().as_uri() if Path(repository).exists() else repository


def run(commands: Path, words: Iterable[str], folder: Path) -> int:
    """Run a command of the environment in a folder and return its exit code."""
    variables = os.environ | {"PATH": f"{commands}:{os.environ['PATH']}"}
    command, *arguments = words
    return subprocess.run([str(commands / command), *arguments], cwd=folder, env=variables, check=False).returncode
