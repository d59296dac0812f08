"""Virtual environment of the city's portal, with the extensions that can be installed beside this version of CKAN."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from ckanext.opensmartcity.portal import bootstrap
from ckanext.opensmartcity.portal.ckan_commands import ckan_environment

from .configuration import CITY, PROJECT
from .extensions import Extension

OURS = "ckanext-opensmartcity"


class InstallError(Exception):
    """An extension cannot be installed; the reason in one line."""


class Environment:
    """A virtual environment; `ckan` is a version such as 2.12. `repositories` may also name folders with sources."""

    def __init__(self, folder: Path, ckan: str, repositories: str, *, reuse: bool) -> None:
        self.folder = folder
        self._repositories = repositories
        self._python = folder / "bin" / "python"
        uv = str(Path(sys.executable).with_name("uv"))
        if reuse:
            subprocess.run([uv, "pip", "uninstall", "--quiet", "--python", str(self._python), OURS], check=True)
        else:
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        overrides = folder / "overrides.txt"
        overrides.write_text(bootstrap.overrides("portal", ckan), encoding="utf-8")
        self._pip = [uv, "pip", "install", "--quiet", "--python", str(self._python), "--override", str(overrides)]
        release = bootstrap.OTHER_CKANS.get(ckan, f"{ckan}.*")
        # Named with each extension, so that none changes the versions that CKAN pins.
        self._base = (f"ckan[requirements]=={release}", "ckanext-scheming==3.1.0", "setuptools<82")
        self._install("psycopg2-binary", "PyYAML", str(CITY))
        bootstrap.ensure_libmagic(folder)

    def add(self, extension: Extension) -> None:
        """Install an extension, or raise InstallError."""
        if extension.repository:
            address = self._repositories.format(
                repository=extension.repository, flat=extension.repository.replace("/", "+")
            )
            # Editable, as their guides say: wheels of some lack their migrations.
            self._install("--editable", str(self._source(extension, address)), *extension.packages)
        else:
            self._install(f"{extension.name}=={extension.version}", *extension.packages)

    def _source(self, extension: Extension, address: str) -> Path:
        """Return a folder with the source of an extension at its commit."""
        if (Path(address) / "setup.py").exists():
            return Path(address)
        folder = self.folder / "src" / extension.name
        clone = ["git", "clone", "--quiet", address, str(folder)]
        for command in (clone, ["git", "-C", str(folder), "checkout", "--quiet", extension.commit]):
            if subprocess.run(command, check=False, capture_output=True).returncode:
                raise InstallError(f"its source cannot be fetched from {address}")
        return folder

    def add_ours(self) -> None:
        """Install this project as an administrator does: a wheel with its requirements."""
        self._install(f"{PROJECT}[dcat]")

    def _install(self, *wanted: str) -> None:
        done = subprocess.run([*self._pip, *self._base, *wanted], check=False, capture_output=True, text=True)
        if done.returncode:
            lines = [line.strip(" ×╰─▶│") for line in done.stderr.splitlines() if line.strip(" ×╰─▶│")]
            raise InstallError(" ".join(lines)[:300])

    def run(self, words: Iterable[str], **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment, `python` or `ckan`, and return what it printed."""
        command, *arguments = words
        path = {"PYTHONPATH": os.pathsep.join([str(PROJECT), str(PROJECT / "tests")])}
        return subprocess.run(
            [str(self._python.with_name(command)), *arguments],
            cwd=self.folder,
            env=ckan_environment(**path, **variables),
            check=False,
            capture_output=True,
            text=True,
        )
