"""The demo city as its YAML files tell it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from .dates import resolve

FOLDER = Path(__file__).parent / "city"


@dataclass(frozen=True)
class City:
    """What is loaded, in this order."""

    users: dict[str, dict[str, Any]]
    organizations: list[dict[str, Any]]
    packages: list[dict[str, Any]]


def read(today: date, folder: Path = FOLDER) -> City:
    """Read the city as of a day; algorithms come first because datasets refer to them."""
    packages = [package for file in _package_files(folder) for package in _load(file)]
    return City(_load(folder / "users.yaml"), _load(folder / "organizations.yaml"), resolve(packages, today))


def sysadmin_name(folder: Path = FOLDER) -> str:
    """Return the name of the user who may do everything."""
    return str(_load(folder / "users.yaml")["sysadmin"]["name"])


def digest(folder: Path = FOLDER) -> str:
    """Return a text that changes with the files."""
    content = hashlib.sha256()
    for file in sorted(folder.rglob("*.yaml")):
        content.update(file.read_bytes())
    return content.hexdigest()


def _package_files(folder: Path) -> Iterator[Path]:
    yield folder / "algorithms.yaml"
    yield from sorted((folder / "datasets").glob("*.yaml"))


def _load(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))
