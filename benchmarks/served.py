"""Portal in a production-like setup: CKAN under gunicorn as in the embedded portal, with a small city."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckanext.opensmartcity.portal import serve, service
from ckanext.opensmartcity.portal.supervisor import supervised

from . import portal
from .ledger_cost import ANSWERS, new_user

# Unlike in tests: CSRF protection is on, errors show no details, templates stay compiled.
INI = """\
[app:main]
use = config:{ini}
testing = false
debug = false
WTF_CSRF_ENABLED = true
ckan.site_url = {address}
"""
# The web server starts without the environment variables for these.
SERVICES = ("sqlalchemy.url", "solr_url", "ckan.redis.url")
RICH = ANSWERS | {
    "title": "Counters of bicycles",
    "notes": "How many bicycles pass each counter, by quarter of an hour.\n\nCounted by loops in the road.",
    "ownership_suppliers": ["MeterWorks Ltd", "Wieltel"],
    "fitness_limits": "Does not count children's carriers well.",
    "fitness_alternatives": "Counting by hand twice a year.",
    "governance_declared": {"sovereignty_exit": {"state": "unknown", "reason": "We ask the supplier."}},
}
ORGANIZATIONS, DATASETS, FILES = 12, 60, 8


@dataclass(frozen=True)
class Served:
    """Base URL, name of the dataset with most answers, and process id of the web server."""

    address: str
    dataset: str
    server: int


@contextmanager
def served() -> Iterator[Served]:
    """Create a city and serve it until the block ends."""
    with portal.request():
        dataset = _new_city()
    port = service.free_port()
    address = f"http://{service.HOST}:{port}"
    with tempfile.TemporaryDirectory() as folder, supervised(Path(folder)) as supervisor:
        ini = Path(folder, "ckan.ini")
        ini.write_text(_ini(address), encoding="utf-8")
        serve.start_web_server(supervisor, ini, port)
        yield Served(address, dataset, supervisor.children[-1].process.pid)


def _ini(address: str) -> str:
    """Return an ini file that overrides the configuration of the test run."""
    services = "".join(f"{name} = {tk.config[name]}\n".replace("%", "%%") for name in SERVICES)
    return INI.format(ini=Path("test.ini").resolve(), address=address) + services


def _new_city() -> str:
    """Create datasets of several organisations, a third with all answers; return the name of one with files."""
    user = new_user("sysadmin")
    names = [f"bench-{uuid.uuid4().hex}" for _ in range(DATASETS)]
    for number, name in enumerate(names):
        owner = f"{user}-{number % ORGANIZATIONS}"
        if number < ORGANIZATIONS:
            _act("organization_create", user, name=owner, title=f"Department {number}")
        _act("package_create", user, name=name, owner_org=owner, private=False, **(RICH if number % 3 == 0 else {}))
    resources = [{"name": f"Year {number}", "url": f"https://city.example/{number}.csv"} for number in range(FILES)]
    _act("package_patch", user, id=names[0], resources=resources)
    return names[0]


def _act(action: str, user: str, **values: Any) -> Any:
    return tk.get_action(action)({"user": user}, values)
