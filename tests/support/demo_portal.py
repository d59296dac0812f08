"""Portal with the demo city, served over HTTP and loaded once per test folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ckan import plugins
from ckan.common import config
from ckan.lib import search
from ckan.tests import factories
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.ledger import sequencer, signer
from ckanext.opensmartcity.portal import demo
from ckanext.opensmartcity.portal.client import Client
from support.ckan_app import make_flask_app
from werkzeug.serving import make_server


@dataclass(frozen=True)
class Served:
    """Running portal: its URL, the credentials of its demo city, and its WSGI application."""

    address: str
    logins: dict[str, dict[str, str]]
    wsgi: Any


@pytest.fixture(scope="package")
def portal(configured, reset_db, reset_index) -> Iterator[Served]:
    reset_db()
    reset_index()
    wsgi = make_flask_app()
    server = make_server("127.0.0.1", 0, wsgi, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    yield Served(address, _load(address, configured), wsgi)
    server.shutdown()


@pytest.fixture(scope="package")
def configured(tmp_path_factory) -> Iterator[Path]:
    """Load the plugins and create a signing key for all modules of the folder."""
    folder = tmp_path_factory.mktemp("city")
    plugins.load_all()
    signer.make_key(folder / "ledger.pem", "test.ckan.net/opensmartcity")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(config, "ckanext.opensmartcity.signing_key", str(folder / "ledger.pem"))
        yield folder
    plugins.unload_all()


def _load(address: str, folder: Path) -> dict[str, dict[str, str]]:
    admin = factories.Sysadmin(name=demo.sysadmin_name())
    token = call_action("api_token_create", {"user": admin["name"]}, user=admin["name"], name="tests")
    # Commit to Solr once: commits for each record would take most of the time.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(config, "ckan.search.solr_commit", False)
        demo.load_city(Client(address, token["token"]), folder)
    search.commit()
    sequencer.checkpoint()
    return demo.read_credentials(folder)
