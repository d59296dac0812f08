"""The portal's command line."""

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from . import serve, service, services
from .common import PortalError

DEFAULT_PORT = "5000"
DEFAULT_FOLDER = ".portal"


def main(arguments: list[str] | None = None) -> int:
    """Run one of the portal's commands; a failure is one line and exit code 1."""
    options = _parser().parse_args(arguments)
    _listen_to_signals()
    _bypass_proxies()
    if options.stop_with_parent:
        threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    try:
        return int(options.command(options))
    except PortalError as error:
        print(f"portal: {error}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"portal: {error}: check the disk and the rights, or set OSC_DATA to another folder.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _listen_to_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)


def _bypass_proxies() -> None:
    """Keep requests to services on this machine away from a proxy."""
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name, ""), service.HOST, "localhost"]))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _follow(parent: int) -> None:
    """End with `make`, which a person may kill without this process hearing of it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ckanext.opensmartcity.portal", description=__doc__)
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when the process that started this dies")
    commands = parser.add_subparsers(required=True)
    portal = commands.add_parser("serve", help="start the portal with its demo city and serve it until Ctrl-C")
    portal.add_argument("--plugins", default=serve.PLUGINS, help="the value of ckan.plugins")
    portal.set_defaults(command=_serve)
    beside = commands.add_parser("services", help="run a command beside PostgreSQL, Valkey and Solr of its own")
    beside.add_argument("--name", required=True, help="name of the folder in the data folder")
    beside.add_argument("words", nargs="+", metavar="COMMAND", help="the command and its arguments, after --")
    beside.set_defaults(command=_services)
    return parser


def _serve(options: argparse.Namespace) -> int:
    serve.serve(_folder(), _port(), options.plugins)
    return 0


def _services(options: argparse.Namespace) -> int:
    return services.run_beside(_folder() / options.name, options.words, options.name)


def _folder() -> Path:
    return Path(os.environ.get("OSC_DATA") or DEFAULT_FOLDER).expanduser().absolute()


def _port() -> int:
    text = os.environ.get("OSC_PORT") or DEFAULT_PORT
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise PortalError(f"OSC_PORT={text} is not a port: set it to a number from 1 to 65535.")
    return int(text)
