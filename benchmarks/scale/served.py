"""Isolated portal for the filled catalogue: its own database schema, site id in the index, and web server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2
import requests
from ckanext.opensmartcity.portal import service

PROJECT = Path(__file__).parents[2]
SCHEMA = SITE = "bench_scale"


@dataclass(frozen=True)
class Served:
    """Configuration, base URL, process and environment of a served portal."""

    ini: Path
    address: str
    server: psutil.Process
    variables: dict[str, str]

    def fill(self, start: int, size: int) -> None:
        """Create the datasets from `start` to `size` in a separate process."""
        command = [sys.executable, "-m", f"{__package__}.filling", str(self.ini), str(start), str(size)]
        subprocess.run(command, check=True, cwd=PROJECT, env=self.variables)

    def megabytes(self) -> float:
        """Return the resident memory of the largest web worker in megabytes."""
        return max(float(child.memory_info().rss) for child in self.server.children()) / 2**20


@contextmanager
def served() -> Iterator[Served]:
    """Serve an empty portal; delete its database schema and index documents afterwards."""
    port = service.next_free_port(5900)
    address = f"http://{service.HOST}:{port}"
    with tempfile.TemporaryDirectory() as folder, _database() as database, _index():
        ini = Path(folder) / "scale.ini"
        options = {"use": f"config:{PROJECT / 'test.ini'}", "ckan.site_id": SITE, "ckan.site_url": address}
        ini.write_text("[app:main]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()))
        variables = os.environ | {"CKAN_SQLALCHEMY_URL": database, "CKAN_INI": str(ini)}
        upgrade = [str(Path(sys.executable).parent / "ckan"), "-c", str(ini), "db", "upgrade"]
        subprocess.run(upgrade, check=True, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        server = subprocess.Popen([*_gunicorn(port)], env=variables, cwd=PROJECT)
        try:
            _wait(address)
            yield Served(ini, address, psutil.Process(server.pid), variables)
        finally:
            server.terminate()
            server.wait()


def _gunicorn(port: int) -> Iterator[str]:
    yield from (sys.executable, "-m", "gunicorn", "--bind", f"{service.HOST}:{port}", "--no-control-socket")
    yield from ("--worker-class", "gthread", "--workers", "1", "--threads", "4", "--timeout", "600")
    yield from ("--log-level", "error", "ckanext.opensmartcity.portal.wsgi:application")


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            if requests.get(f"{address}/api/3/action/status_show", timeout=60).ok:
                return
        except requests.ConnectionError:
            time.sleep(1)
    raise SystemExit("the portal of the benchmark does not answer")


@contextmanager
def _database() -> Iterator[str]:
    """Create a schema and drop it afterwards; the user of the services may not create a database."""
    address = os.environ["CKAN_SQLALCHEMY_URL"]
    server = psycopg2.connect(address)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        try:
            yield f"{address}{'&' if '?' in address else '?'}options=-csearch_path={SCHEMA}"
        finally:
            cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
            server.close()


@contextmanager
def _index() -> Iterator[None]:
    """Delete this portal's documents from the index before and after the block."""
    _empty_index()
    try:
        yield
    finally:
        _empty_index()


def _empty_index() -> None:
    query = {"delete": {"query": f'site_id:"{SITE}"'}}
    address = f"{os.environ['CKAN_SOLR_URL']}/update?commit=true"
    requests.post(address, json=query, timeout=600).raise_for_status()
