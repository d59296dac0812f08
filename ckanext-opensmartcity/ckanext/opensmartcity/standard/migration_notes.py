"""Migration files of the standard: steps from one version to the next, each with a message for stewards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .versions import without_build
from .yaml_source import Section


@dataclass(frozen=True)
class Step:
    """Change of one question: renamed (`becomes`), recoded (`codes`), `removed`, or `asked` from now on.

    `codes` maps each old code to its new code, or to several among which a person must choose. `into` names the text
    field that receives the answer of a removed question.
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
        """Return whether the step applies to records of a type."""
        return self.record in (None, record_type)


@dataclass(frozen=True)
class Migration:
    """All steps from one version to another."""

    origin: str
    target: str
    title: str
    steps: tuple[Step, ...]


def load_migrations(sections: Iterable[Section]) -> tuple[Migration, ...]:
    """Load the migration files, which have the shape of their schema."""
    migrations = []
    for section in sections:
        steps = tuple(_load_step(item) for item in section.sections("steps"))
        migrations.append(Migration(section.text("from"), section.text("to"), section.text("title"), steps))
    return tuple(migrations)


def _load_step(item: Section) -> Step:
    name = item.text("field")
    codes = None
    if "codes" in item:
        codes = {old: (new.strip(),) if isinstance(new, str) else tuple(new) for old, new in item["codes"].items()}
    return Step(
        field=name,
        message=item.text("message"),
        label=item.optional_text("label") or name,
        record=item.optional_text("record"),
        becomes=item.optional_text("becomes"),
        codes=codes,
        removed=item.get("removed") is True,
        into=item.optional_text("into"),
        asked=item.get("asked") is True,
    )


def migration_path(migrations: Iterable[Migration], origin: str, target: str) -> tuple[Migration, ...] | None:
    """Return the shortest sequence of migrations between two versions (breadth-first), None if there is none."""
    every = tuple(migrations)
    paths: dict[str, tuple[Migration, ...]] = {origin: ()}
    queue = [origin]
    while queue:
        version = queue.pop(0)
        # Without migrations of a version, those of the version without the build suffix of a city apply.
        following = [each for each in every if each.origin == version] or [
            each for each in every if each.origin == without_build(version)
        ]
        if version == target or (version == without_build(target) and not following):
            return paths[version]
        for migration in following:
            if migration.target not in paths:
                paths[migration.target] = (*paths[version], migration)
                queue.append(migration.target)
    return None
