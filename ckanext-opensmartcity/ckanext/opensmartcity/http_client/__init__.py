"""Asks other hosts: never one that is inside, never too often, never for too long. No CKAN, Flask or database."""

from .address_policy import Doors
from .client import Answer, Fetcher, Limits
from .errors import FetchError

__all__ = ["Answer", "Doors", "FetchError", "Fetcher", "Limits"]
