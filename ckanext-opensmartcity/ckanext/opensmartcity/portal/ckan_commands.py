"""Running CKAN's own commands, and knowing when its tables and index need them."""

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from .service import Addresses

PACKAGE = "ckanext.opensmartcity"
SOURCES = ((PACKAGE, "migration/**/*.py"), (PACKAGE, "indexing.py"), (f"{PACKAGE}.schemas", "**/*.yaml"))


def ckan(ini: Path) -> list[str]:
    """Return the command line that CKAN's own commands are added to."""
    return [str(Path(sys.executable).with_name("ckan")), "-c", str(ini)]


def environment_of(addresses: Addresses) -> dict[str, str]:
    """Return the environment in which CKAN uses these services whatever its ini file says."""
    return environment_with(
        CKAN_SQLALCHEMY_URL=addresses.database, CKAN_SOLR_URL=addresses.solr, CKAN_REDIS_URL=addresses.redis
    )


def environment_with(**variables: str) -> dict[str, str]:
    """Return this process's environment without settings meant for another CKAN, and with some added."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CKAN_")}
    return {**clean, **variables}


def software(plugins: str) -> str:
    """Return a text that changes with whatever the tables or the index depend on."""
    content = hashlib.sha256(f"{plugins} {version('ckan')} {version('ckanext-scheming')}".encode())
    for file in _sources():
        content.update(file.name.encode() + file.read_bytes())
    return content.hexdigest()


def _sources() -> Iterator[Path]:
    for package, pattern in SOURCES:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            yield from sorted(Path(folder).glob(pattern))
