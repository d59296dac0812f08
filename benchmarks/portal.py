"""CKAN application for benchmarks, loaded once from test.ini."""

from __future__ import annotations

import resource
from functools import cache
from typing import Any

from ckan.cli import load_config
from ckan.config.middleware import make_app


@cache
def _application() -> Any:
    return make_app(load_config("test.ini"))._wsgi_app


def request() -> Any:
    """Return a request context."""
    return _application().test_request_context()


def visitor() -> Any:
    """Return a test client of the application."""
    return _application().test_client()


def megabytes() -> float:
    """Return the peak memory of this process in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
