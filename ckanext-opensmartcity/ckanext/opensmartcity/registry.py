"""Registry of features: those of this extension and of others, which of them are on, and what they contribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any, get_type_hints, is_typeddict

from ckan.plugins import PluginImplementations
from ckan.types import Action
from flask import Response

from . import config
from .contributions import DoctorCheck, Number, OutputFormat, PageLink, RecordImport, Share, Values
from .feature import Feature
from .interfaces import IOpenSmartCity
from .standard import Indicators

# The core feature, which cannot be switched off.
CORE = "governance"


@cache
def load(name: str) -> Feature:
    """Import the feature of a package of this extension; ModuleNotFoundError if it does not exist."""
    feature: Feature = import_module(f"{__package__}.{name}.feature").FEATURE
    return feature


def contributed() -> dict[str, Feature]:
    """Return the features of other extensions by name, whether or not they are on."""
    plugins = PluginImplementations(IOpenSmartCity)
    return {one.name: one for plugin in plugins for one in plugin.get_opensmartcity_features()}


def known() -> tuple[Feature, ...]:
    """Return the core and all features, whether or not they are on."""
    return load(CORE), *(load(name) for name in config.FEATURE_NAMES), *contributed().values()


def enabled() -> tuple[Feature, ...]:
    """Return the core and the features that are on: ours in the order of `config`, then those of other extensions."""
    others = contributed()
    return load(CORE), *(others.get(name) or load(name) for name in config.features(tuple(others)))


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
    """Return the links of a place that the options show, ordered by position."""
    option = config.LINK_OPTIONS.get(place)
    placed = (link for feature in enabled() for link in feature.links if link.place == place)
    shown = (link for link in placed if not (option and link.name) or config.is_shown(option, link.name))
    return sorted((link for link in shown if link.when(values)), key=lambda link: link.position)


def declared_formats() -> list[OutputFormat]:
    """Return the output formats of a record, also those that cannot be written on this portal."""
    return [each for one in enabled() for each in one.formats]


def formats() -> list[OutputFormat]:
    """Return the output formats of a record that can be written on this portal."""
    return [each for each in declared_formats() if each.unavailable() is None]


def indicators() -> Indicators:
    """Return the indicators of the city page: those of `figures.yaml`, and those that features word themselves."""
    sources = [source for one in known() for source in one.indicators]
    loaded = config.indicators(frozenset(name for source in sources for name in source.names))
    added = {each.id: each for one in enabled() for source in one.indicators for each in source.indicators}
    if not added:
        return loaded
    return replace(loaded, from_portal={**loaded.from_portal, **added}, order=(*loaded.order, *added))


def indicator_values() -> dict[str, Share | Number]:
    """Return the values of the indicators that features count, by source, without those that have no value."""
    sources = (source for one in enabled() for source in one.indicators)
    values = {name: value for source in sources for name, value in source.values().items()}
    return {name: value for name, value in values.items() if value is not None}


def doctor_checks() -> Iterator[DoctorCheck]:
    """Yield the checks of `ckan opensmartcity doctor`, the core's first."""
    return (check for one in enabled() for check in one.doctor_checks)


def city_types() -> list[Any]:
    """Return the TypedDicts of the keys that features add to the result of governance_city_show."""
    declared = [get_type_hints(one.city_content)["return"] for one in enabled() if one.city_content is not dict]
    return [each for each in declared if is_typeddict(each)]


def city_content() -> dict[str, Any]:
    """Return the keys that features add to the result of governance_city_show."""
    return {name: value for one in enabled() for name, value in one.city_content().items()}


def feed_entries(dataset: Values | None = None) -> list[dict[str, Any]]:
    """Return the entries that features add to the feed of changes of a dataset, or of all public ones."""
    return [entry for one in enabled() for entry in one.feed_entries(dataset)]


def changed_by(id: str) -> dict[str, Mapping[str, str]]:
    """Return who has changed each answer of a dataset last and when, by field; empty if no feature knows."""
    return {name: change for one in enabled() for name, change in one.changed_by(id).items()}


def removed_record(id: str) -> Response | None:
    """Return the response for a purged record, None if no feature has a trace of it."""
    return next(filter(None, (one.removed_record(id) for one in enabled())), None)


def importers() -> dict[str, RecordImport]:
    """Return the registered import sources by name: those of features, and those of their output formats."""
    own = {name: each for one in enabled() for name, each in one.importers.items()}
    return own | {each.name: each.importer for each in declared_formats() if each.importer}


def get_actions() -> dict[str, Action]:
    """Return the declared actions of all enabled features by name."""
    return {name: function for one in enabled() for name, function in one.declared_actions().items()}
