"""Questions of residents: asked without an account, answered in public."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from .. import config
from ..feature import action
from ..governance import governance, permission_labels
from ..governance.auth import may_change
from ..governance.model import MAX_BIGINT
from . import auth, data_subject_requests, dictize, notifications, permissions, rate_limit
from . import schema as participation_schema
from .model import participants, questions, stories
from .model.questions import OPEN, Question
from .model.stories import Story


@action(auth.governance_question_create, participation_schema.governance_question_create)
def governance_question_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Ask a question about a dataset or algorithm that you can see. No account is needed where the portal allows it.

    What you write is text; nothing in it is run or shown as a page. Nobody is shown who asked.

    :param id: id or name of the dataset or algorithm
    :type id: string
    :param text: the question, 5 to 2,000 characters
    :type text: string
    :param email: where to send the answer; deleted once it is sent, and never shown
    :type email: string
    :param lang: language of that mail, by default that of the request
    :type lang: string

    :returns: `id`, `state` (`waiting` until a steward has read it, or `open`), and `code`: with it you can have the
        question exported or deleted
    :rtype: dictionary
    """
    rate_limit.take_visitor(context)
    tk.check_access("governance_question_create", context, {"id": data_dict["id"]})
    record = permissions.record(data_dict["id"])
    rate_limit.take_record(record.id)
    question_id, code, now = str(uuid.uuid4()), data_subject_requests.new_code(), datetime.now(timezone.utc)
    state = "waiting" if config.moderated_before() else "open"
    about = {"package_id": record.id, "organization_id": record.owner_org}
    values = {"id": question_id, "state": state, "asked_at": now, "text": data_dict["text"], **about}
    questions.add(model.Session(), values)
    participants.add(model.Session(), {"question_id": question_id, **who(context, data_dict, code)})
    model.repo.commit()
    notifications.ask_to_tell_stewards(record.owner_org)
    return {"id": question_id, "state": state, "code": code}


def who(context: Context, data_dict: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return what is kept of who asks or tells: an address only if one was given, and marks."""
    email, user = data_dict.get("email"), context.get("auth_user_obj") if context.get("user") else None
    found = [data_subject_requests.of_code(code)]
    found += [data_subject_requests.of_email(email)] if email else []
    found += [data_subject_requests.of_user(user.id)] if user else []
    reader = governance.reader(data_dict.get("lang") or governance.request_language())
    return {"email": email, "language": reader.code, "marks": found}


@tk.side_effect_free
@action(auth.governance_question_list, participation_schema.governance_question_list)
def governance_question_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return questions with their answers, newest first: of one record, of the portal, or what waits for you.

    With `id`, who may settle a question also sees it while it waits or is hidden. Without, questions on public
    records, the same for everybody.

    :param id: id or name of a dataset or algorithm
    :type id: string
    :param state: without `id`: `open` or `answered`
    :type state: string
    :param overdue: without `id`: only questions that should have been answered before today
    :type overdue: boolean
    :param organization: without `id`: name of the organisation that is to answer
    :type organization: string
    :param to_do: what waits for you to settle, the oldest first, instead of all that
    :type to_do: boolean
    :param limit: the most questions to return, 1 to 100, 20 by default
    :type limit: int
    :param cursor: the `next_cursor` of the page before
    :type cursor: string

    :returns: `questions` and `next_cursor`; with `id` also `states`, the number of each state, `hidden_reasons`, and
        `may_settle`, whether you may settle questions of this record
    :rtype: dictionary
    """
    tk.check_access("governance_question_list", context, data_dict)
    if data_dict.get("to_do"):
        return _to_do(context, data_dict)
    if "id" in data_dict:
        return _of_record(context, data_dict)
    return _of_portal(data_dict)


def _of_record(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    limit, record = data_dict["limit"], permissions.record(data_dict["id"])
    seen = permissions.of_record(context, record.id)
    found = questions.of_record(model.Session(), record.id, seen, data_dict.get("cursor", MAX_BIGINT), limit + 1)
    more = _question_page(found.questions, limit)
    for shown, each in zip(more["questions"], found.questions, strict=False):
        shown["may_settle"] = seen.inner or each.organization_id in seen.organizations
    counted = {"states": dict(found.states), "hidden_reasons": dict(found.reasons), "may_settle": seen.inner}
    return more | counted


def _of_portal(data_dict: dict[str, Any]) -> dict[str, Any]:
    limit, state = data_dict["limit"], data_dict.get("state")
    overdue = data_dict.get("overdue", False)
    wanted = {
        "states": [state] if state else list(questions.SHOWN),
        "organization": data_dict.get("organization"),
        "due": dictize.due_before() if overdue else None,
        "before": data_dict.get("cursor", MAX_BIGINT),
        "limit": limit + 1,
    }
    return _question_page(questions.of_portal(model.Session(), permission_labels.user_labels(None), wanted), limit)


def _to_do(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    limit, mine = data_dict["limit"], permissions.own_organizations(context)
    return _question_page(
        questions.to_do(
            model.Session(), permission_labels.user_labels(None), mine, data_dict.get("cursor", 0), limit + 1
        ),
        limit,
    )


def _question_page(found: list[Question], limit: int) -> dict[str, Any]:
    return dictize.page("questions", dictize.question, found, limit)


@action(auth.may_settle, participation_schema.governance_question_answer)
def governance_question_answer(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Answer a question, in public and once. Of two stewards who answer at once, the second is told so.

    :param id: id of the question
    :type id: string
    :param answer: the answer, 5 to 10,000 characters
    :type answer: string
    :param changes_record: whether the record is changed because of the question
    :type changes_record: boolean
    :param event: id of the public event of the ledger that was that change; without it the next one of the record
    :type event: string

    :returns: the question
    :rtype: dictionary
    """
    found = _settled_by(context, data_dict, "governance_question_answer")
    event = data_dict.get("event")
    values = {
        "state": "answered",
        "answer": data_dict["answer"],
        "answered_at": datetime.now(timezone.utc),
        "changes_record": bool(event or data_dict.get("changes_record")),
        "event_id": _event(found, event) if event else None,
    }
    _change(found, OPEN, values)
    notifications.ask_to_tell_asker(found.id)
    return _shown(found.id)


def _event(found: Question, event_id: str) -> str:
    """Return the id of a public event of the question's record; ValidationError where it is not one."""
    try:
        event = tk.get_action("governance_event_show")({"user": "", "ignore_auth": False}, {"id": event_id})
    except (KeyError, tk.ObjectNotFound, tk.NotAuthorized):
        event = None
    if event is None or event["subject"]["id"] != found.package_id:
        raise tk.ValidationError({"event": [tk._("This record has no such public event.")]})
    return event_id


@action(auth.may_settle, participation_schema.governance_question_pass_on)
def governance_question_pass_on(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Give a question to another organisation, whose stewards are then told. The time to answer runs on.

    :param id: id of the question
    :type id: string
    :param organization: id or name of the organisation that is to answer
    :type organization: string

    :returns: the question
    :rtype: dictionary
    """
    found = _settled_by(context, data_dict, "governance_question_pass_on")
    organization = model.Group.get(data_dict["organization"])
    if organization is None or not organization.is_organization or organization.state != "active":
        raise tk.ValidationError({"organization": [tk._("There is no such organisation here.")]})
    if not permissions.is_public(found.package_id):
        message = tk._("This record is not public, so only its own organisation can answer.")
        raise tk.ValidationError({"organization": [message]})
    if not questions.pass_on(model.Session(), found.id, organization.id, datetime.now(timezone.utc)):
        raise _refusal(found.id, tk._("This organisation has the question already."))
    model.repo.commit()
    notifications.ask_to_tell_stewards(organization.id)
    return _shown(found.id)


@action(auth.may_settle, participation_schema.governance_question_hide)
def governance_question_hide(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Hide a question, with or without an answer. The page goes on to say how many are hidden, and why.

    :param id: id of the question
    :type id: string
    :param reason: `spam`, `insult`, `personal_data`, `off_topic` or `repeated`
    :type reason: string

    :returns: the question
    :rtype: dictionary
    """
    found = _settled_by(context, data_dict, "governance_question_hide")
    hidden = {"hidden_at": datetime.now(timezone.utc), "hidden_reason": data_dict["reason"]}
    _change(found, ("waiting", "open", "answered"), {"state": "hidden", **hidden})
    notifications.ask_to_tell_asker(found.id)
    return _shown(found.id)


@action(auth.may_settle, participation_schema.governance_question_allow)
def governance_question_allow(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show a question that waits or was hidden.

    :param id: id of the question
    :type id: string

    :returns: the question
    :rtype: dictionary
    """
    found = _settled_by(context, data_dict, "governance_question_allow")
    state = "open" if found.answer is None else "answered"
    _change(found, ("waiting", "hidden"), {"state": state, "hidden_at": None, "hidden_reason": None})
    return _shown(found.id)


def _settled_by(context: Context, data_dict: dict[str, Any], action: str) -> Question:
    """Return a question that this user may settle; ObjectNotFound where there is none."""
    found = permissions.question(data_dict["id"])
    tk.check_access(action, context, {"id": found.id})
    return found


def _change(found: Question, states: tuple[str, ...], values: Mapping[str, Any]) -> None:
    if not questions.change(model.Session(), found.id, states, values):
        raise _refusal(found.id, tk._("This is so already."))
    model.repo.commit()


def _refusal(question_id: str, otherwise: str) -> tk.ValidationError:
    """Say what became of a question that could not be changed as asked."""
    model.Session.rollback()
    state = permissions.question(question_id).state
    said = {
        "answered": tk._("Somebody has answered this question meanwhile. Read that answer first; yours was not saved."),
        "hidden": tk._("Somebody has hidden this question meanwhile. Show it again before you answer."),
    }
    return tk.ValidationError({"id": [said.get(state, otherwise)]})


def _shown(question_id: str) -> dict[str, Any]:
    return dictize.question(permissions.question(question_id))


_SEEN = ("waiting", "shown")


@action(auth.governance_story_create, participation_schema.governance_story_create)
def governance_story_create(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Tell what came of a dataset or algorithm: something that it was good for, or harm that it did.

    A steward reads it before it is shown. What you write is text. Nobody is shown who told it.

    :param id: id or name of the dataset or algorithm
    :type id: string
    :param kind: `use` or `harm`
    :type kind: string
    :param title: what happened in one line, 5 to 150 characters
    :type title: string
    :param text: the story, 5 to 4,000 characters
    :type text: string
    :param link: a web address where more can be read (http or https)
    :type link: string

    :returns: `id`, `state` (`waiting`) and `code`: with it you can have the story exported or deleted
    :rtype: dictionary
    """
    rate_limit.take_visitor(context)
    tk.check_access("governance_story_create", context, {"id": data_dict["id"]})
    record = permissions.record(data_dict["id"])
    rate_limit.take_record(record.id)
    story_id, code = str(uuid.uuid4()), data_subject_requests.new_code()
    told = {name: data_dict.get(name) for name in ("kind", "title", "text", "link")}
    now = datetime.now(timezone.utc)
    stories.add(model.Session(), {"id": story_id, "package_id": record.id, "state": "waiting", "told_at": now, **told})
    participants.add(model.Session(), {"story_id": story_id, **who(context, {}, code)})
    model.repo.commit()
    notifications.ask_to_tell_stewards(record.owner_org)
    return {"id": story_id, "state": "waiting", "code": code}


@tk.side_effect_free
@action(auth.governance_story_list, participation_schema.governance_story_list)
def governance_story_list(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return stories, newest first: of one record, of the portal, or what waits for you.

    :param id: id or name of a dataset or algorithm; who may edit it also sees what waits
    :type id: string
    :param q: words that are in the story; "…" for a phrase, - before a word that is not to be there
    :type q: string
    :param kind: `use` or `harm`
    :type kind: string
    :param to_do: what waits for you to decide, the oldest first, instead of all that
    :type to_do: boolean
    :param limit: the most stories to return, 1 to 100, 20 by default
    :type limit: int
    :param cursor: the `next_cursor` of the page before
    :type cursor: string

    :returns: `stories` and `next_cursor`
    :rtype: dictionary
    """
    tk.check_access("governance_story_list", context, data_dict)
    session, limit = model.Session(), data_dict["limit"]
    if data_dict.get("to_do"):
        return _story_page(stories.to_do(session, permissions.own_organizations(context), limit), limit)
    wanted = {"q": data_dict.get("q"), "kind": data_dict.get("kind")}
    wanted |= {"before": data_dict.get("cursor", MAX_BIGINT), "limit": limit + 1}
    if "id" in data_dict:
        record = permissions.record(data_dict["id"])
        inner = bool(context.get("user") or context.get("ignore_auth")) and may_change(context, record.id)
        return _story_page(stories.of_record(session, record.id, inner, wanted), limit) | {"may_decide": inner}
    return _story_page(stories.of_portal(session, permission_labels.user_labels(None), wanted), limit)


def _story_page(found: list[Story], limit: int) -> dict[str, Any]:
    return dictize.page("stories", dictize.story, found, limit)


@action(auth.governance_story_moderate, participation_schema.governance_story_moderate)
def governance_story_moderate(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Decide whether a story is shown, also once more.

    :param id: id of the story
    :type id: string
    :param decision: `show` or `hide`
    :type decision: string
    :param reason: with `hide`: `spam`, `insult`, `personal_data`, `off_topic` or `repeated`
    :type reason: string

    :returns: the story
    :rtype: dictionary
    """
    found = permissions.story(data_dict["id"])
    tk.check_access("governance_story_moderate", context, {"id": found.id})
    reason = data_dict.get("reason")
    if data_dict["decision"] == "hide" and not reason:
        raise tk.ValidationError({"reason": [tk._("Please choose a reason.")]})
    state, states = ("shown", ("waiting", "hidden")) if data_dict["decision"] == "show" else ("hidden", _SEEN)
    values = {"state": state, "decided_at": datetime.now(timezone.utc)}
    values["hidden_reason"] = reason if state == "hidden" else None
    if not stories.change(model.Session(), found.id, states, values):
        model.Session.rollback()
        raise tk.ValidationError({"id": [tk._("Somebody has decided so already.")]})
    model.repo.commit()
    return dictize.story(permissions.story(found.id))
