"""Permission labels of datasets and of their histories, from CKAN's IPermissionLabels plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ckan import model
from ckan.lib.plugins import get_permission_labels
from sqlalchemy.orm import Session

from .model import packages
from .model.packages import Stored


class _AsIf:
    """Stand-in for a Package with some attributes replaced; the others are loaded from the database on access."""

    def __init__(self, stored: Stored, **replaced: Any) -> None:
        self.__dict__.update(vars(stored) | replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(model.Session.get(model.Package, self.__dict__["id"]), name)


def history_labels(stored: Stored, before: Sequence[str] | None) -> Sequence[str]:
    """Return the labels of a dataset's history; `before` are the former labels, None if the ledger has none.

    The history of a deleted dataset stays visible to everybody who could see it; a dataset that was never public, such
    as a draft, does not become public by its deletion.
    """
    if stored.state != "deleted":
        return _labels(_AsIf(stored))
    if before is None or not is_open(before):
        return inner_labels(stored)
    return _labels(_AsIf(stored, state="active"))


def is_public(session: Session, package_id: str) -> bool:
    """Tell whether everybody may see a dataset, or could until it was deleted."""
    stored = packages.find(session, package_id)
    if stored is None or stored.state not in ("active", "deleted"):
        return False
    return is_open(_labels(_AsIf(stored, state="active")))


def inner_labels(stored: Stored) -> Sequence[str]:
    """Return the labels that a dataset would have if it were private."""
    return _labels(_AsIf(stored, state="active", private=True))


def _labels(dataset: _AsIf) -> Sequence[str]:
    return sorted(get_permission_labels().get_dataset_labels(dataset))


def user_labels(user: Any) -> list[str]:
    """Return the labels of a user; of anonymous users for None."""
    return list(get_permission_labels().get_user_dataset_labels(user))


def is_open(labels: Sequence[str]) -> bool:
    """Tell whether anonymous users may see a record with these labels."""
    return not set(labels).isdisjoint(user_labels(None))
