"""Command line of the embedded portal: `serve`, and `services` for commands that need a database and an index.

`opensmartcity portal` runs `serve` in an installation from the wheel.
"""

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from . import disk, serve, service, services
from .common import PortalError

DEFAULT_PORT = "5000"
# Of a clone; installed from the wheel, the portal keeps its data in the user's data folder.
CLONE_FOLDER = ".portal"


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; a failure is one line on standard error and exit code 1."""
    options = _parser().parse_args(arguments)
    handle_signals()
    # Requests to services on this machine must not go through a proxy.
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name, ""), service.HOST, "localhost"]))
    if options.stop_with_parent:
        threading.Thread(target=_stop_with_parent, args=(os.getppid(),), daemon=True).start()
    try:
        return int(options.command(options))
    except PortalError as error:
        print(f"portal: {error}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"portal: {disk.explain(error)}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


def handle_signals() -> None:
    """Raise KeyboardInterrupt on SIGINT, SIGTERM and SIGHUP; a SIGHUP that is ignored (nohup) stays ignored."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stop_with_parent(parent: int) -> None:
    """Terminate this process when its parent is gone: killing `make` sends no signal to its children."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ckanext.opensmartcity.portal", description=__doc__)
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when the parent process ends")
    commands = parser.add_subparsers(required=True)
    portal = commands.add_parser("serve", help="start the portal with its demo city and serve it until Ctrl-C")
    portal.add_argument("--data", type=Path, help="folder of all data, by default OSC_DATA or your data folder")
    portal.add_argument("--port", help=f"port of the portal, by default OSC_PORT or {DEFAULT_PORT}")
    portal.add_argument("--plugins", default=serve.PLUGINS, help="the value of ckan.plugins")
    portal.set_defaults(command=_serve)
    beside = commands.add_parser("services", help="run a command beside its own PostgreSQL, Valkey and Solr")
    beside.add_argument("--name", required=True, help="name of the folder in the data folder")
    beside.add_argument("words", nargs="+", metavar="COMMAND", help="the command and its arguments, after --")
    beside.set_defaults(
        command=lambda options: services.run_beside(_clone_folder() / options.name, options.words, options.name)
    )
    return parser


def _serve(options: argparse.Namespace) -> int:
    name = "--port" if options.port else "OSC_PORT"
    port = options.port or os.environ.get("OSC_PORT") or DEFAULT_PORT
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise PortalError(f"{name}={port} is not a port: set it to a number from 1 to 65535.")
    folder = Path(options.data or os.environ.get("OSC_DATA") or disk.user_data_folder()).expanduser().absolute()
    disk.require_space(folder)
    try:
        serve.serve(folder, int(port), options.plugins)
    except PortalError as failure:
        raise disk.explain_failure(folder, failure) from None
    return 0


def _clone_folder() -> Path:
    return Path(os.environ.get("OSC_DATA") or CLONE_FOLDER).expanduser().absolute()
