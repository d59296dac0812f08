"""Sample launcher for the supervisor's tests: an obedient child, one that ignores SIGTERM, and one with a child in
another session."""

import signal
import sys
import time
from pathlib import Path

from ckanext.opensmartcity.portal.cli import handle_signals
from ckanext.opensmartcity.portal.common import PortalError, echo
from ckanext.opensmartcity.portal.supervisor import supervised

LEAVER = (
    "import subprocess, sys, time;"
    "print(subprocess.Popen(['sleep', '300'], start_new_session=True).pid, flush=True); time.sleep(300)"
)


def main():
    # Tests may run under nohup, which ignores SIGHUP.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    handle_signals()
    with supervised(Path(sys.argv[1])) as supervisor:
        obedient = supervisor.start("obedient", ["sleep", "300"])
        stubborn = supervisor.start("stubborn", ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"], patience=1)
        leaver = supervisor.start("leaver", [sys.executable, "-c", LEAVER])
        while not leaver.log.read_text():
            time.sleep(0.02)
        pids = [child.process.pid for child in (obedient, stubborn, leaver)] + [int(leaver.log.read_text())]
        echo(" ".join(map(str, ["ready", *pids, supervisor.guardian.pid])))
        if "fail" in sys.argv:
            raise PortalError("as asked")
        supervisor.watch()


try:
    main()
except PortalError as error:
    echo(f"error {error}")
    sys.exit(1)
except KeyboardInterrupt:
    sys.exit(130)
