"""Declaration of the configuration options."""

from __future__ import annotations

from importlib.resources import files

import ckan.plugins.toolkit as tk
import yaml
from ckan.config.declaration import Declaration, Key
from ckan.logic import clear_validators_cache

from .governance.dataset_schemas import PRESETS
from .registry_check import register_predicates

_PRESETS_OPTION = "scheming.presets"


def declare(declaration: Declaration, key: Key) -> None:
    """Declare the options of `config_declaration.yaml`, and add our presets to those that the city names.

    Registers the predicates of other extensions first, because the overlay may use them. CKAN calls this first.
    """
    # CKAN validates the options next, and may have cached the validators of the plugins that were loaded before.
    clear_validators_cache()
    register_predicates()
    # A schema that a city has copied from us names our presets, and scheming reads it before our plugin is called.
    given = str(tk.config.get(_PRESETS_OPTION, None) or "").split()
    if given and PRESETS not in given:
        tk.config[_PRESETS_OPTION] = " ".join([*given, PRESETS])
    declaration.load_dict(
        yaml.safe_load(files(__package__).joinpath("config_declaration.yaml").read_text(encoding="utf-8"))
    )
