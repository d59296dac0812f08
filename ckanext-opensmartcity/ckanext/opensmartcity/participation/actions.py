"""Actions of participation: residents ask questions and tell stories without an account; stewards moderate and answer.

Contributions are rate limited, and moderated before or after publication as configured.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from .. import config
from ..feature import action, call_if_enabled
from ..governance import governance, permission_labels
from ..governance.auth import may_change
from ..governance.model import MAX_BIGINT
from . import auth, data_subject_requests, dictize, expiry, notifications, permissions, personal_data, rate_limit
from . import schema as participation_schema
from .dictize import QuestionPage, QuestionResult, Receipt, StoryPage, StoryResult
from .model import participants, questions, stories
from .model.questions import OPEN, Question
from .model.stories import Story


@action(auth.may_contribute, participation_schema.governance_question_create)
def governance_question_create(context: Context, data_dict: dict[str, Any]) -> Receipt:
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
    :param publish_anyway: confirm that the text may be public although it seems to contain personal data
    :type publish_anyway: boolean

    :returns: `id`, `state` (`waiting` until a steward has read it, or `open`), and `code`: with it you can have the
        question exported or deleted
    :rtype: dictionary
    """
    rate_limit.limit_visitor(context)
    tk.check_access("governance_question_create", context, {"id": data_dict["id"]})
    record = permissions.get_record(data_dict["id"])
    personal_data.warn(data_dict, "text")
    rate_limit.limit_record(record.id)
    question_id, code, now = str(uuid.uuid4()), data_subject_requests.new_code(), datetime.now(timezone.utc)
    state = "waiting" if config.moderated_before() else "open"
    about = {"package_id": record.id, "organization_id": record.owner_org}
    values = {"id": question_id, "state": state, "asked_at": now, "text": data_dict["text"], **about}
    questions.add(model.Session(), values)
    participants.add(model.Session(), {"question_id": question_id, **_participant(context, data_dict, code)})
    model.repo.commit()
    notifications.schedule_steward_notification(record.owner_org)
    expiry.schedule()
    return {"id": question_id, "state": state, "code": code}


def _participant(context: Context, data_dict: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Return the personal data to store: keyed identifiers, mail language, and the address only if one was given."""
    email, user = data_dict.get("email"), context.get("auth_user_obj") if context.get("user") else None
    identifiers = [data_subject_requests.code_identifier(code)]
    identifiers += [data_subject_requests.email_identifier(email)] if email else []
    identifiers += [data_subject_requests.user_identifier(user.id)] if user else []
    reader = governance.reader(data_dict.get("lang") or governance.request_language())
    return {"email": email, "language": reader.code, "marks": identifiers}


@tk.side_effect_free
@action(auth.may_list, participation_schema.governance_question_list)
def governance_question_list(context: Context, data_dict: dict[str, Any]) -> QuestionPage:
    """Return questions with their answers, newest first: of one record, of the portal, or what waits for you.

    With `id`, who may settle a question also sees it while it waits or is hidden. Without, questions on public
    records, the same for everybody.

    :param id: id or name of a dataset or algorithm
    :type id: string
    :param state: without `id`: `open` or `answered`
    :type state: string
    :param overdue: without `id`: only questions that should have been answered before today; `false` for the others
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
    session, limit = model.Session(), data_dict["limit"]
    public_labels = permission_labels.user_labels(None)
    if data_dict.get("to_do"):
        organizations, after = permissions.own_organizations(context), data_dict.get("cursor", 0)
        return _question_page(questions.to_do(session, public_labels, organizations, after, limit + 1), limit)
    if "id" in data_dict:
        return _list_of_record(context, data_dict)
    filters = {
        "states": [data_dict["state"]] if data_dict.get("state") else list(questions.SHOWN),
        "organization": data_dict.get("organization"),
        "due": dictize.due_before(),
        "overdue": data_dict.get("overdue"),
        "before": data_dict.get("cursor", MAX_BIGINT),
        "limit": limit + 1,
    }
    return _question_page(questions.of_portal(session, public_labels, filters), limit)


def _list_of_record(context: Context, data_dict: dict[str, Any]) -> QuestionPage:
    limit, record = data_dict["limit"], permissions.get_record(data_dict["id"])
    visibility = permissions.visibility(context, record.id)
    before = data_dict.get("cursor", MAX_BIGINT)
    listed = questions.of_record(model.Session(), record.id, visibility, before, limit + 1)
    page = _question_page(listed.questions, limit)
    for question, row in zip(page["questions"], listed.questions, strict=False):
        question["may_settle"] = visibility.unrestricted or row.organization_id in visibility.organizations
    page["states"], page["hidden_reasons"] = dict(listed.states), dict(listed.reasons)
    page["may_settle"] = visibility.unrestricted
    return page


def _question_page(rows: list[Question], limit: int) -> QuestionPage:
    return {
        "questions": [dictize.question(row) for row in rows[:limit]],
        "next_cursor": dictize.next_cursor(rows, limit),
    }


@action(auth.may_settle, participation_schema.governance_question_answer)
def governance_question_answer(context: Context, data_dict: dict[str, Any]) -> QuestionResult:
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
    question = _authorized_question(context, data_dict, "governance_question_answer")
    event = data_dict.get("event")
    values = {
        "state": "answered",
        "answer": data_dict["answer"],
        "answered_at": datetime.now(timezone.utc),
        "changes_record": bool(event or data_dict.get("changes_record")),
        "event_id": _public_event_id(question, event) if event else None,
    }
    _change(question, OPEN, values)
    notifications.schedule_asker_notification(question.id)
    return _show(question.id)


def _public_event_id(question: Question, event_id: str) -> str:
    """Return the id of a public event of the question's record. Raise ValidationError if it is not one."""
    try:
        event = call_if_enabled("governance_event_show", {"user": "", "ignore_auth": False}, {"id": event_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        event = None
    if event is None or event["subject"]["id"] != question.package_id:
        raise tk.ValidationError({"event": [tk._("This record has no such public event.")]})
    return event_id


@action(auth.may_settle, participation_schema.governance_question_pass_on)
def governance_question_pass_on(context: Context, data_dict: dict[str, Any]) -> QuestionResult:
    """Give a question to another organisation, whose stewards are then told. The time to answer runs on.

    :param id: id of the question
    :type id: string
    :param organization: id or name of the organisation that is to answer
    :type organization: string

    :returns: the question
    :rtype: dictionary
    """
    question = _authorized_question(context, data_dict, "governance_question_pass_on")
    organization = model.Group.get(data_dict["organization"])
    if organization is None or not organization.is_organization or organization.state != "active":
        raise tk.ValidationError({"organization": [tk._("There is no such organisation here.")]})
    if not permissions.is_public(question.package_id):
        message = tk._("This record is not public, so only its own organisation can answer.")
        raise tk.ValidationError({"organization": [message]})
    if not questions.pass_on(model.Session(), question.id, organization.id, datetime.now(timezone.utc)):
        raise _conflict(question.id, tk._("This organisation has the question already."))
    model.repo.commit()
    notifications.schedule_steward_notification(organization.id)
    return _show(question.id)


@action(auth.may_settle, participation_schema.governance_question_hide)
def governance_question_hide(context: Context, data_dict: dict[str, Any]) -> QuestionResult:
    """Hide a question, with or without an answer. The page goes on to say how many are hidden, and why.

    :param id: id of the question
    :type id: string
    :param reason: `spam`, `insult`, `personal_data`, `off_topic` or `repeated`
    :type reason: string

    :returns: the question
    :rtype: dictionary
    """
    question = _authorized_question(context, data_dict, "governance_question_hide")
    hidden = {"hidden_at": datetime.now(timezone.utc), "hidden_reason": data_dict["reason"]}
    _change(question, ("waiting", "open", "answered"), {"state": "hidden", **hidden})
    notifications.schedule_asker_notification(question.id)
    return _show(question.id)


@action(auth.may_settle, participation_schema.governance_question_allow)
def governance_question_allow(context: Context, data_dict: dict[str, Any]) -> QuestionResult:
    """Show a question that waits or was hidden.

    :param id: id of the question
    :type id: string

    :returns: the question
    :rtype: dictionary
    """
    question = _authorized_question(context, data_dict, "governance_question_allow")
    state = "open" if question.answer is None else "answered"
    _change(question, ("waiting", "hidden"), {"state": state, "hidden_at": None, "hidden_reason": None})
    return _show(question.id)


def _authorized_question(context: Context, data_dict: dict[str, Any], action: str) -> Question:
    """Return the question of an action that the user may call. Raise ObjectNotFound or NotAuthorized."""
    question = permissions.get_question(data_dict["id"])
    tk.check_access(action, context, {"id": question.id})
    return question


def _change(question: Question, states: tuple[str, ...], values: Mapping[str, Any]) -> None:
    """Update and commit a question if it is still in one of `states` (optimistic locking)."""
    if not questions.change(model.Session(), question.id, states, values):
        raise _conflict(question.id, tk._("Already in this state."))
    model.repo.commit()


def _conflict(question_id: str, otherwise: str) -> tk.ValidationError:
    """Return the error for a question that another steward has changed meanwhile."""
    model.Session.rollback()
    state = permissions.get_question(question_id).state
    messages = {
        "answered": tk._("Somebody has answered this question meanwhile. Read that answer first; yours was not saved."),
        "hidden": tk._("Somebody has hidden this question meanwhile. Show it again before you answer."),
    }
    return tk.ValidationError({"id": [messages.get(state, otherwise)]})


def _show(question_id: str) -> QuestionResult:
    return dictize.question(permissions.get_question(question_id))


@action(auth.may_contribute, participation_schema.governance_story_create)
def governance_story_create(context: Context, data_dict: dict[str, Any]) -> Receipt:
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
    :param publish_anyway: confirm that the text may be public although it seems to contain personal data
    :type publish_anyway: boolean

    :returns: `id`, `state` (`waiting`) and `code`: with it you can have the story exported or deleted
    :rtype: dictionary
    """
    rate_limit.limit_visitor(context)
    tk.check_access("governance_story_create", context, {"id": data_dict["id"]})
    record = permissions.get_record(data_dict["id"])
    personal_data.warn(data_dict, "title", "text")
    rate_limit.limit_record(record.id)
    story_id, code = str(uuid.uuid4()), data_subject_requests.new_code()
    content = {name: data_dict.get(name) for name in ("kind", "title", "text", "link")}
    now = datetime.now(timezone.utc)
    stories.add(
        model.Session(), {"id": story_id, "package_id": record.id, "state": "waiting", "told_at": now, **content}
    )
    participants.add(model.Session(), {"story_id": story_id, **_participant(context, {}, code)})
    model.repo.commit()
    notifications.schedule_steward_notification(record.owner_org)
    expiry.schedule()
    return {"id": story_id, "state": "waiting", "code": code}


@tk.side_effect_free
@action(auth.may_list, participation_schema.governance_story_list)
def governance_story_list(context: Context, data_dict: dict[str, Any]) -> StoryPage:
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
    filters = {"q": data_dict.get("q"), "kind": data_dict.get("kind")}
    filters |= {"before": data_dict.get("cursor", MAX_BIGINT), "limit": limit + 1}
    if "id" in data_dict:
        record = permissions.get_record(data_dict["id"])
        may_decide = bool(context.get("user") or context.get("ignore_auth")) and may_change(context, record.id)
        page = _story_page(stories.of_record(session, record.id, may_decide, filters), limit)
        page["may_decide"] = may_decide
        return page
    return _story_page(stories.of_portal(session, permission_labels.user_labels(None), filters), limit)


def _story_page(rows: list[Story], limit: int) -> StoryPage:
    return {"stories": [dictize.story(row) for row in rows[:limit]], "next_cursor": dictize.next_cursor(rows, limit)}


@action(auth.governance_story_moderate, participation_schema.governance_story_moderate)
def governance_story_moderate(context: Context, data_dict: dict[str, Any]) -> StoryResult:
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
    story = permissions.get_story(data_dict["id"])
    tk.check_access("governance_story_moderate", context, {"id": story.id})
    reason = data_dict.get("reason")
    if data_dict["decision"] == "hide" and not reason:
        raise tk.ValidationError({"reason": [tk._("Please choose a reason.")]})
    state, states = (
        ("shown", ("waiting", "hidden")) if data_dict["decision"] == "show" else ("hidden", ("waiting", "shown"))
    )
    values = {"state": state, "decided_at": datetime.now(timezone.utc)}
    values["hidden_reason"] = reason if state == "hidden" else None
    if not stories.change(model.Session(), story.id, states, values):
        model.Session.rollback()
        raise tk.ValidationError({"id": [tk._("Somebody has decided so already.")]})
    model.repo.commit()
    return dictize.story(permissions.get_story(story.id))
