"""Ending recorded processes, and never a stranger that was given the same process id later."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import psutil

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
