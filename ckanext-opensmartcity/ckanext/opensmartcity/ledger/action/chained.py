"""CKAN's own actions that change what is governed and call no hook for it: recorded like every other change."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Action, ChainedAction, Context

from ...governance.model import packages
from ..change_capture import watching
from ..recorder import is_governed


def _about_dataset(name: str) -> Action:
    """Return an action that is chained to CKAN's own of that name, whose `id` is a dataset."""

    @tk.chained_action
    def chained(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
        with watching(context, "dataset", *_dataset_id(data_dict)):
            return original(context, data_dict)

    chained.__name__ = name
    return chained


@tk.chained_action
def dataset_purge(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Purge a dataset; of its governance the ledger keeps that it existed, when it went and why.

    :param reason: why the dataset goes, as everybody may read who could read its history
    :type reason: string
    """
    reason = data_dict.get("reason")
    with watching(context, "dataset", *_dataset_id(data_dict), reason=str(reason)[:1000] if reason else None):
        return original(context, data_dict)


@tk.chained_action
def organization_update(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Update an organisation; a new name or title is recorded."""
    found = model.Group.get(data_dict.get("id"))
    with watching(context, "organization", *([found.id] if found else [])):
        return original(context, data_dict)


@tk.chained_action
def user_delete(original: ChainedAction, context: Context, data_dict: dict[str, Any]) -> Any:
    """Delete a user, who may have been a collaborator."""
    user = model.User.get(data_dict.get("id"))
    datasets = packages.collaborations(model.Session(), user.id) if user else []
    with watching(context, "dataset", *datasets):
        return original(context, data_dict)


def _dataset_id(data_dict: dict[str, Any]) -> list[str]:
    package = model.Package.get(data_dict.get("id"))
    return [package.id] if package and is_governed(package) else []


def get_actions() -> dict[str, Action]:
    """Return the chained actions by name."""
    plain = ("package_owner_org_update", "package_collaborator_create", "package_collaborator_delete")
    others = (dataset_purge, organization_update, user_delete)
    return {name: _about_dataset(name) for name in plain} | {action.__name__: action for action in others}
