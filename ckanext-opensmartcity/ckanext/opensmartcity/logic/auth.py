"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthFunction, AuthResult, Context

from .history import reading


@tk.auth_allow_anonymous_access
def governance_standard_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may read the standard."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a dataset may read its governance."""
    tk.check_access("package_show", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Everybody may check a record of their own; a change of a stored one, whoever may make that change."""
    if isinstance(data_dict.get("patch_of"), str) and data_dict["patch_of"]:
        tk.check_access("package_update", context, {"id": data_dict["patch_of"]})
    return {"success": True}


def governance_defaults_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may create datasets in an organisation may read what it usually answers."""
    may = authz.has_user_permission_for_group_or_org(data_dict.get("id"), context.get("user"), "create_dataset")
    return {"success": may}


def governance_defaults_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit an organisation may say what it usually answers."""
    tk.check_access("organization_update", context, {"id": data_dict.get("id")})
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_history(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may see a dataset may see its history; of a deleted or purged one whoever could before it went."""
    return {"success": reading.find(context, data_dict["id"]).visible}


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


@tk.auth_allow_anonymous_access
def governance_stats(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may count: only the records that the search would show them are in the numbers."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_city_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may read the figures of the city, which count public records only."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_links_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a dataset may know whether its links lead somewhere."""
    tk.check_access("package_show", context, {"id": data_dict.get("id")})
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_links_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may read of links, which are those of public datasets only."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


def governance_links_check(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Nobody but sysadmins lets the portal ask other hosts."""
    return {"success": False}


@tk.auth_allow_anonymous_access
def governance_compare_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read the figures of this city may see them beside those of others."""
    tk.check_access("governance_city_show", context, data_dict)
    return {"success": True}


def governance_peers_fetch(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Nobody but sysadmins lets the portal ask other hosts."""
    return {"success": False}


def get_auth_functions() -> dict[str, AuthFunction]:
    """Return the permission of each action by its name."""
    return {
        "governance_standard_show": governance_standard_show,
        "governance_show": governance_show,
        "governance_check": governance_check,
        "governance_history": governance_history,
        "governance_changes": governance_changes,
        "governance_defaults_show": governance_defaults_show,
        "governance_defaults_update": governance_defaults_update,
        "governance_checkpoint_show": governance_checkpoint_show,
        "governance_proof": governance_proof,
        "governance_checkpoint_list": governance_checkpoint_list,
        "governance_event_show": governance_event_show,
        "governance_stats": governance_stats,
        "governance_city_show": governance_city_show,
        "governance_links_show": governance_links_show,
        "governance_links_list": governance_links_list,
        "governance_links_check": governance_links_check,
        "governance_compare_show": governance_compare_show,
        "governance_peers_fetch": governance_peers_fetch,
    }
