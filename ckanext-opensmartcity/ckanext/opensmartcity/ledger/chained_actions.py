"""Chained actions: capture changes by those of CKAN's actions that call no plugin hook for them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, ChainedAction, Context

from .. import compat
from ..governance import params
from ..governance.model import packages
from .change_capture import capture_changes
from .lost_update import PARAMETER, refuse_conflict
from .recorder import is_governed

_MAX_REASON = 1_000
# Key of a context for the value of PARAMETER.
_SINCE = "opensmartcity_if_unchanged_since"


def _chain_dataset_action(name: str) -> Action:
    """Return a chained action for CKAN's action `name`, whose `id` parameter is a dataset."""

    @tk.chained_action
    def chained(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
        with capture_changes(context, "dataset", *_dataset_id(data_dict)):
            return original(context, data_dict)

    chained.__name__ = name
    return chained


@tk.chained_action
def dataset_purge(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Purge a dataset; the ledger keeps that it existed, when it was purged and why.

    :param reason: why the dataset is purged, visible to everybody who could read its history
    :type reason: string
    """
    params.require(data_dict, params.query, "reason")
    reason = str(data_dict.get("reason") or "")[:_MAX_REASON] or None
    with capture_changes(context, "dataset", *_dataset_id(data_dict), reason=reason):
        return original(context, data_dict)


@tk.chained_action
def package_update(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Update a dataset, unless somebody else has changed the same answers (optimistic locking).

    :param if_unchanged_since: id of the newest event that you have seen; a conflict is refused with 409 and both values
    :type if_unchanged_since: string
    """
    sent = {name: value for name, value in data_dict.items() if name != PARAMETER}
    since = context.pop(_SINCE, data_dict.get(PARAMETER))
    if since is not None:
        refuse_conflict(context, sent, since)
    return original(context, sent)


@tk.chained_action
def package_revise(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Revise a dataset, unless somebody else has changed the same answers (optimistic locking).

    :param if_unchanged_since: id of the newest event that you have seen, as for package_update
    :type if_unchanged_since: string
    """
    sent = {name: value for name, value in data_dict.items() if name != PARAMETER}
    since = data_dict.get(PARAMETER)
    # The revised record is known only in package_update, which package_revise calls.
    passed = Context(context, **({_SINCE: since} if since is not None else {}))
    return original(passed, sent)


@tk.chained_action
def organization_update(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Update an organisation and record a new name or title."""
    organization = model.Group.get(_id(data_dict))
    with capture_changes(context, "organization", *([organization.id] if organization else [])):
        return original(context, data_dict)


@tk.chained_action
def user_delete(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Delete a user and record the changed collaborators of their datasets."""
    user = model.User.get(_id(data_dict))
    datasets = packages.collaborations(model.Session(), user.id) if user else []
    with capture_changes(context, "dataset", *datasets):
        return original(context, data_dict)


def _chain_bulk_action(name: str) -> Action:
    """Return a chained action for CKAN's action `name`, which changes the datasets of a list or of an organisation."""

    @tk.chained_action
    def chained(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
        listed = data_dict.get("datasets")
        ids = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
        if organization := model.Group.get(_id(data_dict)):
            ids = packages.owned(model.Session(), organization.id)
        known = filter(None, map(model.Package.get, ids))
        with capture_changes(context, "dataset", *(package.id for package in known if is_governed(package))):
            return original(context, data_dict)

    chained.__name__ = name
    return chained


def _id(data_dict: dict[str, Any]) -> str | None:
    """Return the `id` parameter, or None if it cannot be one: the chained action then rejects it."""
    try:
        return params.query(data_dict.get("id"))
    except tk.Invalid:
        return None


def _dataset_id(data_dict: dict[str, Any]) -> list[str]:
    package = model.Package.get(_id(data_dict))
    return [package.id] if package and is_governed(package) else []


def get_actions() -> dict[str, Action]:
    """Return the chained actions by name."""
    of_datasets = ("package_owner_org_update", "package_collaborator_create", "package_collaborator_delete")
    others = (dataset_purge, package_update, package_revise, organization_update, user_delete)
    chained = {name: _chain_dataset_action(name) for name in of_datasets}
    if compat.CHANGES_DATASETS_BY_SQL:
        in_bulk = ("bulk_update_private", "bulk_update_public", "bulk_update_delete")
        chained |= {name: _chain_bulk_action(name) for name in (*in_bulk, "organization_delete", "organization_purge")}
    return chained | {action.__name__: action for action in others}
