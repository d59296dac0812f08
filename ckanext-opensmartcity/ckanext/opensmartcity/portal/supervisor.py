"""Process supervisor: starts processes that never outlive the launcher, however that ends."""

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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from . import process_registry
from .common import PortalError, echo
from .process_registry import RUN_VARIABLE, TrackedProcess

PROGRESS_SECONDS = 10
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """A process that this launcher started, with the file of its output."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def require_alive(self) -> None:
        """Raise PortalError if the process has ended."""
        code = self.process.poll()
        if code is not None:
            raise PortalError(f"{self.name} stopped by itself (code {code}: {last_line(self.log)}): see {self.log}")


@dataclass
class Supervisor:
    """Starts processes and registers each with the guardian and in run.json."""

    record: process_registry.RunRecord
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
        **options: Any,
    ) -> Child:
        """Start a process in its own session, with its output in a log file; `options` are those of Popen."""
        log = self.folder / "log" / f"{name.lower().replace(' ', '-')}.log"
        log.parent.mkdir(exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        with log.open("wb") as output:
            process = self._popen(
                command, environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options
            )
        child = Child(name, process, log)
        self.children.append(child)
        self._register(TrackedProcess.of(process.pid, name, stop_signal=int(stop_signal), patience=float(patience)))
        return child

    def run(self, name: str, command: list[str], environment: Mapping[str, str] | None = None, **options: Any) -> None:
        """Run a process to its end, with progress lines; raise PortalError if its exit code is not 0."""
        self.finish(self.start(name, command, environment, **options))

    def finish(self, child: Child) -> None:
        """Wait for the end of a process, with progress lines; raise PortalError if its exit code is not 0."""
        wait_until(lambda: child.process.poll() is not None, child.name, seconds=math.inf)
        self.children.remove(child)
        if child.process.returncode != 0:
            raise PortalError(f"{child.name} failed ({last_line(child.log)}): see {child.log}")

    def start_foreground(self, command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start a process that uses the terminal's input and output."""
        process = self._popen(command, environment)
        self._register(TrackedProcess.of(process.pid, command[0]))
        return process

    def watch(self) -> None:
        """Wait for KeyboardInterrupt; raise PortalError if a process or the guardian ends by itself."""
        while True:
            for child in self.children:
                child.require_alive()
            if self.guardian.poll() is not None:
                raise PortalError("The portal's guardian process was killed: start the portal again.")
            time.sleep(0.5)

    def _popen(
        self, command: list[str], environment: Mapping[str, str] | None, **options: Any
    ) -> subprocess.Popen[bytes]:
        marked = {**(os.environ if environment is None else environment), RUN_VARIABLE: self.record.run}
        return subprocess.Popen(command, env=marked, start_new_session=True, **options)

    def _register(self, tracked: TrackedProcess) -> None:
        # The guardian comes first: it stops the process even if run.json cannot be written.
        pipe = _pipe(self.guardian)
        pipe.write(json.dumps(asdict(tracked)).encode() + b"\n")
        pipe.flush()
        self.record.processes.append(tracked)
        self.record.save()


@contextlib.contextmanager
def supervised(folder: Path) -> Iterator[Supervisor]:
    """Lock the data folder, and stop everything started in it when the block is left, also by an exception."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    lock = process_registry.acquire_lock(folder)
    process_registry.stop_orphans(folder)
    run = secrets.token_hex(8)
    record = process_registry.RunRecord(folder, run, TrackedProcess.of(os.getpid(), "launcher"))
    record.save()
    supervisor = Supervisor(record, _start_guardian(folder, run, lock), [])
    try:
        yield supervisor
    finally:
        ignored = {number: signal.signal(number, signal.SIG_IGN) for number in STOP_SIGNALS}
        with contextlib.suppress(BrokenPipeError):
            _pipe(supervisor.guardian).close()
        supervisor.guardian.wait()
        for number, handler in ignored.items():
            signal.signal(number, handler)
        record.delete()
        os.close(lock)


def wait_until(ready: Callable[[], bool], what: str, child: Child | None = None, seconds: float = 600) -> None:
    """Poll a condition, with progress lines; raise PortalError after `seconds`, or if the child ends before."""
    begin = time.monotonic()
    next_progress = PROGRESS_SECONDS
    while not ready():
        if child is not None:
            child.require_alive()
        passed = time.monotonic() - begin
        if passed > seconds:
            raise PortalError(f"{what} was not ready after {seconds:.0f} seconds: see the logs and start again.")
        if passed > next_progress:
            echo(f"  {what}: {passed:.0f} seconds so far")
            next_progress += PROGRESS_SECONDS
        time.sleep(0.1)


def last_line(log: Path) -> str:
    """Return the last line of a log that is not blank, at most 200 characters of it."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    return next((line[:200] for line in reversed(lines) if line), "it said nothing")


def _start_guardian(folder: Path, run: str, lock: int) -> subprocess.Popen[bytes]:
    """Start the guardian, which inherits the lock and is not marked as a process of the run."""
    environment = {name: value for name, value in os.environ.items() if name != RUN_VARIABLE}
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


def _pipe(guardian: subprocess.Popen[bytes]) -> IO[bytes]:
    if guardian.stdin is None:
        raise PortalError("The portal's guardian process could not be started: start the portal again.")
    return guardian.stdin
