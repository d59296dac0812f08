"""What CKAN is told of our options, and with a city's own standard the schemas that scheming is to load."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from ckan.config.declaration import Declaration, Key

from . import config
from .standard import shipped_folder
from .standard.overlay import RECORD_FILES, read_sources

SCHEMAS = "scheming.dataset_schemas"


def declare(declaration: Declaration, key: Key) -> None:
    """Declare the options of config_declaration.yaml; scheming's default follows the city's own standard."""
    declared = yaml.safe_load(files(__package__).joinpath("config_declaration.yaml").read_text(encoding="utf-8"))
    city = config.city_folder()
    if city and city.is_dir():
        _option(declared, SCHEMAS)["default"] = " ".join(
            _write_schemas(city)[: 2 if "register" in config.features() else 1]
        )
    declaration.load_dict(declared)


def _option(declared: dict[str, Any], key: str) -> dict[str, Any]:
    return next(option for group in declared["groups"] for option in group["options"] if option["key"] == key)


def _write_schemas(city: Path) -> list[str]:
    """Write the merged schemas where scheming can read them while the plugins load; return their addresses."""
    folder = Path(_kept.name)
    # Checked as a whole before scheming reads what we write: its own mistakes are tracebacks without file and line.
    config.standard()
    sources = read_sources(shipped_folder(), city)
    for name, schema in zip(RECORD_FILES, sources.schemas, strict=True):
        (folder / name).write_text(json.dumps(schema), encoding="utf-8")
    return [(folder / name).as_uri() for name in RECORD_FILES]


# Removed with the process: scheming reads the files at each load of the plugins, and in tests there are many.
_kept = tempfile.TemporaryDirectory(prefix="opensmartcity-")
