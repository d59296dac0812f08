"""Validation of what features contribute: types, names that clash, places and addresses that do not exist.

Every mistake is a CkanConfigurationException of one line, which stops the start and names the feature. The author of
another extension sees it at the first start instead of a traceback of a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from types import ModuleType
from typing import Any, get_args

import click
from ckan.exceptions import CkanConfigurationException
from ckan.plugins import PluginImplementations
from flask import Blueprint

from . import config, registry
from .contributions import DoctorCheck, IndicatorSource, LinkPlace, OutputFormat, PageLink, Panel, PanelPlace
from .feature import Feature
from .interfaces import IOpenSmartCity
from .standard.predicates import register
from .standard.yaml_source import nearest

# Contributions of a feature that are sequences, with the type of their items.
_TYPES: Mapping[str, type] = {
    "actions": ModuleType,
    "helpers": ModuleType,
    "blueprints": Blueprint,
    "commands": click.Command,
    "panels": Panel,
    "links": PageLink,
    "formats": OutputFormat,
    "indicators": IndicatorSource,
    "doctor_checks": DoctorCheck,
}
# What a feature names, and how to list the names. No two features may use the same.
_NAMES: Mapping[str, Callable[[Feature], Iterable[str]]] = {
    "feature": lambda one: [one.name],
    "action": Feature.declared_actions,
    "chained action": lambda one: one.chained_actions,
    "template helper": Feature.template_helpers,
    "blueprint": lambda one: [each.name for each in one.blueprints],
    "command": lambda one: [str(each.name) for each in one.commands],
    "output format": lambda one: [each.name for each in one.formats],
    "suffix of output formats": lambda one: [each.suffix for each in one.formats],
    "media type to negotiate": lambda one: [each.media_type for each in one.formats if each.negotiated],
    "indicator source": lambda one: [name for source in one.indicators for name in source.names],
    "indicator": lambda one: [each.id for source in one.indicators for each in source.indicators],
    "import source": lambda one: [*one.importers, *(each.name for each in one.formats if each.importer)],
    "doctor check": lambda one: [each.id for each in one.doctor_checks],
    "gauge": lambda one: [name for each in one.doctor_checks for name in each.gauges],
}
_FEATURE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FORMAT_NAME = re.compile(r"[a-z][a-z0-9_]*")
_GAUGE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SUFFIX = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
# Keys in the links of a record that are not formats, and the media type of the page itself.
_PAGES, _HTML = ("dataset", "html"), "text/html"


def register_predicates() -> None:
    """Register the predicates of other extensions. Call it before the standard is loaded."""
    for plugin in PluginImplementations(IOpenSmartCity):
        for predicate in plugin.get_opensmartcity_predicates():
            try:
                if not isinstance(predicate, type):
                    raise ValueError(f"{predicate!r} is not a class")
                register(predicate)
            except ValueError as error:
                where = f"{type(plugin).__name__}.get_opensmartcity_predicates"
                raise CkanConfigurationException(f"{where}: {error}") from error


def check_contributions() -> None:
    """Validate the features of other extensions, and the names of all features."""
    for plugin in PluginImplementations(IOpenSmartCity):
        features, where = plugin.get_opensmartcity_features(), type(plugin).__name__
        if isinstance(features, str) or not isinstance(features, Sequence):
            raise CkanConfigurationException(
                f"{where}.get_opensmartcity_features must return a list of Feature, not {type(features).__name__}"
            )
        for one in features:
            if not isinstance(one, Feature):
                raise CkanConfigurationException(
                    f"{where}.get_opensmartcity_features returns {type(one).__name__} where Feature is expected"
                )
            _raise_first(one, _type_errors(one))
    for one in _all_features():
        _raise_first(one, _value_errors(one))
    _check_names()


def check_switches() -> None:
    """Validate the options that name which of our links and badges pages of CKAN show."""
    names: dict[str, list[str]] = {option: [] for option in config.LINK_OPTIONS.values()}
    for link in (link for one in registry.known() for link in one.links if link.name):
        if link.place in config.LINK_OPTIONS:
            names[config.LINK_OPTIONS[link.place]].append(link.name)
    for option, known in names.items():
        config.require_known(option, known, "a link")
    config.require_known(config.LIST_BADGES, config.BADGES, "a badge")


def check_indicators() -> None:
    """Validate the indicators that features word themselves, and load those of `figures.yaml`."""
    standard = config.standard()
    added = {each.id for one in registry.enabled() for source in one.indicators for each in source.indicators}
    indicators = registry.indicators()
    shipped = len(indicators.order) - len(added)
    known = [each.id for each in indicators.characteristics]
    for one in registry.enabled():
        for source in one.indicators:
            for each in source.indicators:
                if each.id in indicators.order[:shipped]:
                    _raise_first(one, [f"indicator '{each.id}' is one of figures.yaml"])
                if each.characteristic not in known:
                    hint = nearest(each.characteristic, known)
                    _raise_first(one, [f"indicator '{each.id}': no characteristic '{each.characteristic}'{hint}"])
                if each.records not in standard.records:
                    _raise_first(one, [f"indicator '{each.id}': no record type '{each.records}'"])
                if each.source not in source.names:
                    _raise_first(one, [f"indicator '{each.id}': its source must name one of its IndicatorSource"])


def _all_features() -> Iterator[Feature]:
    """Yield the features of this extension and of others, also those that share a name."""
    yield from (registry.load(name) for name in (registry.CORE, *config.FEATURE_NAMES))
    for plugin in PluginImplementations(IOpenSmartCity):
        yield from plugin.get_opensmartcity_features()


def _raise_first(one: Feature, errors: Iterable[str]) -> None:
    for error in errors:
        raise CkanConfigurationException(f"The feature {one.name!r} is invalid: {error}")


def _type_errors(one: Feature) -> Iterator[str]:
    for name, expected in _TYPES.items():
        items: Any = getattr(one, name)
        if isinstance(items, str) or not isinstance(items, Sequence):
            yield f"{name} must be a list of {expected.__name__}, not {type(items).__name__}"
            return
        for position, item in enumerate(items):
            if not isinstance(item, expected):
                yield f"{name}[{position}] must be {expected.__name__}, not {type(item).__name__}"
    if not isinstance(one.name, str) or not _FEATURE_NAME.fullmatch(one.name):
        yield "its name must be of lower-case letters, digits and _"
    if not one.package and (one.templates or one.assets):
        yield "package must name the package that holds templates and assets"
    if one.package and find_spec(one.package) is None:
        yield f"there is no package {one.package!r}"


def _value_errors(one: Feature) -> Iterator[str]:
    for kind, places, items in (("panel", PanelPlace, one.panels), ("link", LinkPlace, one.links)):
        for item in items:
            if item.place not in get_args(places):
                yield f"a {kind} names the place {item.place!r}{nearest(item.place, get_args(places))}"
    for each in one.formats:
        if not _FORMAT_NAME.fullmatch(each.name) or each.name in _PAGES:
            yield f"output format {each.name!r}: the name must be of lower-case letters, digits and _"
        if not _SUFFIX.fullmatch(each.suffix):
            yield f"output format {each.name!r}: the suffix {each.suffix!r} must be like json or ngsi-ld.jsonld"
        if not _MEDIA_TYPE.fullmatch(each.media_type) or each.media_type == _HTML:
            yield f"output format {each.name!r}: {each.media_type!r} is not a media type for it"
    for name in (name for each in one.doctor_checks for name in each.gauges):
        if not _GAUGE_NAME.fullmatch(name):
            yield f"gauge {name!r}: the name must be of lower-case letters, digits and _"


def _check_names() -> None:
    for kind, names in _NAMES.items():
        owners: dict[str, str] = {}
        for one in _all_features():
            for name in names(one):
                if name in owners:
                    raise CkanConfigurationException(
                        f"The {kind} {name!r} is declared twice: by the features {owners[name]!r} and {one.name!r}"
                    )
                owners[name] = one.name
