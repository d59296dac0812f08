"""Declaration of the configuration options, and the merged ckanext-scheming schemas of a city's standard."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import files
from pathlib import Path

import yaml
from ckan.config.declaration import Declaration, Key
from ckan.logic import clear_validators_cache

from . import config
from .registry_check import register_predicates
from .standard import shipped_folder
from .standard.overlay import RECORD_FILES, read_sources

SCHEMAS = "scheming.dataset_schemas"


def declare(declaration: Declaration, key: Key) -> None:
    """Declare the options of `config_declaration.yaml`. For a city with an overlay, also set the default schemas.

    Registers the predicates of other extensions first, because the overlay may use them. CKAN calls this first.
    """
    # CKAN validates the options next, and may have cached the validators of the plugins that were loaded before.
    clear_validators_cache()
    register_predicates()
    declared = yaml.safe_load(files(__package__).joinpath("config_declaration.yaml").read_text(encoding="utf-8"))
    city = config.city_folder()
    options = [option for group in declared["groups"] for option in group["options"]]
    schemas = next(option for option in options if option["key"] == SCHEMAS)
    if city and city.is_dir():
        schemas["default"] = " ".join(_write_schemas(city))
    declaration.load_dict(declared)


def _write_schemas(city: Path) -> list[str]:
    """Write the merged schemas to a temporary folder, for scheming to read; return their file URLs."""
    folder = Path(_schema_folder.name)
    # Validate first: errors of scheming are tracebacks without file and line.
    config.standard()
    sources = read_sources(shipped_folder(), city)
    for name, schema in zip(RECORD_FILES, sources.schemas, strict=True):
        (folder / name).write_text(json.dumps(schema), encoding="utf-8")
    return [(folder / name).as_uri() for name in RECORD_FILES]


# Kept until the process ends: scheming reads the files each time that the plugins are loaded.
_schema_folder = tempfile.TemporaryDirectory(prefix="opensmartcity-")
