"""Indicators of the city page: counts over all records, declared in the condition language in `figures.yaml`.

An `Indicator` is counted from answers, by the search index or record by record. A `PortalIndicator` comes from another
source of the portal, such as link checks or questions of residents.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .conditions import compile_condition
from .model import Condition, Standard
from .overlay import read_indicator_sources
from .predicates import Names
from .record_reader import Reading
from .traits import expand_traits
from .yaml_source import Section, SourceError, nearest

_CHARACTERISTIC_KEYS = ("id", "label", "question")
_PORTAL_KEYS = ("id", "characteristic", "records", "title", "definition", "source")


@dataclass(frozen=True)
class Characteristic:
    """A characteristic of an open smart city, with the question that its indicators answer."""

    id: str
    label: str
    question: str


@dataclass(frozen=True)
class Indicator:
    """A share of records: those for which `where` holds, among those for which `of` holds."""

    id: str
    characteristic: str
    records: str
    title: str
    definition: str
    needs_home: bool
    of: Condition | None
    where: Condition

    def counts(self, reading: Reading) -> tuple[bool, bool]:
        """Return whether a record counts in the denominator, and whether it also counts in the numerator."""
        among = reading.record_type.type == self.records and (self.of is None or self.of.holds(reading))
        return among, among and self.where.holds(reading)


@dataclass(frozen=True)
class PortalIndicator:
    """An indicator from another source than answers. It is left out if the portal does not have that source."""

    id: str
    characteristic: str
    records: str
    title: str
    definition: str
    source: str


@dataclass(frozen=True)
class Indicators:
    """All indicators by id, their characteristics, their order in the file, and warnings about those left out."""

    characteristics: tuple[Characteristic, ...]
    counted: Mapping[str, Indicator]
    from_portal: Mapping[str, PortalIndicator] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    warnings: tuple[SourceError, ...] = ()

    def of(self, characteristic: Characteristic) -> tuple[Indicator, ...]:
        """Return the indicators of a characteristic that are counted from answers."""
        return tuple(each for each in self.counted.values() if each.characteristic == characteristic.id)

    def portal_indicators_of(self, characteristic: Characteristic) -> tuple[PortalIndicator, ...]:
        """Return the indicators of a characteristic that come from other sources."""
        return tuple(each for each in self.from_portal.values() if each.characteristic == characteristic.id)


def load_indicators(
    standard: Standard, folder: Path, city: Path | None = None, sources: Collection[str] | None = None
) -> Indicators:
    """Load `figures.yaml` with the overlay of a city. Raise SourceError with file and line if it is invalid.

    `sources` are the sources that an indicator may name; None accepts any, because only a portal knows them.
    Indicators of ours that use a field or code that the city dropped from its standard are left out, with a warning.
    """
    section, changed_ids = read_indicator_sources(folder, city)
    characteristics: dict[str, Characteristic] = {}
    for item in section.sections("characteristics"):
        characteristics[item.text("id")] = Characteristic(*(item.text(key) for key in _CHARACTERISTIC_KEYS))
    items = section.sections("figures")
    order = tuple(item.text("id") for item in items)
    if len(set(order)) < len(items):
        raise section.error("the id of an indicator is defined twice", "figures")
    counted: dict[str, Indicator] = {}
    from_portal: dict[str, PortalIndicator] = {}
    warnings: list[SourceError] = []
    for id, item in zip(order, items, strict=True):
        if "source" in item:
            from_portal[id] = _load_portal_indicator(item, standard, characteristics, sources)
            continue
        try:
            counted[id] = _load_indicator(item, standard, characteristics)
        except SourceError as error:
            if changed_ids is None or id in changed_ids:
                raise
            warnings.append(SourceError(error.file, error.line, f"the indicator '{id}' is left out: {error.reason}"))
    return Indicators(tuple(characteristics.values()), counted, from_portal, order, tuple(warnings))


def _load_indicator(item: Section, standard: Standard, characteristics: Collection[str]) -> Indicator:
    _check_reference(item, "characteristic", characteristics)
    _check_reference(item, "records", standard.records)
    fields = standard.records[item.text("records")].fields.values()
    names = Names(
        {each.name: each.type for each in fields},
        {each.name: standard.vocabulary_of(each).codes if each.type.is_coded else None for each in fields},
    )
    where = _load_condition(item, "where", names)
    return Indicator(
        id=item.text("id"),
        characteristic=item.text("characteristic"),
        records=item.text("records"),
        title=item.text("title"),
        definition=item.text("definition"),
        needs_home=item.get("needs_home", False),
        of=_load_condition(item, "of", names) if "of" in item else None,
        where=where,
    )


def _load_portal_indicator(
    item: Section, standard: Standard, characteristics: Collection[str], sources: Collection[str] | None
) -> PortalIndicator:
    _check_reference(item, "characteristic", characteristics)
    _check_reference(item, "records", standard.records)
    if sources is not None:
        _check_reference(item, "source", sources)
    return PortalIndicator(*(item.text(key) for key in _PORTAL_KEYS))


def _check_reference(item: Section, key: str, known: Collection[str]) -> None:
    if item.text(key) not in known:
        raise item.error(f"there is no '{item[key]}'{nearest(item[key], known)}", key)


def _load_condition(item: Section, key: str, names: Names) -> Condition:
    return compile_condition(expand_traits(item[key], names.codes), names, countable=True)
