"""The `serve` command: start all services, CKAN and its worker, and load the demo city."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import configuration, demo, peer_cities, service, services
from .ckan_commands import PACKAGE, ckan_command, ckan_environment
from .client import Client
from .common import PortalError, echo
from .prepare import PLUGIN, ensure_ledger_signed, prepare
from .supervisor import Supervisor, supervised, wait_until

PLUGINS = "opensmartcity_demo opensmartcity scheming_datasets dcat"
WORKERS = 2
THREADS = 4


def serve(folder: Path, wanted_port: int, plugins: str) -> None:
    """Serve the portal until the user stops it; raise PortalError if one of its processes ends."""
    with supervised(folder) as supervisor:
        address = start(supervisor, wanted_port, plugins)
        print_logins(supervisor.folder, address)
        try:
            supervisor.watch()
        except KeyboardInterrupt:
            echo("Stopping the portal")


def start(supervisor: Supervisor, wanted_port: int, plugins: str) -> str:
    """Start everything and return the portal's URL."""
    addresses = services.start(supervisor, durable=True)
    port = service.next_free_port(wanted_port)
    if port != wanted_port:
        echo(f"Port {wanted_port} is taken: using {port}")
    address = f"http://{service.HOST}:{port}"
    peers = os.environ.get("OSC_PEERS", "").split() or start_peers(supervisor)
    ini = configuration.write(supervisor.folder, address, addresses, plugins, peers)
    prepare(supervisor, ini, addresses, plugins)
    start_web_server(supervisor, ini, port)
    supervisor.record.address = address
    supervisor.record.save()
    token = demo.read_credentials(supervisor.folder)["sysadmin"]["token"]
    demo.load_city(Client(address, token), supervisor.folder)
    with peers_compared(supervisor, ini, address, plugins):
        ensure_ledger_signed(supervisor, ini, addresses, plugins)
    start_worker(supervisor, ini)
    return address


def start_peers(supervisor: Supervisor) -> list[str]:
    """Serve the two invented cities of the comparison; return their addresses."""
    port = peer_cities.choose_port(supervisor.folder)
    program = [sys.executable, "-m", f"{PACKAGE}.portal.peer_cities"]
    supervisor.start("Peer cities", [*program, str(port), str(supervisor.folder / "peers")])
    return peer_cities.addresses(port)


@contextmanager
def peers_compared(supervisor: Supervisor, ini: Path, address: str, plugins: str) -> Iterator[None]:
    """Let CKAN fetch the indicators of the two cities meanwhile, unless it has them or others are configured."""
    stamp = supervisor.folder / "peers" / "fetched"
    if os.environ.get("OSC_PEERS") or stamp.exists() or PLUGIN not in plugins.split():
        yield
        return
    peer_cities.write(supervisor.folder, address)
    command = [*ckan_command(ini), PLUGIN, "peers", "fetch"]
    fetch = supervisor.start("Comparison", command, ckan_environment())
    yield
    try:
        supervisor.finish(fetch)
        stamp.touch()
    except PortalError as error:
        echo(f"The two other cities are left out: {error}")


def start_web_server(supervisor: Supervisor, ini: Path, port: int) -> None:
    """Start CKAN under gunicorn and wait until it responds."""
    echo("Starting CKAN")
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{service.HOST}:{port}", "--no-control-socket"]
    command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--timeout", "120", "--graceful-timeout", "5", "ckanext.opensmartcity.portal.wsgi:application"]
    child = supervisor.start("CKAN", command, ckan_environment(CKAN_INI=str(ini)))
    wait_until(Client(f"http://{service.HOST}:{port}").is_up, "CKAN", child, seconds=120)


def start_worker(supervisor: Supervisor, ini: Path) -> None:
    """Start CKAN's background worker, which also runs scheduled jobs such as signing the ledger."""
    supervisor.start("Worker", [*ckan_command(ini), "jobs", "worker"], ckan_environment())


def print_logins(folder: Path, address: str) -> None:
    """Print the demo logins, then the URL as the last line."""
    echo("Demo logins (passwords and API tokens also in " + str(folder / "credentials.json") + "):")
    for label, login in demo.read_credentials(folder).items():
        echo(f"  {label:<9} {login['name']:<16} {login['password']}")
    echo(f"Portal ready: {address}")
