"""Starting processes that never outlive the launcher."""

import contextlib
import json
import math
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from . import process_registry
from .common import PortalError, say
from .process_registry import RUN, Tracked

REMINDER = 10
STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """A process started here."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def require_alive(self) -> None:
        """Fail if the process has ended."""
        code = self.process.poll()
        if code is not None:
            raise PortalError(f"{self.name} stopped by itself (code {code}: {last_line(self.log)}): see {self.log}")


@dataclass
class Supervisor:
    """Starts processes, tells the guardian of each, and keeps the record up to date."""

    record: process_registry.Record
    guardian: subprocess.Popen[bytes]
    children: list[Child]

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.record.folder

    def start(
        self,
        name: str,
        command: list[str],
        environment: Mapping[str, str] | None = None,
        stop_signal: int = signal.SIGTERM,
        patience: float = 10,
        **how: Any,
    ) -> Child:
        """Start a process in a session of its own, its output in a log file."""
        log = self._new_log(name)
        with log.open("wb") as output:
            process = self._popen(command, environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **how)
        child = Child(name, process, log)
        self.track(child, stop_signal, patience)
        return child

    def run(self, name: str, command: list[str], environment: Mapping[str, str] | None = None, **how: Any) -> None:
        """Run a process to its end, reminding the person that it is still busy."""
        child = self.start(name, command, environment, **how)
        wait_until(lambda: child.process.poll() is not None, name, seconds=math.inf)
        self.children.remove(child)
        if child.process.returncode != 0:
            raise PortalError(f"{name} failed ({last_line(child.log)}): see {child.log}")

    def foreground(self, command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a process that keeps the terminal's input and output."""
        process = self._popen(command, environment)
        self._announce(Tracked.of(process.pid, command[0]))
        return process

    def track(self, child: Child, stop_signal: int, patience: float) -> None:
        """Make sure that a process ends with the launcher."""
        self.children.append(child)
        self._announce(
            Tracked.of(child.process.pid, child.name, stop_signal=int(stop_signal), patience=float(patience))
        )

    def watch(self) -> None:
        """Wait until somebody stops the portal; fail when a part of it ends by itself."""
        while True:
            for child in self.children:
                child.require_alive()
            if self.guardian.poll() is not None:
                raise PortalError("The portal's guardian process was killed: start the portal again.")
            time.sleep(0.5)

    def _popen(self, command: list[str], environment: Mapping[str, str] | None, **how: Any) -> subprocess.Popen[bytes]:
        marked = {**(os.environ if environment is None else environment), RUN: self.record.run}
        return subprocess.Popen(command, env=marked, start_new_session=True, **how)

    def _announce(self, tracked: Tracked) -> None:
        pipe = _pipe(self.guardian)
        pipe.write(json.dumps(tracked.record()).encode() + b"\n")
        pipe.flush()
        self.record.processes.append(tracked)
        self.record.save()

    def _new_log(self, name: str) -> Path:
        log = self.folder / "log" / f"{name.lower().replace(' ', '-')}.log"
        log.parent.mkdir(exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        return log


@contextlib.contextmanager
def supervised(folder: Path) -> Iterator[Supervisor]:
    """Take the data folder, and end everything started in it however the block is left."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    lock = process_registry.hold(folder)
    process_registry.recover(folder)
    supervisor = _begin(folder, lock)
    try:
        yield supervisor
    finally:
        _finish(supervisor)
        os.close(lock)


def wait_until(ready: Callable[[], bool], what: str, child: Child | None = None, seconds: float = 600) -> None:
    """Wait for a condition; fail when it takes too long or the process behind it ends."""
    begin = time.monotonic()
    reminder = REMINDER
    while not ready():
        if child is not None:
            child.require_alive()
        passed = time.monotonic() - begin
        if passed > seconds:
            raise PortalError(f"{what} was not ready after {seconds:.0f} seconds: see the logs and start again.")
        if passed > reminder:
            say(f"  {what}: {passed:.0f} seconds so far")
            reminder += REMINDER
        time.sleep(0.1)


def last_line(log: Path) -> str:
    """Return the last thing that a process said."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    return next((line[:200] for line in reversed(lines) if line), "it said nothing")


def _begin(folder: Path, lock: int) -> Supervisor:
    run = secrets.token_hex(8)
    launched = process_registry.Record(folder, run, Tracked.of(os.getpid(), "launcher"))
    launched.save()
    return Supervisor(launched, _start_guardian(folder, run, lock), [])


def _start_guardian(folder: Path, run: str, lock: int) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != RUN}
    (folder / "log").mkdir(exist_ok=True)
    with (folder / "log" / "guardian.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "ckanext.opensmartcity.portal.guardian", run],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=environment,
            pass_fds=[lock],
            start_new_session=True,
        )


def _finish(supervisor: Supervisor) -> None:
    ignored = {number: signal.signal(number, signal.SIG_IGN) for number in STOPPERS}
    with contextlib.suppress(BrokenPipeError):
        _pipe(supervisor.guardian).close()
    supervisor.guardian.wait()
    for number, handler in ignored.items():
        signal.signal(number, handler)
    supervisor.record.forget()


def _pipe(guardian: subprocess.Popen[bytes]) -> IO[bytes]:
    if guardian.stdin is None:
        raise PortalError("The portal's guardian process could not be started: start the portal again.")
    return guardian.stdin
