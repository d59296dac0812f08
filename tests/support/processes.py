"""Processes of their own for tests: each with its own connections, and each ends as it says."""

import os
import sys
import traceback

from ckan import model


def forked(work):
    """Run work in a process of its own; return its id."""
    model.Session.remove()
    model.meta.engine.dispose()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        model.meta.engine.dispose(close=False)
        work()
        code = 0
    except BaseException:  # noqa: BLE001  (a child must not go on with the parent's tests)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def ended(child):
    """Wait for a process and return how it ended: its exit code, or the negative of the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
