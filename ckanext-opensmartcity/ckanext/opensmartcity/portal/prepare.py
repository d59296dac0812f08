"""Prepare CKAN before it is served: tables, search index, sysadmin, and the signed ledger of the demo city.

Each step runs only if the installed software or the data changed since the last start. The first sysadmin then creates
all other content through the HTTP API.
"""

import json
import sys
from pathlib import Path

from . import configuration, demo, postgres, solr_server
from .ckan_commands import PACKAGE, ckan_command, ckan_environment, software_digest
from .common import echo, write_private
from .configuration import SITE_ID
from .service import Addresses, configured_url
from .supervisor import Supervisor

PLUGIN = "opensmartcity"
UNSIGNED_EVENTS = """
SELECT (SELECT count(*) FROM opensmartcity_event) - (SELECT coalesce(max(size), -1) FROM opensmartcity_checkpoint)
"""
WITHOUT_HISTORY = "SELECT count(*) FROM package WHERE id NOT IN (SELECT subject_id FROM opensmartcity_state)"


def prepare(supervisor: Supervisor, ini: Path, addresses: Addresses, plugins: str) -> None:
    """Create or migrate the tables, rebuild the search index and create the sysadmin, where that is needed."""
    stamp = supervisor.folder / "prepared.json"
    previous = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    current = {"software": software_digest(plugins), "database": configured_url(postgres.VARIABLE)}
    if is_unfinished(supervisor.folder, addresses, plugins):
        echo("The demo city was not loaded to its end: beginning again")
        supervisor.run("Database clean", [*ckan_command(ini), "db", "clean", "--yes"], ckan_environment())
    is_empty = not postgres.has_tables(addresses.database)
    if is_empty or previous.get("database") != current["database"]:
        demo.reset(supervisor.folder)
    if is_empty or previous != current:
        echo("Making the database's tables" if is_empty else "Bringing the database up to date")
        supervisor.run("Database setup", [*ckan_command(ini), "db", "upgrade"], ckan_environment())
    if needs_reindex(addresses) or (previous != current and not is_empty):
        echo("Rebuilding the search index")
        supervisor.run("Search index", [*ckan_command(ini), "search-index", "rebuild"], ckan_environment())
    ensure_sysadmin(supervisor, ini)
    if is_empty and PLUGIN in plugins.split():
        echo("Loading the demo city, with two years of its history")
        command = [sys.executable, "-m", f"{PACKAGE}.portal.demo_history", str(ini), str(supervisor.folder)]
        supervisor.run("Demo city", command, ckan_environment())
    write_private(stamp, json.dumps(current))


def is_unfinished(folder: Path, addresses: Addresses, plugins: str) -> bool:
    """Return whether the load of the city into the portal's own database was interrupted."""
    is_begun = not configured_url(postgres.VARIABLE) and postgres.has_tables(addresses.database)
    is_loaded = (folder / demo.STAMP).exists() or configuration.signing_key(folder).exists()
    return is_begun and not is_loaded and PLUGIN in plugins.split()


def ensure_sysadmin(supervisor: Supervisor, ini: Path) -> None:
    """Create the demo sysadmin unless the credentials are known."""
    if "sysadmin" in demo.read_credentials(supervisor.folder):
        return
    echo("Making the sysadmin")
    draft = supervisor.folder / "sysadmin.json"
    command = [sys.executable, "-m", f"{PACKAGE}.portal.administrator", str(ini), demo.sysadmin_name(), str(draft)]
    supervisor.run("Sysadmin", command, ckan_environment())
    demo.write_credentials(supervisor.folder, {"sysadmin": json.loads(draft.read_text(encoding="utf-8"))})
    draft.unlink()


def needs_reindex(addresses: Addresses) -> bool:
    """Return whether index and database hold different numbers of records."""
    rows = postgres.scalar(addresses.database, "SELECT count(*) FROM package WHERE state <> 'deleted'")
    return rows != solr_server.count(addresses.solr, SITE_ID)


def ensure_ledger_signed(supervisor: Supervisor, ini: Path, addresses: Addresses, plugins: str) -> None:
    """Generate the signing key on first use; begin missing histories and sign a checkpoint where that is needed.

    The first checkpoint is verified at once, so that the page of the ledger can show the result.
    """
    if PLUGIN not in plugins.split():
        return
    key = configuration.signing_key(supervisor.folder)
    is_first = not key.exists()
    if is_first:
        _run_ledger(supervisor, ini, "key", str(key))
        if postgres.scalar(addresses.database, WITHOUT_HISTORY):
            _run_ledger(supervisor, ini, "baseline")
    if postgres.scalar(addresses.database, UNSIGNED_EVENTS):
        echo("Signing the ledger")
        _run_ledger(supervisor, ini, "checkpoint")
    if is_first:
        _run_ledger(supervisor, ini, "verify")


def _run_ledger(supervisor: Supervisor, ini: Path, *words: str) -> None:
    supervisor.run("Ledger", [*ckan_command(ini), PLUGIN, "ledger", *words], ckan_environment())
