"""Features: what one capability contributes to the portal, and the registry of those that are switched on.

A feature package `NAME` declares one `FEATURE` in `NAME/feature.py`. The plugin collects the features that the option
`ckanext.opensmartcity.features` names. Core pages do not import features: they show the panels, links and indicators
that are registered here. A feature that is off contributes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, wraps
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple, Protocol, TypeVar

import ckan.plugins.toolkit as tk
import click
from ckan.types import Action, AuthFunction, Context
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from . import config

HELPER_PREFIX = "opensmartcity_"
_DECLARATION = "opensmartcity_action"

Values = Mapping[str, Any]
F = TypeVar("F", bound=Callable[..., Any])


class ActionDeclaration(NamedTuple):
    """Authorization function and parameter schema of an action; the result type is its return annotation."""

    auth: AuthFunction
    schema: Callable[[], dict[str, Any]] | None


def action(auth: AuthFunction, schema: Callable[[], dict[str, Any]] | None = None) -> Callable[[F], Action]:
    """Declare an API action with its authorization and its parameter schema.

    Parameters are validated before the action runs. Empty lists are dropped, because CKAN puts those back that
    validators have left out (docs/upstream.md#ckan-empty-lists).
    """

    def declare(function: F) -> Action:
        validated = tk.validate_action_data(schema)(function) if schema else function

        @wraps(function)
        def run(context: Context, data_dict: dict[str, Any]) -> Any:
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
class Share:
    """Value of an indicator: `count` of `of`, with the URLs of the records counted and of the rest."""

    count: int
    of: int
    list: str
    rest_list: str


@dataclass(frozen=True)
class Number:
    """Value of an indicator: a number with its unit (singular, plural), and the URL of the list behind it."""

    value: float
    unit: tuple[str, str] | None
    list: str


@dataclass(frozen=True)
class Panel:
    """Block of a page: `data` maps the page's values to those of `template`; None omits the block.

    `title` (a msgid) and `anchor` put it into the table of contents of the page. Panels of a place are ordered by
    `position`.
    """

    place: str
    position: int
    template: str
    data: Callable[[Values], Any]
    anchor: str = ""
    title: str = ""


@dataclass(frozen=True)
class PageLink:
    """Link on a page of the core: `label` is a msgid; `params` maps the page's values to those of `endpoint`."""

    place: str
    position: int
    label: str
    endpoint: str
    params: Callable[[Values], Mapping[str, Any]] = lambda values: {}
    when: Callable[[Values], bool] = lambda values: True
    media_type: str = ""
    icon: str = ""
    # Dataset types on whose pages the link of the site's navigation is highlighted.
    highlight: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutputFormat:
    """Serialization of a record: its `media_type` for content negotiation, its route, and the view behind it."""

    name: str
    media_type: str
    endpoint: str
    params: Mapping[str, str]
    respond: Callable[[str, str], ResponseReturnValue]


def record_params(values: Values) -> dict[str, str]:
    """Return the route parameters of the `dataset` of a page."""
    return {"package_type": values["dataset"]["type"], "id": values["dataset"]["name"]}


class RecordImport(Protocol):
    """Import source that a feature registers: a factory of functions that import one file."""

    def __call__(self, importer: Any, source_name: str | None) -> Callable[[str], Iterator[tuple[str, Any]]]:
        """Return a function that imports one file and yields (place, outcome)."""


def _functions(modules: Iterable[ModuleType], prefix: str) -> dict[str, Callable[..., Any]]:
    """Return the functions with a prefix that the modules define themselves, without those that they import."""
    return {
        name: each
        for module in modules
        for name, each in vars(module).items()
        if name.startswith(prefix) and getattr(each, "__module__", None) == module.__name__
    }


@dataclass(frozen=True)
class Feature:
    """Contributions of one capability. `templates` and `assets` tell whether the package has these folders."""

    name: str
    actions: Sequence[ModuleType] = ()
    chained_actions: Mapping[str, Action] = field(default_factory=dict)
    helpers: Sequence[ModuleType] = ()
    blueprints: Sequence[Blueprint] = ()
    commands: Sequence[click.Command] = ()
    templates: bool = False
    assets: bool = False
    panels: Sequence[Panel] = ()
    links: Sequence[PageLink] = ()
    # By the `source` that the standard's indicators name.
    indicators: Callable[[], Mapping[str, Share | Number | None]] = dict
    # Keys that the feature adds to the result of governance_city_show.
    city_content: Callable[[], Mapping[str, Any]] = dict
    formats: Callable[[], Sequence[OutputFormat]] = tuple
    importers: Callable[[], Mapping[str, RecordImport]] = dict
    # Entries for feeds of changes: of one dataset, or of all public ones.
    feed_entries: Callable[[Values | None], Sequence[dict[str, Any]]] = lambda dataset: ()
    # Response for a purged record, None if the feature has no trace of it.
    removed_record: Callable[[str], Response | None] = lambda id: None
    # Called once the options are known, and after each change of a dataset.
    start: Callable[[], None] = lambda: None
    dataset_changed: Callable[[Context, str, bool], None] = lambda context, id, new: None

    def declared_actions(self) -> dict[str, Action]:
        """Return the declared actions by name."""
        functions = _functions(self.actions, "governance_")
        return {name: function for name, function in functions.items() if declaration_of(function)}

    def auth_functions(self) -> dict[str, AuthFunction]:
        """Return the authorization function of each action by the action's name."""
        return {name: declaration_of(each).auth for name, each in self.declared_actions().items()}  # type: ignore[union-attr]

    def template_helpers(self) -> dict[str, Callable[..., Any]]:
        """Return the template helpers by name."""
        return _functions(self.helpers, HELPER_PREFIX)


@cache
def load(name: str) -> Feature:
    """Import the feature of a package; ModuleNotFoundError if it does not exist."""
    feature: Feature = import_module(f"{__package__}.{name}.feature").FEATURE
    return feature


def enabled() -> tuple[Feature, ...]:
    """Return the core and the features that are switched on, in the order in which they are listed in `config`."""
    return (load("governance"), *(load(name) for name in config.features()))


def panels(place: str, values: Values) -> list[dict[str, Any]]:
    """Return template, data, anchor and title of each panel of a place, without those that have no data."""
    registered = (panel for feature in enabled() for panel in feature.panels if panel.place == place)
    ordered = sorted(registered, key=lambda panel: panel.position)
    return [
        {"template": panel.template, "data": data, "anchor": panel.anchor, "title": panel.title}
        for panel in ordered
        if (data := panel.data(values)) is not None
    ]


def links(place: str, values: Values) -> list[PageLink]:
    """Return the links of a place, ordered by position."""
    registered = (link for feature in enabled() for link in feature.links if link.place == place and link.when(values))
    return sorted(registered, key=lambda link: link.position)


def formats() -> list[OutputFormat]:
    """Return the registered serializations of records."""
    return [each for one in enabled() for each in one.formats()]


def indicators() -> dict[str, Share | Number]:
    """Return the values of the indicators that features count by source, without those that have no value."""
    values = {name: value for one in enabled() for name, value in one.indicators().items()}
    return {name: value for name, value in values.items() if value is not None}


def city_content() -> dict[str, Any]:
    """Return the keys that features add to the result of governance_city_show."""
    return {name: value for one in enabled() for name, value in one.city_content().items()}


def feed_entries(dataset: Values | None = None) -> list[dict[str, Any]]:
    """Return the entries that features add to the feed of changes of a dataset, or of all public ones."""
    return [entry for one in enabled() for entry in one.feed_entries(dataset)]


def removed_record(id: str) -> Response | None:
    """Return the response for a purged record, None if no feature has a trace of it."""
    return next(filter(None, (one.removed_record(id) for one in enabled())), None)


def importers() -> dict[str, RecordImport]:
    """Return the registered import sources by name."""
    return {name: each for one in enabled() for name, each in one.importers().items()}


def get_actions() -> dict[str, Action]:
    """Return the declared actions of all enabled features by name."""
    return {name: function for one in enabled() for name, function in one.declared_actions().items()}


def call_if_enabled(action_name: str, context: Context, data_dict: dict[str, Any]) -> Any:
    """Call an action of another feature; return None if that feature is switched off."""
    try:
        function = tk.get_action(action_name)
    except KeyError:
        return None
    return function(context, data_dict)
