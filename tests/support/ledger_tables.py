"""Reset the ledger: triggers prevent deleting rows, the test helpers of CKAN drop the tables, and keys keep a mark."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckanext.opensmartcity.governance.model import metadata
from ckanext.opensmartcity.ledger.high_water_mark import HighWaterMark

INI = str(files("ckanext.opensmartcity") / "migration/opensmartcity/alembic.ini")


def renew():
    """Apply the migrations if tables are missing, otherwise empty the tables with their triggers disabled.

    The high-water marks of the configured key are deleted: its next log is another one.
    """
    model.Session.remove()
    key = config.get("ckanext.opensmartcity.signing_key")
    if key:
        mark = HighWaterMark(Path(key))
        for path in (mark.path, mark.abandoned):
            path.unlink(missing_ok=True)
    if not sa.inspect(model.meta.engine).has_table("opensmartcity_event"):
        migrate()
        return
    tables = [table.name for table in metadata.sorted_tables]
    with model.meta.engine.begin() as connection:
        for name in tables:
            connection.execute(sa.text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
        connection.execute(sa.text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"))
        for name in tables:
            connection.execute(sa.text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))


def migrate():
    """Run the migrations like `ckan db upgrade -p opensmartcity`, also if no plugin is loaded."""
    original, model.repo._alembic_ini = model.repo._alembic_ini, INI
    try:
        model.repo.upgrade_db()
    finally:
        model.repo._alembic_ini = original
