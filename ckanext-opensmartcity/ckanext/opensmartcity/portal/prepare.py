"""Brings database and search index to what the installed software needs, and only when they differ."""
# MERGED The signed ledger of the demo city: a key of its own, and a checkpoint at each start that finds something new.

import json
import sys
from pathlib import Path

from . import configuration, demo, postgres, solr
from .ckan_commands import PACKAGE, ckan, environment_with, software
from .common import say, write_private
from .configuration import SITE_ID
from .service import Addresses, given
from .supervisor import Supervisor


def prepare(supervisor: Supervisor, ini: Path, addresses: Addresses, plugins: str) -> None:
    """Make or migrate the tables, renew the index, and see to it that there is a sysadmin."""
    stamp = supervisor.folder / "prepared.json"
    known = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    present = {"software": software(plugins), "database": given(postgres.VARIABLE)}
    empty = not postgres.has_tables(addresses.database)
    if empty or known.get("database") != present["database"]:
        demo.forget(supervisor.folder)
    if empty or known != present:
        say("Making the database's tables" if empty else "Bringing the database up to date")
        supervisor.run("Database setup", [*ckan(ini), "db", "upgrade"], environment_with())
    if needs_index(addresses) or (known != present and not empty):
        say("Rebuilding the search index")
        supervisor.run("Search index", [*ckan(ini), "search-index", "rebuild"], environment_with())
    ensure_administrator(supervisor, ini)
    write_private(stamp, json.dumps(present))


def ensure_administrator(supervisor: Supervisor, ini: Path) -> None:
    """Make the sysadmin of the demo logins if they are not known."""
    if "sysadmin" in demo.credentials(supervisor.folder):
        return
    say("Making the sysadmin")
    draft = supervisor.folder / "sysadmin.json"
    command = [sys.executable, "-m", f"{PACKAGE}.portal.administrator", str(ini), demo.sysadmin_name(), str(draft)]
    supervisor.run("Sysadmin", command, environment_with())
    demo.keep(supervisor.folder, {"sysadmin": json.loads(draft.read_text(encoding="utf-8"))})
    draft.unlink()


def needs_index(addresses: Addresses) -> bool:
    """Tell whether index and database hold different numbers of records."""
    rows = postgres.value(addresses.database, "SELECT count(*) FROM package WHERE state <> 'deleted'")
    return rows != solr.count(addresses.solr, SITE_ID)


PLUGIN = "opensmartcity"
UNSIGNED = """
SELECT (SELECT count(*) FROM opensmartcity_event) - (SELECT coalesce(max(size), -1) FROM opensmartcity_checkpoint)
"""


def ensure_signed(supervisor: Supervisor, ini: Path, addresses: Addresses, plugins: str) -> None:
    """Make the key if there is none, begin histories that are missing, and sign what is not signed yet."""
    if PLUGIN not in plugins.split():
        return
    key = configuration.signing_key(supervisor.folder)
    if not key.exists():
        _run(supervisor, ini, "key", str(key))
        _run(supervisor, ini, "baseline")
    if postgres.value(addresses.database, UNSIGNED):
        say("Signing the ledger")
        _run(supervisor, ini, "checkpoint")


def _run(supervisor: Supervisor, ini: Path, *words: str) -> None:
    supervisor.run("Ledger", [*ckan(ini), PLUGIN, "ledger", *words], environment_with())
