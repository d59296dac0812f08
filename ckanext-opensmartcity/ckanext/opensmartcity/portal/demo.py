"""Demo city: read its YAML files, resolve their relative dates, and load it through the action API.

Loading can be repeated: records that exist are left alone. A new portal gets the city's history too, see
demo_history.py. Dates such as `today-400d` are relative to the day of
loading, so that reviews and deadlines stay plausible.
"""

import calendar
import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
import yaml

from .client import ActionError, Portal
from .common import PortalError, echo, write_private
from .configuration import signing_key

FOLDER = Path(__file__).parent / "city"
STAMP = "demo.loaded"
PROGRESS_STEP = 10
RELATIVE_DATE = re.compile(r"today(?:([+-]\d{1,5})([dmy]))?")
MONTHS = {"m": 1, "y": 12}

Credentials = dict[str, dict[str, str]]


@dataclass(frozen=True)
class City:
    """Content of the demo city: users by label, then organizations, packages and groups in the order of loading."""

    users: dict[str, dict[str, Any]]
    organizations: list[dict[str, Any]]
    packages: list[dict[str, Any]]
    groups: list[dict[str, Any]]


def read_city(today: date, folder: Path = FOLDER) -> City:
    """Read the city as of a day; algorithms come first, because datasets refer to them."""
    files = [folder / "algorithms.yaml", *sorted((folder / "datasets").glob("*.yaml"))]
    packages = [package for file in files for package in _read_yaml(file)]
    users, organizations, groups = (
        _read_yaml(folder / f"{name}.yaml") for name in ("users", "organizations", "groups")
    )
    return City(users, organizations, resolve_dates(packages, today), groups)


def resolve_dates(value: Any, today: date) -> Any:
    """Replace texts such as today-400d, today+6m or today-2y by ISO dates, at any depth of a JSON value."""
    if isinstance(value, dict):
        return {key: resolve_dates(item, today) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve_dates(item, today) for item in value]
    match = RELATIVE_DATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    number, unit = int(match[1] or 0), match[2] or "d"
    day = today + timedelta(days=number) if unit == "d" else _add_months(today, number * MONTHS[unit])
    return day.isoformat()


def _add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def sysadmin_name(folder: Path = FOLDER) -> str:
    """Return the name of the demo city's sysadmin."""
    return str(_read_yaml(folder / "users.yaml")["sysadmin"]["name"])


def digest(folder: Path = FOLDER) -> str:
    """Return the SHA-256 of the city's files."""
    content = hashlib.sha256()
    for file in sorted(folder.rglob("*.yaml")):
        content.update(file.read_bytes())
    return content.hexdigest()


def _read_yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def load_city(client: Portal, folder: Path) -> None:
    """Load what is missing of the demo city, unless the stamp in the data folder has the digest of its files.

    Raises PortalError if an action fails or CKAN stops responding.
    """
    stamp = folder / STAMP
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest():
        return
    city = read_city(datetime.now().astimezone().date())
    try:
        load_people(client, folder, city)
        _create_missing(client, "package", city.packages)
        members = [{**group, "packages": [{"id": name} for name in group["packages"]]} for group in city.groups]
        _create_missing(client, "group", members)
    except ActionError as error:
        raise PortalError(f"The demo city could not be loaded ({error}): mend the files in {FOLDER}.") from None
    except requests.RequestException as error:
        raise PortalError(f"CKAN stopped answering ({error}): see {folder / 'log'} and start again.") from None
    stamp.write_text(digest(), encoding="utf-8")


def load_people(client: Portal, folder: Path, city: City, others: Iterable[dict[str, Any]] = ()) -> None:
    """Create what is missing of the organizations, the logins and other users, who have roles but no login."""
    _create_missing(client, "organization", city.organizations)
    _create_logins(client, folder, city)
    for user in others:
        if not client.exists("user_show", user["name"]):
            details = {"email": f"{user['name']}@example.org", "password": secrets.token_urlsafe(12)}
            client.call("user_create", name=user["name"], fullname=user["fullname"], **details)
        _grant_roles(client, user, city)


def read_credentials(folder: Path) -> Credentials:
    """Read the demo logins by label; empty before they are created."""
    file = folder / "credentials.json"
    known: Credentials = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return known


def write_credentials(folder: Path, logins: Credentials) -> None:
    """Write the demo logins, readable only by their owner."""
    write_private(folder / "credentials.json", json.dumps(logins, indent=1) + "\n")


def reset(folder: Path) -> None:
    """Delete stamp, credentials and signing key of a city whose database is gone.

    The key has signed the log of that database, and must not sign another one.
    """
    for path in (folder / STAMP, folder / "credentials.json", *folder.glob(f"{signing_key(folder).name}*")):
        path.unlink(missing_ok=True)


def _create_missing(client: Portal, kind: str, records: list[dict[str, Any]]) -> None:
    for number, record in enumerate(records, 1):
        if not client.exists(f"{kind}_show", record["name"]):
            try:
                client.call(f"{kind}_create", **record)
            except ActionError as error:
                raise ActionError(f"{kind} {record['name']!r}: {error}") from None
        if number % PROGRESS_STEP == 0 or number == len(records):
            echo(f"  {kind}s of the demo city: {number} of {len(records)}")


def _create_logins(client: Portal, folder: Path, city: City) -> None:
    """Create the users that have no login yet and give all of them their roles."""
    logins = read_credentials(folder)
    for label, user in city.users.items():
        if label not in logins:
            logins[label] = _create_login(client, user)
            write_credentials(folder, logins)
        _grant_roles(client, user, city)
    write_credentials(folder, {label: logins[label] for label in city.users})


def _grant_roles(client: Portal, user: dict[str, Any], city: City) -> None:
    """Make a user a member of organizations; `all` means every organization."""
    everywhere = [organization["name"] for organization in city.organizations]
    for organization, role in user.get("roles", {}).items():
        for name in everywhere if organization == "all" else [organization]:
            client.call("organization_member_create", id=name, username=user["name"], role=role)


def _create_login(client: Portal, user: dict[str, Any]) -> dict[str, str]:
    """Create a user, or reset the password of an existing one; return name, password and a new API token."""
    name, password = user["name"], secrets.token_urlsafe(12)
    if client.exists("user_show", name):
        client.call("user_patch", id=name, password=password)
    else:
        details = {"email": f"{name}@example.org", "fullname": user["fullname"], "password": password}
        client.call("user_create", name=name, **details)
    token = client.call("api_token_create", user=name, name="portal")["token"]
    return {"name": name, "password": password, "token": token}
