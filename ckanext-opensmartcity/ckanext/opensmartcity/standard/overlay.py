"""YAML files of the standard with the overlay of a city: a city's own files add, change and drop items of ours.

The files of a city and the merged sections have the shape of their schemas. The loaders check what they refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .file_shape import CITY, MERGED_LISTS, check_shape
from .yaml_source import Section, nearest, read

RECORD_FILES = ("dataset.yaml", "algorithm.yaml")
VOCABULARIES = "vocabularies"
MIGRATIONS = "migrations"
CHANGELOG = "changelog.yaml"
SENTENCES = "sentences.yaml"
INDICATORS = "figures.yaml"
LINKED_DATA = "linked_data.yaml"
PLACEHOLDERS = "placeholders.yaml"
FACETS = "facets"
# Files of a city by name, with the kind of their schema.
_CITY_FILES = {
    "standard.yaml": f"{CITY}standard",
    "rules.yaml": f"{CITY}rules",
    CHANGELOG: "changelog",
    SENTENCES: f"{CITY}sentences",
    INDICATORS: f"{CITY}figures",
    LINKED_DATA: f"{CITY}linked_data",
    PLACEHOLDERS: f"{CITY}placeholders",
    **dict.fromkeys(RECORD_FILES, f"{CITY}record"),
}


@dataclass(frozen=True)
class Ours:
    """Files of the shipped standard before those of a city were merged into them."""

    schemas: tuple[Section, ...]
    vocabularies: Mapping[str, Section]
    rules: Section


@dataclass(frozen=True)
class Sources:
    """All files as sections, merged with those of a city, and what the city dropped: fields, and `vocabulary/code`.

    `ours` are the files before the merge, and `changes` those of the city by name; None and empty without a city.
    """

    head: Section
    schemas: tuple[Section, ...]
    vocabularies: Mapping[str, Section]
    rules: Section
    changelogs: tuple[Section, ...] = ()
    migrations: tuple[Section, ...] = ()
    sentences: Section | None = None
    linked_data: Section | None = None
    placeholders: Section | None = None
    dropped: frozenset[str] = frozenset()
    ours: Ours | None = None
    changes: Mapping[str, Section] = field(default_factory=dict)


def read_sources(folder: Path, city: Path | None = None) -> Sources:
    """Read the files of a standard and merge the folder of a city into them. Raise SourceError with file and line."""
    changes = _read_city(city) if city else {}
    folders = (city, folder) if city else (folder,)
    our_schemas, our_vocabularies = tuple(read(folder / name) for name in RECORD_FILES), _read_vocabularies(folder)
    our_rules = read(folder / "rules.yaml")
    city_vocabularies = _read_vocabularies(city) if city else {}
    for id, section in city_vocabularies.items():
        check_shape(section, f"{CITY}vocabulary" if id in our_vocabularies else "vocabulary")
    schemas = tuple(
        _merge(schema, changes.get(name), "record") for name, schema in zip(RECORD_FILES, our_schemas, strict=True)
    )
    vocabularies = {
        id: _merge(section, city_vocabularies.get(id), "vocabulary") for id, section in our_vocabularies.items()
    }
    dropped = {str(name) for file in RECORD_FILES if file in changes for name in changes[file].get("drop") or ()}
    for id, section in city_vocabularies.items():
        dropped |= {f"{id}/{code}" for code in section.get("drop") or ()}
    return Sources(
        head=_merge(read(folder / "standard.yaml"), changes.get("standard.yaml"), "standard"),
        schemas=schemas,
        vocabularies=vocabularies | {id: each for id, each in city_vocabularies.items() if id not in vocabularies},
        rules=_merge(our_rules, changes.get("rules.yaml"), "rules"),
        changelogs=tuple(_read(each / CHANGELOG, "changelog") for each in folders if (each / CHANGELOG).exists()),
        migrations=tuple(
            _read(path, "migration") for each in folders for path in sorted((each / MIGRATIONS).glob("*.yaml"))
        ),
        sentences=_read_optional(folder, changes, SENTENCES),
        linked_data=_read_optional(folder, changes, LINKED_DATA),
        placeholders=_read_optional(folder, changes, PLACEHOLDERS),
        dropped=frozenset(dropped),
        ours=Ours(our_schemas, our_vocabularies, our_rules) if city else None,
        changes={**changes, **{f"{VOCABULARIES}/{id}.yaml": each for id, each in city_vocabularies.items()}},
    )


def read_indicator_sources(folder: Path, city: Path | None = None) -> tuple[Section, frozenset[str] | None]:
    """Read the indicators with the overlay of a city, and the ids that the city changed, None without a city."""
    change = None
    if city and (city / INDICATORS).exists():
        change = _read(city / INDICATORS, f"{CITY}figures")
    merged = _merge(read(folder / INDICATORS), change, "figures")
    if change is None:
        return merged, frozenset() if city else None
    items = change.sections("figures") if "figures" in change else []
    return merged, frozenset(item.text("id") for item in items)


def _read(path: Path, kind: str) -> Section:
    """Read a file that has the shape of its kind."""
    section = read(path)
    check_shape(section, kind)
    return section


def _read_optional(folder: Path, changes: Mapping[str, Section], name: str) -> Section | None:
    """Return a file that a standard need not have, with the changes of a city; None if neither has it."""
    kind = name.removesuffix(".yaml")
    if (folder / name).exists():
        return _merge(read(folder / name), changes.get(name), kind)
    if name in changes:
        check_shape(changes[name], kind)
    return changes.get(name)


def _merge(base: Section, change: Section | None, kind: str) -> Section:
    """Return a file of ours with the changes of a city. The result has the shape of its kind."""
    merged = base if change is None else _extend_lists(base, change, MERGED_LISTS[kind])
    check_shape(merged, kind)
    return merged


def _read_city(city: Path) -> dict[str, Section]:
    for path in sorted(city.glob("*.yaml")):
        if path.name not in _CITY_FILES:
            message = f"the standard has no file '{path.name}'{nearest(path.name, _CITY_FILES)}"
            raise read(path).error(message)
    return {name: _read(city / name, kind) for name, kind in _CITY_FILES.items() if (city / name).exists()}


def _read_vocabularies(folder: Path) -> dict[str, Section]:
    return {path.stem: read(path) for path in sorted((folder / VOCABULARIES).glob("*.yaml"))}


def _extend_lists(base: Section, change: Section, lists: Mapping[str, str]) -> Section:
    """Merge the lists of a city into ours item by item, by their key. Other keys of the city replace ours."""
    dropped = frozenset(change.texts("drop")) if "drop" in change else frozenset()
    result = base.changed_by(change)
    result.pop("drop", None)
    known = {item.get(key) for name, key in lists.items() for item in base.sections(name)}
    for name in sorted(dropped - known):
        raise change.error(f"there is no '{name}' to drop{nearest(name, map(str, known))}", "drop")
    for name, key in lists.items():
        items = change.sections(name) if name in change else []
        result[name] = [item for item in _extend(base.sections(name), items, key) if item.get(key) not in dropped]
    if FACETS in base and FACETS not in change:
        result[FACETS] = [name for name in base.texts(FACETS) if name not in dropped]
    return result


def _extend(base: Iterable[Section], changes: Iterable[Section], key: str) -> list[Section]:
    """Update items by their key. Insert new ones behind the item that their `after` names, else at the end."""
    merged = {str(item.get(key)): item for item in base}
    added: list[Section] = []
    for change in changes:
        name = change.text(key)
        if name in merged:
            merged[name] = merged[name].changed_by(change)
        else:
            added.append(change)
    items = list(merged.values())
    for item in added:
        after = item.optional_text("after")
        names = [str(other.get(key)) for other in items]
        if after is not None and after not in names:
            raise item.error(f"there is no '{after}' to stand after{nearest(after, names)}", "after")
        items.insert(names.index(after) + 1 if after is not None else len(items), item)
        item.pop("after", None)
    return items
