"""Authorization functions of the ledger's actions: a history may be read by those who may read the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from . import access


@tk.auth_allow_anonymous_access
def governance_history(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow readers of the dataset; of a deleted or purged one, those who could read it before."""
    return {"success": access.find(context, data_dict["id"]).visible}


@tk.auth_allow_anonymous_access
def governance_changes(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everybody: the action returns only events that the user may see."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_checkpoint_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everybody: checkpoints reveal nothing about any dataset."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_proof(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everybody: proofs hold only hashes, and the nonces in the events prevent guessing."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_checkpoint_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everybody: checkpoints reveal nothing about any dataset."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_event_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Allow everybody: the action raises ObjectNotFound for events that the user may not see."""
    return {"success": True}
