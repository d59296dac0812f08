"""What the ledger costs a save: `package_patch` of one governed answer with it and without it, turn by turn.

Both datasets have every question answered. The action runs as a steward calls it: rights, validators, database, search
index and commit. "Without" means that nobody tells the ledger of the change; all else is the same.
"""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest import mock

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.opensmartcity.ledger import change_capture
from ckanext.opensmartcity.ledger.model import session_hooks

from . import portal
from .results import Result

ROUNDS, WARM_UP = 150, 15
ANSWERS = {
    "ownership_owner": "Mobility Department",
    "ownership_steward_role": "Data steward for mobility",
    "ownership_contact": "mobility@city.example",
    "ownership_origin": "sensors",
    "governance_reviewed_on": "2026-05-01",
    "governance_review_due": "2027-05-01",
    "sovereignty_storage_countries": ["NL"],
    "sovereignty_storage_kind": "own_premises",
    "sovereignty_jurisdictions": ["EU", "NL"],
    "sovereignty_foreign_access": "no",
    "privacy_class": "non_personal",
    "privacy_openness": "open",
    "algorithm_use": "none_known",
    "retention_type": "indefinite",
    "fitness_purpose": "To know how many cyclists pass.",
    "license_id": "cc-by",
}


def measure() -> Iterator[Result]:
    """Measure saves of a steward, and of a sysadmin."""
    with portal.request():
        for role in ("editor", "sysadmin"):
            yield _measured(role)


def _measured(role: str) -> Result:
    user = new_user(role)
    told, untold = new_dataset(user), new_dataset(user)
    times: dict[str, list[float]] = {told: [], untold: []}
    for turn in range(ROUNDS + WARM_UP):
        for dataset in (told, untold) if turn % 2 else (untold, told):
            seconds = _save(user, dataset, f"Department {turn}", silent=dataset == untold)
            if turn >= WARM_UP:
                times[dataset].append(seconds)
    slow, fast = (statistics.median(times[dataset]) for dataset in (told, untold))
    ratios = {"the time without the ledger (1.10 allowed)": slow / fast}
    return Result(f"package_patch as {role}", ROUNDS, "saves", slow * ROUNDS, portal.megabytes(), ratios)


def _save(user: str, dataset: str, owner: str, silent: bool) -> float:
    """Save one answer as a request of its own would, and return the seconds."""
    model.Session.remove()
    context = {"user": user}
    with _silence() if silent else nullcontext():
        begin = time.perf_counter()
        tk.get_action("package_patch")(context, {"id": dataset, "ownership_owner": owner})
        return time.perf_counter() - begin


@contextmanager
def _silence() -> Iterator[None]:
    with mock.patch.object(change_capture, "watch_dataset"), mock.patch.object(session_hooks, "watch"):
        yield


def new_user(role: str) -> str:
    """Make a user with this role in an organisation of its own, and return the name."""
    name = f"bench-{role}-{uuid.uuid4().hex[:8]}"
    password = uuid.uuid4().hex
    details = {"name": name, "email": f"{name}@example.org", "password": password, "sysadmin": role == "sysadmin"}
    tk.get_action("user_create")(_site(), details)
    users = [{"name": name, "capacity": "editor"}] if role == "editor" else []
    tk.get_action("organization_create")(_site(), {"name": f"{name}-org", "users": users})
    return name


def new_dataset(user: str) -> str:
    """Make a dataset with every question answered in the organisation of a user, and return its id."""
    record = {"name": f"bench-{uuid.uuid4().hex}", "owner_org": f"{user}-org", "private": False, **ANSWERS}
    return str(tk.get_action("package_create")({"user": user}, record)["id"])


def _site() -> dict[str, Any]:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": user}
