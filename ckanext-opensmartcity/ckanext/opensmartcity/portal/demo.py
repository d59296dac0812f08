"""Loads the demo city through the HTTP interface; what is there already is left alone."""

import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from . import demo_city
from .client import Client, RefusedError
from .console import say
from .errors import PortalError
from .secret import write_private

Credentials = dict[str, dict[str, str]]
DONE = "demo.loaded"
EVERY = 10


def load(client: Client, folder: Path) -> None:
    """Complete the demo city, unless these very files were loaded before."""
    stamp = folder / DONE
    if stamp.exists() and stamp.read_text(encoding="utf-8") == demo_city.digest():
        return
    try:
        _load(client, folder, demo_city.read(datetime.now().astimezone().date()))
    except RefusedError as error:
        raise PortalError(
            f"The demo city could not be loaded ({error}): mend the files in {demo_city.FOLDER}."
        ) from None
    except requests.RequestException as error:
        raise PortalError(f"CKAN stopped answering ({error}): see {folder / 'log'} and start again.") from None
    stamp.write_text(demo_city.digest(), encoding="utf-8")


def credentials(folder: Path) -> Credentials:
    """Read the demo logins; empty before they are made."""
    file = folder / "credentials.json"
    known: Credentials = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return known


def keep(folder: Path, logins: Credentials) -> None:
    """Write the demo logins."""
    write_private(folder / "credentials.json", json.dumps(logins, indent=1) + "\n")


def forget(folder: Path) -> None:
    """Forget a city whose database is gone."""
    for name in (DONE, "credentials.json"):
        (folder / name).unlink(missing_ok=True)


def _load(client: Client, folder: Path, content: demo_city.City) -> None:
    _load_each(client, "organization", content.organizations)
    _make_logins(client, folder, content)
    _load_each(client, "package", content.packages)


def _load_each(client: Client, kind: str, records: list[dict[str, Any]]) -> None:
    for number, record in enumerate(records, 1):
        if not client.exists(f"{kind}_show", record["name"]):
            _create(client, kind, record)
        if number % EVERY == 0 or number == len(records):
            say(f"  {kind}s of the demo city: {number} of {len(records)}")


def _create(client: Client, kind: str, record: dict[str, Any]) -> None:
    try:
        client.call(f"{kind}_create", **record)
    except RefusedError as error:
        raise RefusedError(f"{kind} {record['name']!r}: {error}") from None


def _make_logins(client: Client, folder: Path, content: demo_city.City) -> None:
    names = [each["name"] for each in content.organizations]
    logins = credentials(folder)
    for label, user in content.users.items():
        if label not in logins:
            logins[label] = _login(client, user)
            keep(folder, logins)
        _give_roles(client, user["name"], user.get("roles", {}), names)
    keep(folder, {label: logins[label] for label in content.users})


def _login(client: Client, user: dict[str, Any]) -> dict[str, str]:
    name, password = user["name"], secrets.token_urlsafe(12)
    if client.exists("user_show", name):
        client.call("user_patch", id=name, password=password)
    else:
        details = {"email": f"{name}@example.org", "fullname": user["fullname"], "password": password}
        client.call("user_create", name=name, **details)
    token = client.call("api_token_create", user=name, name="portal")["token"]
    return {"name": name, "password": password, "token": token}


def _give_roles(client: Client, name: str, roles: dict[str, str], organizations: Iterable[str]) -> None:
    for organization, role in roles.items():
        for each in organizations if organization == "all" else [organization]:
            client.call("organization_member_create", id=each, username=name, role=role)
