"""How this portal asks others: under its own name, and only where an administrator lets it."""

from __future__ import annotations

from importlib.metadata import version

import ckan.plugins.toolkit as tk

from .. import config
from ..http_client import Fetcher, Limits

PRODUCT = "ckanext-opensmartcity"


def fetcher(limits: Limits | None = None) -> Fetcher:
    """Return what asks other hosts in the name of this portal."""
    agent = f"{PRODUCT}/{version(PRODUCT)} (+{tk.config['ckan.site_url']})"
    return Fetcher(agent, config.allowed_hosts(), limits or Limits())
