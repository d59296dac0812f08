"""A process of its own for each measurement: its processor time and the most memory that it ever had."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A child's peak of memory begins with that of its parent, so the parent is a small process and not this one.
_PARENT = """
import json, os, resource, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
os.close(0)
code, usage = child.wait(), resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code]))
"""


@dataclass(frozen=True)
class Usage:
    """What a process used, and its exit code."""

    seconds: float
    megabytes: float
    exit_code: int


def run(command: Sequence[str], chunks: Iterable[bytes]) -> Usage:
    """Run a command that reads the chunks from standard input; its output is thrown away."""
    parent = [sys.executable, "-S", "-c", _PARENT, *command]
    with subprocess.Popen(parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for chunk in chunks:
            process.stdin.write(chunk)
        process.stdin.close()
        return Usage(*json.load(process.stdout))
