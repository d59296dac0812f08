"""Overhead of the ledger on a save: `package_patch` of one governed answer with and without it, in turns.

Both datasets have every question answered. The action runs as for a steward: authorization, validators, database,
search index and commit. "Without" disables the capture of changes; everything else is the same.
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
    """Measure saves by a steward and by a sysadmin."""
    with portal.request():
        for role in ("editor", "sysadmin"):
            yield _measured(role)


def _measured(role: str) -> Result:
    user = new_user(role)
    recorded, unrecorded = new_dataset(user), new_dataset(user)
    times: dict[str, list[float]] = {recorded: [], unrecorded: []}
    for turn in range(ROUNDS + WARM_UP):
        for dataset in (recorded, unrecorded) if turn % 2 else (unrecorded, recorded):
            seconds = _save(user, dataset, f"Department {turn}", record=dataset == recorded)
            if turn >= WARM_UP:
                times[dataset].append(seconds)
    slow, fast = (statistics.median(times[dataset]) for dataset in (recorded, unrecorded))
    ratios = {"the time without the ledger (1.10 allowed)": slow / fast}
    return Result(f"package_patch as {role}", ROUNDS, "saves", slow * ROUNDS, portal.megabytes(), ratios)


def _save(user: str, dataset: str, owner: str, record: bool) -> float:
    """Save one answer like a separate request, and return the seconds."""
    model.Session.remove()
    context = {"user": user}
    with nullcontext() if record else _without_capture():
        begin = time.perf_counter()
        tk.get_action("package_patch")(context, {"id": dataset, "ownership_owner": owner})
        return time.perf_counter() - begin


@contextmanager
def _without_capture() -> Iterator[None]:
    with mock.patch.object(change_capture, "watch_dataset"), mock.patch.object(session_hooks, "watch"):
        yield


def new_user(role: str) -> str:
    """Create a user with this role in a new organisation, and return the name."""
    name = f"bench-{role}-{uuid.uuid4().hex[:8]}"
    password = uuid.uuid4().hex
    details = {"name": name, "email": f"{name}@example.org", "password": password, "sysadmin": role == "sysadmin"}
    tk.get_action("user_create")(_site(), details)
    users = [{"name": name, "capacity": "editor"}] if role == "editor" else []
    tk.get_action("organization_create")(_site(), {"name": f"{name}-org", "users": users})
    return name


def new_dataset(user: str) -> str:
    """Create a dataset with every question answered in a user's organisation, and return its id."""
    record = {"name": f"bench-{uuid.uuid4().hex}", "owner_org": f"{user}-org", "private": False, **ANSWERS}
    return str(tk.get_action("package_create")({"user": user}, record)["id"])


def _site() -> dict[str, Any]:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": user}
