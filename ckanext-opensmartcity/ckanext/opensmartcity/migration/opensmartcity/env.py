"""Alembic environment: connects to CKAN's database and keeps the version in a table of its own."""

from __future__ import annotations

from typing import Any

from alembic import context
from ckanext.opensmartcity.governance.model import metadata
from sqlalchemy import engine_from_config, pool

OPTIONS: dict[str, Any] = {"target_metadata": metadata, "version_table": "opensmartcity_alembic_version"}


def run_offline() -> None:
    """Print the statements."""
    context.configure(url=context.config.get_main_option("sqlalchemy.url"), literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Run the statements."""
    section = context.config.get_section(context.config.config_ini_section) or {}
    engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, include_name=_ours, **OPTIONS)
        with context.begin_transaction():
            context.run_migrations()


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or name in metadata.tables


if context.is_offline_mode():
    run_offline()
else:
    run_online()
