"""Run these tests on a portal with the plugin, beside local servers that it may fetch from."""

from support.ckan_app import app, cli, emptied, loaded_plugins, portal_app
from support.local_servers import fresh, portal, serve, trap

__all__ = ["app", "cli", "emptied", "fresh", "loaded_plugins", "portal", "portal_app", "serve", "trap"]
