"""The signed ledger of the demo city: a key of its own, and a checkpoint at each start that finds something new."""

from pathlib import Path

from . import configuration, postgres
from .commands import ckan, environment_with
from .console import say
from .service import Addresses
from .supervision import Supervisor

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
