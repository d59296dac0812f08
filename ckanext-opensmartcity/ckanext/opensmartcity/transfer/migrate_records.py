"""Migration of stored records from an earlier version of the standard to the current one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .. import config
from ..governance.model.packages import records_with_extras
from ..governance.record_import import Refusal, Saver
from ..standard import DECLARED_FIELD
from ..standard.i18n import Translate
from ..standard.migration import VERSION_FIELD, MigrationNotice, NoPathError, migrate, recorded_version


@dataclass(frozen=True)
class MigrationResult:
    """Result for one record: original version, changed fields, notices, and refusals."""

    name: str
    origin: str
    fields: tuple[str, ...] = ()
    notices: tuple[MigrationNotice, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def migrate_all(saver: Saver, translate: Translate) -> Iterator[MigrationResult]:
    """Migrate all records of earlier versions and yield the results; skip records of the current version."""
    standard = config.standard()
    for row in records_with_extras(tuple(standard.types)):
        origin = recorded_version(standard, row["extras"] | {"type": row["type"]})
        if origin is not None and origin != standard.version:
            yield _migrate(saver, row, origin, translate)


def _migrate(saver: Saver, row: dict[str, Any], origin: str, translate: Translate) -> MigrationResult:
    stored = saver.show(row["id"])
    try:
        migrated = migrate(config.standard(), stored, translate=translate)
    except NoPathError as error:
        return MigrationResult(
            row["name"], origin, refusals=(Refusal(VERSION_FIELD, None, error.message.render(translate)),)
        )
    # An empty answer removes a field that the migrated record no longer has.
    changes = {name: value for name, value in migrated.record.items() if stored.get(name) != value}
    changes |= {name: {} if name == DECLARED_FIELD else "" for name in stored if name not in migrated.record}
    return MigrationResult(row["name"], origin, tuple(sorted(changes)), migrated.notices, saver.patch(stored, changes))
