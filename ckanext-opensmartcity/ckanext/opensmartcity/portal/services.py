"""The three services together, and a command run beside them."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from . import postgres, solr, valkey
from .ckan_commands import ckan, environment_of, software
from .common import PortalError, say
from .service import Addresses, given, without_password
from .supervisor import Supervisor, supervised

INI = Path("test.ini")


def start(supervisor: Supervisor, *, durable: bool) -> Addresses:
    """Start what the person did not provide, and return all addresses once they answer."""
    for service in (postgres, valkey, solr):
        service.check_given()
    own = [service.NAME for service in (postgres, valkey, solr) if not given(service.VARIABLE)]
    if own:
        say(f"Starting {', '.join(own)}")
    solr_url, child = solr.start(supervisor)
    redis_url = valkey.start(supervisor, durable=durable)
    database_url = postgres.start(supervisor, durable=durable)
    solr.wait(solr_url, child)
    return Addresses(database=database_url, solr=solr_url, redis=redis_url)


def run_beside(folder: Path, command: list[str], name: str) -> int:
    """Run a command with services of its own, and return its exit code."""
    refuse_live_addresses(name)
    with supervised(folder) as supervisor:
        addresses = start(supervisor, durable=False)
        environment = environment_of(addresses)
        _ensure_tables(supervisor, addresses.database, environment)
        return _run(supervisor, command, environment)


def refuse_live_addresses(name: str) -> None:
    """Keep tests, which empty what they use, away from the addresses of a portal."""
    for variable in (postgres.VARIABLE, solr.VARIABLE):
        url = given(variable)
        if url and name not in urlsplit(url).path:
            raise PortalError(
                f"{variable}={without_password(url)} would be emptied: name a database or core with "
                f"{name!r} in its name, or unset {variable}."
            )
    if given(valkey.VARIABLE) and urlsplit(given(valkey.VARIABLE)).path in ("", "/", "/0"):
        raise PortalError(f"{valkey.VARIABLE} would be emptied: give it another database number than 0, as in …/1.")


def _ensure_tables(supervisor: Supervisor, database: str, environment: dict[str, str]) -> None:
    stamp = supervisor.folder / "prepared"
    present = software(str(INI))
    known = stamp.read_text(encoding="utf-8") if stamp.exists() else ""
    if known != present or not postgres.has_tables(database):
        say("Making the database's tables")
        supervisor.run("Database setup", [*ckan(INI), "db", "init"], environment)
        stamp.write_text(present, encoding="utf-8")


def _run(supervisor: Supervisor, command: list[str], environment: dict[str, str]) -> int:
    try:
        process = supervisor.foreground(command, environment)
    except FileNotFoundError:
        raise PortalError(f"There is no command {command[0]!r}: check its name and PATH.") from None
    try:
        return _exit_code(process.wait())
    except KeyboardInterrupt:
        _interrupt(process)
        raise


def _interrupt(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()


def _exit_code(code: int) -> int:
    return code if code >= 0 else 128 - code
