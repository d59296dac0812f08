"""Features: what one capability contributes to the portal, and the registry of those that are switched on.

A feature package `NAME` declares one `FEATURE` in `NAME/feature.py`. The plugin collects the features that the option
`ckanext.opensmartcity.features` names. Core pages know no feature: they show the panels, links and indicators that are
registered here. A feature that is off contributes nothing.
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

    Parameters are validated before the action runs. CKAN passes empty lists by every validator, so they are dropped.
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
    """Return how an action was declared, None where it is not declared by `action`."""
    found: ActionDeclaration | None = getattr(function, _DECLARATION, None)
    return found


@dataclass(frozen=True)
class Share:
    """Value of an indicator: `count` of `of`, with the addresses of both lists."""

    count: int
    of: int
    list: str
    rest_list: str


@dataclass(frozen=True)
class Number:
    """Value of an indicator: a number with its unit (singular, plural), and the address of the list behind it."""

    value: float
    unit: tuple[str, str] | None
    list: str


@dataclass(frozen=True)
class Panel:
    """Block of a page: `data` of the page's values goes to `template`; None leaves the block out.

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
    """Link on a page of others: `label` is a msgid; `params` of the page's values go to the route `endpoint`."""

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


class RecordImport(Protocol):
    """Source of an import, as a feature registers it: takes files and yields an outcome for each record."""

    def __call__(self, importer: Any, source_name: str | None) -> Callable[[str], Iterator[tuple[str, Any]]]:
        """Return a function that imports one file and yields (place, outcome)."""


def _functions(modules: Iterable[ModuleType], prefix: str) -> dict[str, Callable[..., Any]]:
    found = ((name, getattr(module, name)) for module in modules for name in dir(module) if name.startswith(prefix))
    # A module also holds what it imports from others.
    return {
        name: each
        for name, each in found
        if getattr(each, "__module__", None) in {module.__name__ for module in modules}
    }


@dataclass(frozen=True)
class Feature:
    """Everything that one capability contributes. `folder` names the package that holds `templates` and `assets`."""

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
    # Answer for a record that was purged, None where there never was one.
    removed_record: Callable[[str], Response | None] = lambda id: None
    # Called once the options are known, and after each change of a dataset.
    start: Callable[[], None] = lambda: None
    dataset_changed: Callable[[Context, str, bool], None] = lambda context, id, new: None

    def declared_actions(self) -> dict[str, Action]:
        """Return the declared actions by name."""
        found = _functions(self.actions, "governance_")
        return {name: function for name, function in found.items() if declaration_of(function)}

    def auth_functions(self) -> dict[str, AuthFunction]:
        """Return the authorization function of each action by the action's name."""
        return {name: declaration_of(each).auth for name, each in self.declared_actions().items()}  # type: ignore[union-attr]

    def template_helpers(self) -> dict[str, Callable[..., Any]]:
        """Return the template helpers by name."""
        return _functions(self.helpers, HELPER_PREFIX)


@cache
def load(name: str) -> Feature:
    """Return the feature of a package; ModuleNotFoundError where there is none."""
    found: Feature = import_module(f"{__package__}.{name}.feature").FEATURE
    return found


def enabled() -> tuple[Feature, ...]:
    """Return the core and the features that are switched on, in the order in which they are listed in `config`."""
    return (load("governance"), *(load(name) for name in config.features()))


def is_enabled(name: str) -> bool:
    """Tell whether a feature is switched on."""
    return name in config.features()


def panels(place: str, values: Values) -> list[dict[str, Any]]:
    """Return template, data, anchor and title of each panel of a place, without those that have nothing to show."""
    found = sorted((each for one in enabled() for each in one.panels if each.place == place), key=_position)
    filled = ((panel, panel.data(values)) for panel in found)
    return [
        {"template": panel.template, "data": data, "anchor": panel.anchor, "title": panel.title}
        for panel, data in filled
        if data is not None
    ]


def links(place: str, values: Values) -> list[PageLink]:
    """Return the links of a place in their order."""
    found = (each for one in enabled() for each in one.links if each.place == place and each.when(values))
    return sorted(found, key=_position)


def _position(contribution: Panel | PageLink) -> int:
    return contribution.position


def formats() -> list[OutputFormat]:
    """Return the serializations of records that are registered."""
    return [each for one in enabled() for each in one.formats()]


def indicators() -> dict[str, Share | Number]:
    """Return the values of the indicators that features count, by source; those without a value are left out."""
    found = {name: value for one in enabled() for name, value in one.indicators().items()}
    return {name: value for name, value in found.items() if value is not None}


def city_content() -> dict[str, Any]:
    """Return the keys that features add to the result of governance_city_show."""
    return {name: value for one in enabled() for name, value in one.city_content().items()}


def feed_entries(dataset: Values | None = None) -> list[dict[str, Any]]:
    """Return what features add to a feed of changes."""
    return [entry for one in enabled() for entry in one.feed_entries(dataset)]


def removed_record(id: str) -> Response | None:
    """Return the answer for a record that was purged, None where there never was one or nobody remembers it."""
    return next(filter(None, (one.removed_record(id) for one in enabled())), None)


def importers() -> dict[str, RecordImport]:
    """Return the sources of imports that features register, by name."""
    return {name: each for one in enabled() for name, each in one.importers().items()}


def get_actions() -> dict[str, Action]:
    """Return all declared actions that are switched on, by name."""
    return {name: function for one in enabled() for name, function in one.declared_actions().items()}
