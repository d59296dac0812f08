"""Notes from one version of a standard to the next: for people in words, for programs in steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .versions import without_build
from .yaml_source import Section

_NOTE_KEYS = ("from", "to", "title", "steps")
_STEP_KEYS = ("asked", "becomes", "codes", "field", "into", "label", "message", "record", "removed")


@dataclass(frozen=True)
class Step:
    """What happens to one question: a new name, new codes, gone, or asked from now on.

    `codes` gives for an old code the new one, or several where somebody must choose. `into` names the text that takes
    the answer of a question that is gone.
    """

    field: str
    message: str
    label: str
    record: str | None = None
    becomes: str | None = None
    codes: Mapping[str, tuple[str, ...]] | None = None
    removed: bool = False
    into: str | None = None
    asked: bool = False

    def concerns(self, record_type: str) -> bool:
        """Tell whether the step is about records of a type."""
        return self.record in (None, record_type)


@dataclass(frozen=True)
class Migration:
    """All steps from one version to another."""

    origin: str
    target: str
    title: str
    steps: tuple[Step, ...]


def load_migrations(sections: Iterable[Section]) -> tuple[Migration, ...]:
    """Read the notes; SourceError names file, line and reason."""
    return tuple(_load(section) for section in sections)


def _load(section: Section) -> Migration:
    section.allow(_NOTE_KEYS)
    steps = tuple(_load_step(item) for item in section.sections("steps"))
    return Migration(section.text("from"), section.text("to"), section.text("title"), steps)


def _load_step(item: Section) -> Step:
    item.allow(_STEP_KEYS)
    name = item.text("field")
    if sum(key in item for key in ("becomes", "removed", "asked")) + ("codes" in item and "becomes" not in item) != 1:
        raise item.error(
            "a step says one of 'becomes', 'codes', 'removed' and 'asked'; 'codes' may stand beside 'becomes'"
        )
    if "into" in item and "removed" not in item:
        raise item.error("'into' stands beside 'removed' only", "into")
    return Step(
        field=name,
        message=item.text("message"),
        label=item.optional_text("label") or name,
        record=item.optional_text("record"),
        becomes=item.optional_text("becomes"),
        codes=_load_codes(item) if "codes" in item else None,
        removed=item.get("removed") is True,
        into=item.optional_text("into"),
        asked=item.get("asked") is True,
    )


def _load_codes(item: Section) -> dict[str, tuple[str, ...]]:
    codes = item["codes"]
    if not isinstance(codes, Section) or not codes:
        raise item.error("'codes' must give a new code for each old one", "codes")
    return {old: (codes.text(old),) if isinstance(codes[old], str) else tuple(codes.texts(old)) for old in codes}


def path(migrations: Iterable[Migration], origin: str, target: str) -> tuple[Migration, ...] | None:
    """Return the notes that lead from one version to another, the fewest; None where they do not lead there."""
    known = tuple(migrations)
    reached: dict[str, tuple[Migration, ...]] = {origin: ()}
    waiting = [origin]
    while waiting:
        here = waiting.pop(0)
        if here == target or (here == without_build(target) and not _leaves(known, here)):
            return reached[here]
        for note in _leaves(known, here):
            if note.target not in reached:
                reached[note.target] = (*reached[here], note)
                waiting.append(note.target)
    return None


def _leaves(migrations: Iterable[Migration], version: str) -> list[Migration]:
    """Return the notes that begin at a version, with or without the mark of a city behind it."""
    exact = [note for note in migrations if note.origin == version]
    return exact or [note for note in migrations if note.origin == without_build(version)]
