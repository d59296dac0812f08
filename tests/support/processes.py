"""Forked processes for concurrency tests, each with database connections of its own."""

import os
import sys
import traceback

from ckan import model


def fork(work):
    """Run a function in a child process and return its process id."""
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
    except BaseException:  # noqa: BLE001  (the child must not continue with the parent's tests)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def exit_code_of(child):
    """Wait for a process; return its exit code, or minus the number of the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
