"""Who uses a data folder: a lock held by launcher and guardian, and a record of what they run."""

import contextlib
import fcntl
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from .console import say
from .errors import PortalError
from .stopping import Tracked, end_all

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
