"""Feature: everything that one capability contributes to the portal, and the declaration of its actions.

A feature package `NAME` of this extension declares one `FEATURE` in `NAME/feature.py`; other extensions return theirs
from `IOpenSmartCity`. Core pages do not import features: they show what `registry` has collected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import ckan.plugins.toolkit as tk
import click
from ckan.types import Action, AuthFunction, Context
from flask import Blueprint, Response

from .contributions import DoctorCheck, IndicatorSource, OutputFormat, PageLink, Panel, RecordImport, Values

HELPER_PREFIX = "opensmartcity_"
_DECLARATION = "opensmartcity_action"

# Limits of every parameter. A dataset with a thousand resources has about 30,000 values, four levels deep.
MAX_VALUES = 50_000
MAX_DEPTH = 20

F = TypeVar("F", bound=Callable[..., Any])


class ActionDeclaration(NamedTuple):
    """Authorization function and parameter schema of an action; the result type is its return annotation."""

    auth: AuthFunction
    schema: Callable[[], dict[str, Any]] | None


def check_size(data_dict: Mapping[str, Any]) -> None:
    """Raise ValidationError if the parameters hold too many values or are nested too deeply, before they are used."""
    values = 0
    for name, parameter in data_dict.items():
        pending = [(parameter, 1)]
        while pending:
            value, depth = pending.pop()
            values += 1
            if isinstance(value, (dict, list, tuple)):
                if values + len(value) > MAX_VALUES:
                    text = tk._("This is too much for one request: at most {limit} values.").format(limit=MAX_VALUES)
                    raise tk.ValidationError({name: [text]})
                if depth > MAX_DEPTH:
                    text = tk._("This is nested too deeply: at most {limit} levels.").format(limit=MAX_DEPTH)
                    raise tk.ValidationError({name: [text]})
                pending += [(each, depth + 1) for each in (value.values() if isinstance(value, dict) else value)]


def action(auth: AuthFunction, schema: Callable[[], dict[str, Any]] | None = None) -> Callable[[F], Action]:
    """Declare an API action with its authorization and its parameter schema.

    Parameters are validated before the action runs, their total size first. Empty lists are dropped, because CKAN puts
    those back that validators have left out (docs/upstream.md#ckan-empty-lists).
    """

    def declare(function: F) -> Action:
        validated = tk.validate_action_data(schema)(function) if schema else function

        @wraps(function)
        def run(context: Context, data_dict: dict[str, Any]) -> Any:
            check_size(data_dict)
            given = {name: value for name, value in data_dict.items() if value != []} if schema else data_dict
            return validated(context, given)

        setattr(run, _DECLARATION, ActionDeclaration(auth, schema))
        return run

    return declare


def declaration_of(function: Callable[..., Any]) -> ActionDeclaration | None:
    """Return the declaration of an action, None if it was not declared by `action`."""
    declaration: ActionDeclaration | None = getattr(function, _DECLARATION, None)
    return declaration


@dataclass(frozen=True)
class Feature:
    """Contributions of one capability. `templates` and `assets` tell whether its package has these folders."""

    name: str
    # Import name of the package; by default the one in this extension that is named like the feature.
    package: str = ""
    actions: Sequence[ModuleType] = ()
    chained_actions: Mapping[str, Action] = field(default_factory=dict)
    helpers: Sequence[ModuleType] = ()
    blueprints: Sequence[Blueprint] = ()
    commands: Sequence[click.Command] = ()
    templates: bool = False
    assets: bool = False
    panels: Sequence[Panel] = ()
    links: Sequence[PageLink] = ()
    formats: Sequence[OutputFormat] = ()
    indicators: Sequence[IndicatorSource] = ()
    doctor_checks: Sequence[DoctorCheck] = ()
    # Keys that the feature adds to the result of governance_city_show.
    city_content: Callable[[], Mapping[str, Any]] = dict
    importers: Mapping[str, RecordImport] = field(default_factory=dict)
    # Entries for feeds of changes: of one dataset, or of all public ones.
    feed_entries: Callable[[Values | None], Sequence[dict[str, Any]]] = lambda dataset: ()
    # Who has changed each answer of a dataset last (`by`, a label) and when (`at`), by field.
    changed_by: Callable[[str], Mapping[str, Mapping[str, str]]] = lambda id: {}
    # Response for a purged record, None if the feature has no trace of it.
    removed_record: Callable[[str], Response | None] = lambda id: None
    # Called once the options are known, and after each change of a dataset.
    start: Callable[[], None] = lambda: None
    dataset_changed: Callable[[Context, str, bool], None] = lambda context, id, new: None

    @property
    def folder(self) -> Path:
        """Folder of the package, which holds `templates` and `assets`."""
        return Path(str(files(self.package or f"{__package__}.{self.name}")))

    def declared_actions(self) -> dict[str, Action]:
        """Return the declared actions by name."""
        return {name: each for name, each in _functions(self.actions, "").items() if declaration_of(each)}

    def auth_functions(self) -> dict[str, AuthFunction]:
        """Return the authorization function of each action by the action's name."""
        return {name: declaration_of(each).auth for name, each in self.declared_actions().items()}  # type: ignore[union-attr]

    def template_helpers(self) -> dict[str, Callable[..., Any]]:
        """Return the template helpers by name."""
        return _functions(self.helpers, HELPER_PREFIX)


def _functions(modules: Iterable[ModuleType], prefix: str) -> dict[str, Callable[..., Any]]:
    """Return the functions with a prefix that the modules define themselves, without those that they import."""
    return {
        name: each
        for module in modules
        for name, each in vars(module).items()
        if name.startswith(prefix) and callable(each) and getattr(each, "__module__", None) == module.__name__
    }


def call_if_enabled(action_name: str, context: Context, data_dict: dict[str, Any]) -> Any:
    """Call an action of another feature; return None if that feature is switched off."""
    try:
        function = tk.get_action(action_name)
    except KeyError:
        return None
    return function(context, data_dict)
