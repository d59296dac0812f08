"""The portal for benchmarks that need one: its application, loaded once, and requests to work in."""

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
    """Return a request to work in, as a context."""
    return _application().test_request_context()


def visitor() -> Any:
    """Return a client that asks the application for pages, in this process."""
    return _application().test_client()


def megabytes() -> float:
    """Return the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
