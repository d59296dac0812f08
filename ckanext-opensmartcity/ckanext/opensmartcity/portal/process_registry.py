"""Registry of the processes in a data folder: a lock, run.json, and stopping what a killed launcher left behind.

The lock is held by the launcher and its guardian. A process is identified by id *and* creation time, so that another
process with a reused id is never stopped.
"""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from .common import PortalError, echo

# Marks every process of a run, in its environment.
RUN_VARIABLE = "OSC_PORTAL_RUN"
# Seconds by which the creation time of the same process may differ after the clock was set.
CLOCK_DRIFT = 5.0
LOCK_TIMEOUT = 60


@dataclass(frozen=True)
class TrackedProcess:
    """Leader of a process group: how to recognize it, and how to stop it (`patience` in seconds before SIGKILL)."""

    name: str
    pid: int
    created: float
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0

    @classmethod
    def of(cls, pid: int, name: str, **options: Any) -> "TrackedProcess":
        """Return the description of a running process; `created` is 0 if it has already ended."""
        try:
            created = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            created = 0.0
        return cls(name, pid, created, **options)

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        try:
            process = psutil.Process(self.pid)
            is_same = abs(process.create_time() - self.created) < CLOCK_DRIFT
            return is_same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def stop(self) -> None:
        """Signal the process group, wait up to `patience` seconds, then kill it."""
        self._signal(self.stop_signal)
        if not self._ends_within(self.patience):
            self._signal(signal.SIGKILL)
            self._ends_within(5)

    def _signal(self, number: int) -> None:
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def _ends_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


@dataclass
class RunRecord:
    """Content of run.json: the processes of one launcher in a data folder."""

    folder: Path
    run: str
    launcher: TrackedProcess
    processes: list[TrackedProcess] = field(default_factory=list)
    address: str = ""

    def save(self) -> None:
        """Write run.json atomically."""
        content = {
            "run": self.run,
            "address": self.address,
            "launcher": asdict(self.launcher),
            "processes": [asdict(process) for process in self.processes],
        }
        draft = self.folder / "run.json.new"
        draft.write_text(json.dumps(content, indent=1), encoding="utf-8")
        draft.replace(self.folder / "run.json")

    def delete(self) -> None:
        """Delete run.json after a clean end."""
        (self.folder / "run.json").unlink(missing_ok=True)


def read_record(folder: Path) -> RunRecord | None:
    """Return the record of the current or last launcher; None if it is missing or damaged."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        processes = [TrackedProcess(**process) for process in content["processes"]]
        launcher = TrackedProcess(**content["launcher"])
        return RunRecord(folder, content["run"], launcher, processes, content["address"])
    return None


def acquire_lock(folder: Path) -> int:
    """Lock a data folder and return the file descriptor that holds the lock.

    Waits for the guardian of a killed launcher. Raises PortalError if a launcher runs, or after LOCK_TIMEOUT seconds.
    """
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + LOCK_TIMEOUT
    is_announced = False
    while True:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        _raise_if_in_use(folder)
        if time.monotonic() > deadline:
            raise PortalError(f"Another process holds {folder / 'lock'}: stop it, or set OSC_DATA to another folder.")
        if not is_announced:
            echo("Waiting until the services of the portal before this one have stopped")
            is_announced = True
        time.sleep(0.2)


def _raise_if_in_use(folder: Path) -> None:
    holder = read_record(folder)
    if holder is not None and holder.launcher.is_alive:
        where = f" at {holder.address}" if holder.address else ""
        raise PortalError(
            f"A portal already runs on {folder}{where} (process {holder.launcher.pid}): "
            "stop it, or set OSC_DATA to another folder."
        )


def stop_orphans(folder: Path) -> None:
    """Stop the processes of a launcher that was killed together with its guardian."""
    record = read_record(folder)
    if record is None:
        return
    orphans = [process for process in record.processes if process.is_alive]
    if orphans:
        echo(f"Stopping what an earlier portal left running: {', '.join(process.name for process in orphans)}")
    stop_all(orphans, record.run)
    record.delete()


def stop_all(processes: Iterable[TrackedProcess], run: str) -> None:
    """Stop processes, last started first, then kill all others that carry the mark of the run.

    The mark is inherited, so this reaches descendants that moved to another process group.
    """
    for tracked in reversed(list(processes)):
        tracked.stop()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(RUN_VARIABLE) == run:
                process.kill()
