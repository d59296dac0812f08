"""The files of the standard, and a city's own files laid over them, before anything is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .yaml_source import Section, nearest, read

RECORD_FILES = ("dataset.yaml", "algorithm.yaml")
VOCABULARIES = "vocabularies"
MIGRATIONS = "migrations"
CHANGELOG = "changelog.yaml"
SENTENCES = "sentences.yaml"
FIGURES = "figures.yaml"
_CITY_FILES = ("standard.yaml", "rules.yaml", CHANGELOG, SENTENCES, FIGURES, *RECORD_FILES)


@dataclass(frozen=True)
class Sources:
    """Every file as sections: ours, changed and completed by a city's."""

    head: Section
    schemas: tuple[Section, ...]
    vocabularies: Mapping[str, Section]
    rules: Section
    changelogs: tuple[Section, ...] = ()
    migrations: tuple[Section, ...] = ()
    sentences: Section | None = None
    dropped: frozenset[str] = frozenset()


def read_sources(folder: Path, city: Path | None = None) -> Sources:
    """Read the files of a standard and lay a city's folder over them; SourceError names file, line and reason."""
    over = _read_city(city) if city else {}
    places = (city, folder) if city else (folder,)
    lists = _read_vocabularies(city) if city else {}
    return Sources(
        head=_over(read(folder / "standard.yaml"), over.get("standard.yaml")),
        schemas=tuple(_extend_schema(read(folder / name), over.get(name)) for name in RECORD_FILES),
        vocabularies=_extend_vocabularies(_read_vocabularies(folder), lists),
        rules=_extend_lists(read(folder / "rules.yaml"), over.get("rules.yaml"), {"rules": "id"}),
        changelogs=tuple(read(place / CHANGELOG) for place in places if (place / CHANGELOG).exists()),
        migrations=tuple(read(path) for place in places for path in sorted((place / MIGRATIONS).glob("*.yaml"))),
        sentences=_read_sentences(folder, over.get(SENTENCES)),
        dropped=_dropped((over[name] for name in RECORD_FILES if name in over), lists),
    )


def _dropped(schemas: Iterable[Section], vocabularies: Mapping[str, Section]) -> frozenset[str]:
    """Return what a city leaves out: fields by name, codes as `vocabulary/code`."""
    fields = {str(name) for schema in schemas for name in schema.get("drop") or ()}
    return frozenset(
        fields | {f"{name}/{code}" for name, each in vocabularies.items() for code in each.get("drop") or ()}
    )


def _read_sentences(folder: Path, change: Section | None) -> Section | None:
    """Read how answers are told; a standard without sentences tells them by their labels."""
    if not (folder / SENTENCES).exists():
        return change
    return _extend_lists(read(folder / SENTENCES), change, {"path": "id", "sentences": "id"})


def read_figure_sources(folder: Path, city: Path | None = None) -> tuple[Section, frozenset[str] | None]:
    """Read the figures with a city's laid over them, and the ids of what the city changes; None without a city."""
    ours = read(folder / FIGURES)
    change = read(city / FIGURES) if city and (city / FIGURES).exists() else None
    if change is None:
        return ours, frozenset() if city else None
    change.allow(("characteristics", "figures", "drop"))
    own = frozenset(item.text("id") for item in change.sections("figures")) if "figures" in change else frozenset()
    return _extend_lists(ours, change, {"characteristics": "id", "figures": "id"}), own


def _read_city(city: Path) -> dict[str, Section]:
    for path in sorted(city.glob("*.yaml")):
        if path.name not in _CITY_FILES:
            raise _misplaced(path)
    return {name: read(city / name) for name in _CITY_FILES if (city / name).exists()}


def _misplaced(path: Path) -> Exception:
    section = read(path)
    return section.error(f"the standard has no file '{path.name}'{nearest(path.name, _CITY_FILES)}")


def _read_vocabularies(folder: Path) -> dict[str, Section]:
    return {path.stem: read(path) for path in sorted((folder / VOCABULARIES).glob("*.yaml"))}


def _over(base: Section, change: Section | None) -> Section:
    return base.changed_by(change) if change else base


def _extend_schema(base: Section, change: Section | None) -> Section:
    if change is None:
        return base
    change.allow(("groups", "dataset_fields", "drop"))
    return _extend_lists(base, change, {"groups": "id", "dataset_fields": "field_name"})


def _extend_vocabularies(base: Mapping[str, Section], changes: Mapping[str, Section]) -> dict[str, Section]:
    changed = {name: _extend_lists(section, changes.get(name), {"codes": "code"}) for name, section in base.items()}
    return {**changed, **{name: section for name, section in changes.items() if name not in base}}


def _extend_lists(base: Section, change: Section | None, lists: Mapping[str, str]) -> Section:
    """Lay a city's lists over ours, item by item; whatever else it says stands instead of ours."""
    if change is None:
        return base
    dropped = frozenset(change.texts("drop")) if "drop" in change else frozenset()
    result = base.changed_by(change)
    result.pop("drop", None)
    known = {item.get(key) for name, key in lists.items() for item in base.sections(name)}
    for name in sorted(dropped - known):
        raise change.error(f"there is no '{name}' to drop{nearest(name, map(str, known))}", "drop")
    for name, key in lists.items():
        items = change.sections(name) if name in change else []
        result[name] = [item for item in _extend(base.sections(name), items, key) if item.get(key) not in dropped]
    return result


def _extend(base: Iterable[Section], changes: Iterable[Section], key: str) -> list[Section]:
    merged = {str(item.get(key)): item for item in base}
    added: list[Section] = []
    for change in changes:
        name = change.text(key)
        if name in merged:
            merged[name] = merged[name].changed_by(change)
        else:
            added.append(change)
    return _placed(list(merged.values()), added, key)


def _placed(items: list[Section], added: list[Section], key: str) -> list[Section]:
    """Put each added item behind the one that its `after` names, else at the end of its group or list."""
    for item in added:
        after = item.optional_text("after")
        names = [str(other.get(key)) for other in items]
        if after is not None and after not in names:
            raise item.error(f"there is no '{after}' to stand after{nearest(after, names)}", "after")
        items.insert(names.index(after) + 1 if after is not None else len(items), _without_place(item))
    return items


def _without_place(item: Section) -> Section:
    item.pop("after", None)
    return item
