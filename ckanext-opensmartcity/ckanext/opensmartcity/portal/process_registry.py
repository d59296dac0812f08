"""Ending recorded processes, and never a stranger that was given the same process id later."""
# MERGED Who uses a data folder: a lock held by launcher and guardian, and a record of what they run.

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

from .common import PortalError, say

RUN = "OSC_PORTAL_RUN"
CLOCK_DRIFT = 5.0


@dataclass(frozen=True)
class Tracked:
    """A process group's leader, and how to ask it to end."""

    name: str
    pid: int
    created: float
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0

    @classmethod
    def of(cls, pid: int, name: str, **how: Any) -> "Tracked":
        """Describe a living process."""
        return cls(name, pid, creation(pid), **how)

    def record(self) -> dict[str, Any]:
        """Return what from_record reads."""
        return asdict(self)

    @property
    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < CLOCK_DRIFT
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def end(self) -> None:
        """Ask the group to end, wait, then force it."""
        self._signal(self.stop_signal)
        if not self._gone_within(self.patience):
            self._signal(signal.SIGKILL)
            self._gone_within(5)

    def _signal(self, number: int) -> None:
        if self.alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def creation(pid: int) -> float:
    """Return when a process began; 0 for one that has ended already."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def end_all(processes: Iterable[Tracked], run: str) -> None:
    """End the processes, last started first, then whatever they left behind."""
    for process in reversed(list(processes)):
        process.end()
    sweep(run)


def sweep(run: str) -> None:
    """Kill each process that inherited the mark of a run, whichever group it moved to."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(RUN) == run:
                process.kill()


PATIENCE = 60


@dataclass
class Record:
    """What one launcher runs in a data folder."""

    folder: Path
    run: str
    launcher: Tracked
    processes: list[Tracked] = field(default_factory=list)
    address: str = ""

    def save(self) -> None:
        """Write the record so that a reader never sees half of it."""
        content = {
            "run": self.run,
            "address": self.address,
            "launcher": self.launcher.record(),
            "processes": [process.record() for process in self.processes],
        }
        draft = self.folder / "run.json.new"
        draft.write_text(json.dumps(content, indent=1), encoding="utf-8")
        draft.replace(self.folder / "run.json")

    def forget(self) -> None:
        """Remove the record after a clean end."""
        (self.folder / "run.json").unlink(missing_ok=True)


def read(folder: Path) -> Record | None:
    """Return the record of the present or last launcher, if it left one."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        processes = [Tracked(**each) for each in content["processes"]]
        return Record(folder, content["run"], Tracked(**content["launcher"]), processes, content["address"])
    return None


def hold(folder: Path) -> int:
    """Lock the folder and return the descriptor that holds the lock."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + PATIENCE
    said = False
    while not _try_lock(descriptor):
        _refuse_second(folder, late=time.monotonic() > deadline)
        if not said:
            say("Waiting until the services of the portal before this one have stopped")
            said = True
        time.sleep(0.2)
    return descriptor


def recover(folder: Path) -> None:
    """End what a launcher left running that was killed together with its guardian."""
    left = read(folder)
    if left is None:
        return
    orphans = [process for process in left.processes if process.alive]
    if orphans:
        say(f"Stopping what an earlier portal left running: {', '.join(process.name for process in orphans)}")
    end_all(orphans, left.run)
    left.forget()


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _refuse_second(folder: Path, *, late: bool) -> None:
    holder = read(folder)
    if holder is not None and holder.launcher.alive:
        where = f" at {holder.address}" if holder.address else ""
        raise PortalError(
            f"A portal already runs on {folder}{where} (process {holder.launcher.pid}): "
            "stop it, or set OSC_DATA to another folder."
        )
    if late:
        raise PortalError(f"Another process holds {folder / 'lock'}: stop it, or set OSC_DATA to another folder.")
