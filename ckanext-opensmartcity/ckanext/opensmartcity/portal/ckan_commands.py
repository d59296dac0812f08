"""Command lines and environments for CKAN's own commands, and a digest of the software they depend on."""

import ctypes
import hashlib
import importlib.util
import os
import sys
from importlib.metadata import version
from pathlib import Path

from .service import Addresses

PACKAGE = "ckanext.opensmartcity"
# Files that the tables or the search index depend on.
SOURCES = ((PACKAGE, "migration/**/*.py"), (PACKAGE, "search/*.py"), (f"{PACKAGE}.schemas", "**/*.yaml"))


def ckan_command(ini: Path) -> list[str]:
    """Return the command line prefix of CKAN's commands: `ckan -c INI`."""
    return [str(Path(sys.executable).with_name("ckan")), "-c", str(ini)]


def service_environment(addresses: Addresses) -> dict[str, str]:
    """Return an environment that makes CKAN use these services, overriding its ini file."""
    return ckan_environment(
        CKAN_SQLALCHEMY_URL=addresses.database, CKAN_SOLR_URL=addresses.solr, CKAN_REDIS_URL=addresses.redis
    )


def ckan_environment(**variables: str) -> dict[str, str]:
    """Return the current environment plus the given variables, without CKAN_* settings of other installations."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CKAN_")}
    return {**clean, **libmagic_variables(), **variables}


def libmagic_variables() -> dict[str, str]:
    """Return variables that make CKAN load libmagic from the wheel pylibmagic; none where the system has it."""
    spec = importlib.util.find_spec("pylibmagic")
    try:
        ctypes.CDLL("libmagic.so.1")
    except OSError:
        if spec is not None and spec.origin:
            folder = Path(spec.origin).parent
            path = os.pathsep.join(filter(None, [str(folder), os.environ.get("LD_LIBRARY_PATH")]))
            return {"LD_LIBRARY_PATH": path, "MAGIC": str(folder / "magic.mgc")}
    return {}


def software_digest(plugins: str) -> str:
    """Return a SHA-256 that changes with everything the tables or the search index depend on."""
    digest = hashlib.sha256(f"{plugins} {version('ckan')} {version('ckanext-scheming')}".encode())
    for package, pattern in SOURCES:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            for file in sorted(Path(folder).glob(pattern)):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()
