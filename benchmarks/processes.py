"""A process of its own for each measurement: its processor time and the most memory that it ever had."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """What a process used, and its exit code."""

    seconds: float
    megabytes: float
    exit_code: int


def run(command: Sequence[str], chunks: Iterable[bytes]) -> Usage:
    """Run a command that reads the chunks from standard input; its output is thrown away."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin
        for chunk in chunks:
            process.stdin.write(chunk)
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)
