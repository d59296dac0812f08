"""Asks other hosts: never one that is inside, never too often, never for too long. No CKAN, Flask or database."""

from .addresses import Doors
from .fetcher import Answer, Fetcher, Limits
from .problems import FetchError

__all__ = ["Answer", "Doors", "FetchError", "Fetcher", "Limits"]
