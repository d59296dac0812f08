"""Processor time and peak memory of a command in a separate process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A child inherits the peak memory of its parent, so a small process starts the command instead of this one.
_PARENT = """
import json, os, resource, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.close(0)
code, usage = child.wait(), resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code]))
"""


@dataclass(frozen=True)
class Usage:
    """Processor seconds, peak memory and exit code of a process."""

    seconds: float
    megabytes: float
    exit_code: int


def run(command: Sequence[str], chunks: Iterable[bytes]) -> Usage:
    """Run a command with the chunks as standard input, and discard its output."""
    parent = [sys.executable, "-S", "-c", _PARENT, *command]
    with subprocess.Popen(parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for chunk in chunks:
            process.stdin.write(chunk)
        process.stdin.close()
        return Usage(*json.load(process.stdout))
