"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from . import access


@tk.auth_allow_anonymous_access
def governance_history(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see a dataset may see its history; of a deleted or purged one whoever could before it went."""
    return {"success": access.find(context, data_dict["id"]).visible}


@tk.auth_allow_anonymous_access
def governance_changes(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may ask what changed, and is told of what they may see."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_checkpoint_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may keep checkpoints: they say nothing of any dataset."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_proof(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may ask for proofs: they hold hashes alone, which the nonces in the events keep from being guessed."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_checkpoint_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may keep checkpoints."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_event_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may ask for an event, and is told there is none where they may not see it."""
    return {"success": True}
