"""`serve`: from nothing, or from a data folder, to a portal that answers."""

import sys
from pathlib import Path

from . import configuration, demo, service, services
from .ckan_commands import ckan, environment_with
from .client import Client
from .common import say
from .prepare import ensure_signed, prepare
from .supervisor import Supervisor, supervised, wait_until

PLUGINS = "opensmartcity scheming_datasets dcat"
WORKERS = 2
THREADS = 4


def serve(folder: Path, wanted_port: int, plugins: str) -> None:
    """Serve the portal until it is stopped or a part of it dies."""
    with supervised(folder) as supervisor:
        address = start(supervisor, wanted_port, plugins)
        announce(supervisor.folder, address)
        try:
            supervisor.watch()
        except KeyboardInterrupt:
            say("Stopping the portal")


def start(supervisor: Supervisor, wanted_port: int, plugins: str) -> str:
    """Start everything and return the portal's address."""
    addresses = services.start(supervisor, durable=True)
    port = choose_port(wanted_port)
    address = f"http://{service.HOST}:{port}"
    ini = configuration.write(supervisor.folder, address, addresses, plugins)
    prepare(supervisor, ini, addresses, plugins)
    start_web_server(supervisor, ini, port)
    supervisor.record.address = address
    supervisor.record.save()
    load_demo(supervisor.folder, address)
    ensure_signed(supervisor, ini, addresses, plugins)
    start_worker(supervisor, ini)
    return address


def choose_port(wanted: int) -> int:
    """Return the wanted port or the next free one, said aloud."""
    port = service.next_free(wanted)
    if port != wanted:
        say(f"Port {wanted} is taken: using {port}")
    return port


def start_web_server(supervisor: Supervisor, ini: Path, port: int) -> None:
    """Start CKAN under gunicorn and wait until it is healthy."""
    say("Starting CKAN")
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{service.HOST}:{port}", "--no-control-socket"]
    command += ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--timeout", "120", "--graceful-timeout", "5", "ckanext.opensmartcity.portal.wsgi:application"]
    child = supervisor.start("CKAN", command, environment_with(CKAN_INI=str(ini)))
    client = Client(f"http://{service.HOST}:{port}")
    wait_until(client.answers, "CKAN", child, seconds=120)


def start_worker(supervisor: Supervisor, ini: Path) -> None:
    """Start CKAN's worker for background jobs, which keeps their schedule too: it signs what people change."""
    supervisor.start("Worker", [*ckan(ini), "jobs", "worker"], environment_with())


def load_demo(folder: Path, address: str) -> None:
    """Load what is missing of the demo city as its sysadmin."""
    token = demo.credentials(folder)["sysadmin"]["token"]
    demo.load(Client(address, token), folder)


def announce(folder: Path, address: str) -> None:
    """Print the logins, and last of all the address."""
    say("Demo logins (passwords and API tokens also in " + str(folder / "credentials.json") + "):")
    for label, login in demo.credentials(folder).items():
        say(f"  {label:<9} {login['name']:<16} {login['password']}")
    say(f"Portal ready: {address}")
