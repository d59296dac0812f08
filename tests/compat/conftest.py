"""A real CKAN of either version with the plugin."""

from support.ckan_app import app, cli, emptied, loaded_plugins, portal, portal_app

__all__ = ["app", "cli", "emptied", "loaded_plugins", "portal", "portal_app"]
