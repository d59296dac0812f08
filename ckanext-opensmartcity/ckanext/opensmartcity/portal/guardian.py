"""Guardian process: outlives the launcher just long enough to stop the services that the launcher started.

It reads a pipe whose only writer is the launcher. The pipe closes however the launcher ends, even by `kill -9`.
"""

import json
import signal
import sys

from .process_registry import TrackedProcess, stop_all


def main() -> None:
    """Read one JSON process record per line from standard input; stop all of them at end of file."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # The launcher may be killed in the middle of a line.
    processes = [TrackedProcess(**json.loads(line)) for line in sys.stdin if line.endswith("\n")]
    stop_all(processes, run=sys.argv[1])


if __name__ == "__main__":
    main()
