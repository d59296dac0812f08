"""A small process that outlives the launcher just long enough to end what the launcher started.

It reads a pipe whose only writer is the launcher: the pipe closes however the launcher ends, also by `kill -9`.
"""

import json
import signal
import sys
from typing import TextIO

from .process_registry import Tracked, end_all


def main() -> None:
    """Remember what is announced on standard input; end it all when that closes."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end_all(_announced(sys.stdin), run=sys.argv[1])


def _announced(pipe: TextIO) -> list[Tracked]:
    return [Tracked(**json.loads(line)) for line in pipe if line.endswith("\n")]


if __name__ == "__main__":
    main()
