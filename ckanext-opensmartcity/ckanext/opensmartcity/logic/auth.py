"""Who may do what: reading governance is reading the dataset."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz
from ckan.types import AuthFunction, AuthResult, Context

from .. import config
from .history import reading
from .voices import sight


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
def governance_audit(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may audit: only the records that the search would show them are listed and counted."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_city_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may search may read the figures of the city, which count public records only."""
    tk.check_access("package_search", context, data_dict)
    return {"success": True}


def _may_speak(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    who = config.questions()
    if who == "off":
        return {"success": False, "msg": tk._("This portal takes no questions and no stories.")}
    if who == "members" and not context.get("user"):
        return {"success": False, "msg": tk._("Please log in first: this portal takes them from its members only.")}
    tk.check_access("package_show", context, {"id": data_dict["id"]})
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_question_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a record may ask about it, as far as the portal takes questions."""
    return _may_speak(context, data_dict)


@tk.auth_allow_anonymous_access
def governance_story_create(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a record may tell what came of it, as far as the portal takes stories."""
    return _may_speak(context, data_dict)


def _may_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    if data_dict.get("to_do"):
        return {"success": bool(context.get("user"))}
    if data_dict.get("id"):
        tk.check_access("package_show", context, {"id": data_dict["id"]})
    return {"success": True}


@tk.auth_allow_anonymous_access
def governance_question_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a record may read the questions about it; everybody those about public records."""
    return _may_list(context, data_dict)


@tk.auth_allow_anonymous_access
def governance_story_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may read a record may read the stories about it; everybody those about public records."""
    return _may_list(context, data_dict)


def _may_settle(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit the record, and the editors of the organisation that is to answer, may settle a question."""
    return {"success": sight.may_settle(context, sight.question(data_dict["id"]))}


def governance_story_moderate(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Whoever may edit the record decides which stories are shown with it."""
    return {"success": reading.may_change(context, sight.story(data_dict["id"]).package_id)}


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


_SETTLING = ("answer", "pass_on", "hide", "allow")


def get_auth_functions() -> dict[str, AuthFunction]:
    """Return the permission of each action by its name."""
    named = {name: function for name, function in globals().items() if name.startswith("governance_")}
    return named | {f"governance_question_{act}": _may_settle for act in _SETTLING}
