"""Dates of the demo city, told relative to the day on which it is loaded."""
# MERGED The demo city as its YAML files tell it.
# MERGED Loads the demo city through the HTTP interface; what is there already is left alone.

import calendar
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
import yaml

from .client import Client, RefusedError
from .common import PortalError, say, write_private

RELATIVE = re.compile(r"today(?:([+-]\d{1,5})([dmy]))?")
MONTHS = {"m": 1, "y": 12}


def resolve(value: Any, today: date) -> Any:
    """Replace each text such as today-400d, today+6m or today-2y, however deep it lies."""
    if isinstance(value, dict):
        return {key: resolve(each, today) for key, each in value.items()}
    if isinstance(value, list):
        return [resolve(each, today) for each in value]
    match = RELATIVE.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else _moved(today, int(match[1] or 0), match[2] or "d").isoformat()


def _moved(day: date, number: int, unit: str) -> date:
    return day + timedelta(days=number) if unit == "d" else _months_later(day, number * MONTHS[unit])


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


FOLDER = Path(__file__).parent / "city"


@dataclass(frozen=True)
class City:
    """What is loaded, in this order."""

    users: dict[str, dict[str, Any]]
    organizations: list[dict[str, Any]]
    packages: list[dict[str, Any]]


def read(today: date, folder: Path = FOLDER) -> City:
    """Read the city as of a day; algorithms come first because datasets refer to them."""
    packages = [package for file in _package_files(folder) for package in _read_yaml(file)]
    return City(_read_yaml(folder / "users.yaml"), _read_yaml(folder / "organizations.yaml"), resolve(packages, today))


def sysadmin_name(folder: Path = FOLDER) -> str:
    """Return the name of the user who may do everything."""
    return str(_read_yaml(folder / "users.yaml")["sysadmin"]["name"])


def digest(folder: Path = FOLDER) -> str:
    """Return a text that changes with the files."""
    content = hashlib.sha256()
    for file in sorted(folder.rglob("*.yaml")):
        content.update(file.read_bytes())
    return content.hexdigest()


def _package_files(folder: Path) -> Iterator[Path]:
    yield folder / "algorithms.yaml"
    yield from sorted((folder / "datasets").glob("*.yaml"))


def _read_yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


Credentials = dict[str, dict[str, str]]
DONE = "demo.loaded"
EVERY = 10


def load(client: Client, folder: Path) -> None:
    """Complete the demo city, unless these very files were loaded before."""
    stamp = folder / DONE
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest():
        return
    try:
        _load_city(client, folder, read(datetime.now().astimezone().date()))
    except RefusedError as error:
        raise PortalError(f"The demo city could not be loaded ({error}): mend the files in {FOLDER}.") from None
    except requests.RequestException as error:
        raise PortalError(f"CKAN stopped answering ({error}): see {folder / 'log'} and start again.") from None
    stamp.write_text(digest(), encoding="utf-8")


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


def _load_city(client: Client, folder: Path, content: City) -> None:
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


def _make_logins(client: Client, folder: Path, content: City) -> None:
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
