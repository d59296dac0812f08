"""The figures of the city page: what is counted of all records, declared in the language of conditions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .conditions import Condition, Names, compile_condition
from .facts import FACTS
from .model import AnswerType, RecordType, Standard
from .overlay import read_figure_sources
from .record_reader import Reading
from .yaml_source import Section, SourceError, nearest

_CHARACTERISTIC_KEYS = ("id", "label", "question")
# What a portal knows of its data beside the answers of records.
SOURCES = ("links", "questions_answered", "questions_in_time", "days_to_answer", "stories")
_OTHER_KEYS = ("id", "characteristic", "records", "title", "definition", "source")
_FIGURE_KEYS = ("id", "characteristic", "records", "title", "definition", "needs_home", "of", "where")
# What the search index can tell: it holds codes, who answered what, facts and dates, but not the answers themselves.
_COUNTABLE = ("answered", "outside_home")


@dataclass(frozen=True)
class Characteristic:
    """One trait of an Open Smart City, with the question that its figures answer."""

    id: str
    label: str
    question: str


@dataclass(frozen=True)
class Figure:
    """How many of some records are as they should be: `where` holds, among those for which `of` does."""

    id: str
    characteristic: str
    records: str
    title: str
    definition: str
    needs_home: bool
    of: Condition | None
    where: Condition

    def counts(self, reading: Reading) -> tuple[bool, bool]:
        """Tell of one record whether it is among those counted, and whether it is as it should be."""
        among = reading.record_type.type == self.records and (self.of is None or self.of.holds(reading))
        return among, among and self.where.holds(reading)


@dataclass(frozen=True)
class OtherFigure:
    """A figure that is not counted of answers: where the portal has no such source, it is left out."""

    id: str
    characteristic: str
    records: str
    title: str
    definition: str
    source: str


@dataclass(frozen=True)
class Figures:
    """All figures under the characteristics that they speak of, in order."""

    characteristics: tuple[Characteristic, ...]
    figures: Mapping[str, Figure]
    others: Mapping[str, OtherFigure] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    def of(self, characteristic: Characteristic) -> tuple[Figure, ...]:
        """Return the figures of one characteristic."""
        return tuple(figure for figure in self.figures.values() if figure.characteristic == characteristic.id)

    def others_of(self, characteristic: Characteristic) -> tuple[OtherFigure, ...]:
        """Return the figures of one characteristic that are not counted of answers."""
        return tuple(figure for figure in self.others.values() if figure.characteristic == characteristic.id)


def load_figures(standard: Standard, folder: Path, city: Path | None = None) -> Figures:
    """Load the figures, with a city's own laid over them; SourceError names file, line and reason."""
    section, own = read_figure_sources(folder, city)
    section.allow(("characteristics", "figures"))
    characteristics = {each.id: each for each in map(_characteristic, section.sections("characteristics"))}
    items = section.sections("figures")
    if len({item.text("id") for item in items}) < len(items):
        raise section.error("the id of a figure stands here twice", "figures")
    figures = _load((item for item in items if "source" not in item), standard, characteristics, own)
    others = (_other(item, standard, characteristics) for item in items if "source" in item)
    return Figures(
        tuple(characteristics.values()),
        {figure.id: figure for figure in figures},
        {figure.id: figure for figure in others},
        tuple(item.text("id") for item in items),
    )


def _characteristic(item: Section) -> Characteristic:
    item.allow(_CHARACTERISTIC_KEYS)
    return Characteristic(item.text("id"), item.text("label"), item.text("question"))


def _load(
    items: Iterable[Section], standard: Standard, characteristics: Collection[str], own: Collection[str] | None
) -> Iterable[Figure]:
    """Yield the figures; those of ours that ask for what a city dropped from its standard go with it."""
    for item in items:
        try:
            yield _figure(item, standard, characteristics)
        except SourceError:
            if own is None or item.get("id") in own:
                raise


def _figure(item: Section, standard: Standard, characteristics: Collection[str]) -> Figure:
    item.allow(_FIGURE_KEYS)
    _known(item, "characteristic", characteristics)
    _known(item, "records", standard.records)
    if not isinstance(item.get("needs_home", False), bool):
        raise item.error("'needs_home' must be true or false", "needs_home")
    names = _names(standard, standard.records[item.text("records")])
    where = _condition(item, "where", names)
    return Figure(
        id=item.text("id"),
        characteristic=item.text("characteristic"),
        records=item.text("records"),
        title=item.text("title"),
        definition=item.text("definition"),
        needs_home=item.get("needs_home", False),
        of=_condition(item, "of", names) if "of" in item else None,
        where=where,
    )


def _other(item: Section, standard: Standard, characteristics: Collection[str]) -> OtherFigure:
    item.allow(_OTHER_KEYS)
    _known(item, "characteristic", characteristics)
    _known(item, "records", standard.records)
    _known(item, "source", SOURCES)
    return OtherFigure(*(item.text(key) for key in _OTHER_KEYS))


def _known(item: Section, key: str, known: Collection[str]) -> None:
    if item.text(key) not in known:
        raise item.error(f"there is no '{item[key]}'{nearest(item[key], known)}", key)


def _names(standard: Standard, record: RecordType) -> Names:
    codes: dict[str, Collection[str] | None] = {
        name: standard.vocabulary_of(field).codes if field.type.is_coded else None
        for name, field in record.fields.items()
    }
    dates = {name for name, field in record.fields.items() if field.type is AnswerType.DATE}
    return Names(codes, dates, FACTS.keys())


def _condition(item: Section, key: str, names: Names) -> Condition:
    section = item.get(key)
    if not isinstance(section, Section):
        raise item.error(f"'{key}' must hold a condition", key)
    condition = compile_condition(section, names)
    _check_countable(section, names)
    return condition


def _check_countable(value: Any, names: Names) -> None:
    """Refuse what only a look at each record could tell: the index counts, and never walks."""
    if isinstance(value, list):
        for item in value:
            _check_countable(item, names)
    if not isinstance(value, Section):
        return
    for key, inner in value.items():
        if key in names.codes and isinstance(inner, Section):
            inner.allow(_COUNTABLE)
        else:
            _check_countable(inner, names)
