"""Start PostgreSQL, Valkey and Solr together, and the `services` command that runs a command beside them."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from . import postgres, solr_server, valkey
from .ckan_commands import ckan_command, service_environment, software_digest
from .common import PortalError, echo
from .service import Addresses, configured_url, redact_password
from .supervisor import Supervisor, supervised

INI = Path("test.ini")


def start(supervisor: Supervisor, *, durable: bool) -> Addresses:
    """Start the services that no variable configures, wait until all respond, and return their addresses."""
    for service in (postgres, valkey, solr_server):
        service.check_configured()
    own = [service.NAME for service in (postgres, valkey, solr_server) if not configured_url(service.VARIABLE)]
    if own:
        echo(f"Starting {', '.join(own)}")
    solr_url, child = solr_server.start(supervisor)
    redis_url = valkey.start(supervisor, durable=durable)
    database_url = postgres.start(supervisor, durable=durable)
    solr_server.wait(solr_url, child)
    return Addresses(database=database_url, solr=solr_url, redis=redis_url)


def run_beside(folder: Path, command: list[str], name: str) -> int:
    """Run a command with its own services and CKAN's tables, and return its exit code."""
    refuse_live_addresses(name)
    with supervised(folder) as supervisor:
        addresses = start(supervisor, durable=False)
        environment = service_environment(addresses)
        stamp = supervisor.folder / "prepared"
        current = software_digest(str(INI))
        previous = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
        if previous != current or not postgres.has_tables(addresses.database):
            echo("Making the database's tables")
            supervisor.run("Database setup", [*ckan_command(INI), "db", "init"], environment)
            stamp.write_text(current, encoding="utf-8")
        return _run_foreground(supervisor, command, environment)


def refuse_live_addresses(name: str) -> None:
    """Raise PortalError if a configured service may be a live portal's, because tests empty what they use."""
    for variable in (postgres.VARIABLE, solr_server.VARIABLE):
        url = configured_url(variable)
        if url and name not in urlsplit(url).path:
            raise PortalError(
                f"{variable}={redact_password(url)} would be emptied: name a database or core with "
                f"{name!r} in its name, or unset {variable}."
            )
    if configured_url(valkey.VARIABLE) and urlsplit(configured_url(valkey.VARIABLE)).path in ("", "/", "/0"):
        raise PortalError(f"{valkey.VARIABLE} would be emptied: give it another database number than 0, as in …/1.")


def _run_foreground(supervisor: Supervisor, command: list[str], environment: dict[str, str]) -> int:
    """Run a command on the terminal; return its exit code, 128 plus the signal number if a signal ended it."""
    try:
        process = supervisor.start_foreground(command, environment)
    except FileNotFoundError:
        raise PortalError(f"There is no command {command[0]!r}: check its name and PATH.") from None
    try:
        code = process.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        raise
    return code if code >= 0 else 128 - code
