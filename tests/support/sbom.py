"""A software bill of materials (CycloneDX 1.6, JSON) of the wheel and of all that `pip install` brings with it.

`python tests/support/sbom.py WHEEL` installs the wheel into an environment of its own and writes the bill beside it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
PROJECT = "ckanext-opensmartcity"
ROOT = """\
[project]
name = "{name}"
version = "{version}"
description = "CKAN extension for data-governance metadata"
license = "AGPL-3.0-or-later"
"""


def bill_of_materials(environment: Path, version: str) -> str:
    """Return the bill of an environment into which the wheel of this version was installed."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "pyproject.toml"
        project.write_text(ROOT.format(name=PROJECT, version=version), encoding="utf-8")
        command = [BIN / "cyclonedx-py", "environment", "--output-reproducible", "--mc-type", "library"]
        command += ["--pyproject", project, environment / "bin/python"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def write(wheel: Path) -> Path:
    """Write the bill of a wheel beside it, and return its path."""
    version = wheel.name.split("-")[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "venv"
        subprocess.run([BIN / "uv", "venv", "-q", "--python", sys.executable, environment], check=True)
        subprocess.run([BIN / "uv", "pip", "install", "-q", "--python", environment / "bin/python", wheel], check=True)
        path = wheel.with_name(f"{PROJECT.replace('-', '_')}-{version}.cdx.json")
        path.write_text(bill_of_materials(environment, version), encoding="utf-8")
    return path


if __name__ == "__main__":
    write(Path(sys.argv[1]))
