"""Feature: everything that one capability contributes to the portal, and the declaration of its actions.

A feature package `NAME` of this extension declares one `FEATURE` in `NAME/feature.py`; other extensions return theirs
from `IOpenSmartCity`. Core pages do not import features: they show what `registry` has collected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, wraps
from importlib.resources import files
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import ckan.plugins.toolkit as tk
import click
from ckan.types import Action, AuthFunction, Context
from flask import Blueprint, Response

from .contributions import DoctorCheck, IndicatorSource, OutputFormat, PageLink, Panel, RecordImport, Values
from .standard.yaml_source import closest

HELPER_PREFIX = "opensmartcity_"
_DECLARATION = "opensmartcity_action"
# Keys under which CKAN collects what its validators did not know.
_CKAN_KEYS = {"__extras", "__junk"}

# Limits of every parameter. A dataset with a thousand resources has about 30,000 values, four levels deep.
MAX_VALUES = 50_000
MAX_DEPTH = 20
# Number of unknown parameters that an error names.
_MAX_LISTED = 8
# Longer names are not compared: the comparison takes time that grows with their length.
_MAX_NAME = 100

F = TypeVar("F", bound=Callable[..., Any])


class ActionDeclaration(NamedTuple):
    """Authorization function and parameters of an action; the result type is its return annotation.

    `names` are the parameters that it takes, None for an action that takes a dataset dict.
    """

    auth: AuthFunction
    schema: Callable[[], dict[str, Any]] | None
    names: Callable[[], Collection[str]] | None


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


def action(
    auth: AuthFunction, schema: Callable[[], dict[str, Any]] | None = None, names: Collection[str] | None = ()
) -> Callable[[F], Action]:
    """Declare an API action with its authorization and its parameters.

    Parameters are validated by `schema` before the action runs, their total size first. Empty lists are dropped,
    because CKAN puts those back that validators have left out (docs/upstream.md#ckan-empty-lists). An action without a
    schema validates the parameters `names` itself; None lets it take any, as a dataset dict does. Raise ValidationError
    for unknown parameters, so that a mistyped filter does not return everything.
    """
    known = cache(schema) if schema else None if names is None else lambda: names

    def declare(function: F) -> Action:
        validated = tk.validate_action_data(schema)(function) if schema else function

        @wraps(function)
        def run(context: Context, data_dict: dict[str, Any]) -> Any:
            check_size(data_dict)
            if known:
                refuse_unknown(data_dict.keys() - _CKAN_KEYS, known())
            given = {name: value for name, value in data_dict.items() if value != []} if schema else data_dict
            return validated(context, given)

        setattr(run, _DECLARATION, ActionDeclaration(auth, schema, known))
        return run

    return declare


def refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    """Raise ValidationError for unknown parameters, with the most similar known name of each."""
    errors = {
        name: [tk._("There is no parameter with this name.") + nearest_hint(name, known)]
        for name in islice((name for name in given if name not in known), _MAX_LISTED)
    }
    if errors:
        raise tk.ValidationError(errors)


def nearest_hint(name: str, known: Iterable[str]) -> str:
    """Return a translated "Did you mean …?" with a leading space, or an empty string if no name is similar."""
    similar = closest(name, known) if len(name) <= _MAX_NAME else None
    return " " + tk._("Did you mean “{name}”?").format(name=similar) if similar else ""


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
    # Keys that the feature adds to the result of governance_city_show; returns a TypedDict, which OpenAPI describes.
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
