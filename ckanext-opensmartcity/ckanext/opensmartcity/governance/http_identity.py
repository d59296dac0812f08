"""Identity of this portal in the web: its address, and its User-Agent and allowed hosts as an HTTP client."""

from __future__ import annotations

from importlib.metadata import version

import ckan.plugins.toolkit as tk

from .. import config
from ..http_client import Fetcher, Limits

PRODUCT = "ckanext-opensmartcity"


def portal_url() -> str:
    """Return the address of this portal without a final slash: `ckan.site_url` lacks the folder of `ckan.root_path`."""
    return str(tk.url_for("home.index", qualified=True, locale="default")).rstrip("/")


def fetcher(limits: Limits | None = None) -> Fetcher:
    """Return the SSRF-safe HTTP client with this portal's User-Agent and allow list."""
    agent = f"{PRODUCT}/{version(PRODUCT)} (+{portal_url()})"
    return Fetcher(agent, config.allowed_hosts(), limits or Limits())
