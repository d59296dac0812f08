"""Identity of this portal as an HTTP client: its User-Agent and the hosts that an administrator allows."""

from __future__ import annotations

from importlib.metadata import version

import ckan.plugins.toolkit as tk

from .. import config
from ..http_client import Fetcher, Limits

PRODUCT = "ckanext-opensmartcity"


def fetcher(limits: Limits | None = None) -> Fetcher:
    """Return the SSRF-safe HTTP client with this portal's User-Agent and allow list."""
    agent = f"{PRODUCT}/{version(PRODUCT)} (+{tk.config['ckan.site_url']})"
    return Fetcher(agent, config.allowed_hosts(), limits or Limits())
