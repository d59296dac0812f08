"""The version of CKAN that the tests run on, for the few that differ; the plugin itself asks in compat.py."""

from importlib.metadata import version

IS_2_11 = version("ckan").startswith("2.11.")
