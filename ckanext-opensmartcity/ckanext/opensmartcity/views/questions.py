"""For residents: questions about one record and their answers; for stewards on the same page, what settles them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ..logic.governance import request_language
from ..logic.voices import choices
from . import voices
from .accepting import prefers_json
from .forging import guard

blueprint = Blueprint("opensmartcity_questions", __name__)
guard(blueprint)

_RECORD = "/<any(dataset, algorithm):package_type>/<id>/questions"
_PAGED = ("cursor", "limit")
_OF_PORTAL = ("state", "overdue", "organization", *_PAGED)
_STEPS = {
    "answer": ("governance_question_answer", ("answer", "changes_record", "event")),
    "pass-on": ("governance_question_pass_on", ("organization",)),
    "hide": ("governance_question_hide", ("reason",)),
    "allow": ("governance_question_allow", ()),
}
# The next change of the record, as the form calls it.
_NEXT = "next"


@blueprint.route(_RECORD)
def page(package_type: str, id: str) -> Any:
    """Show the questions of a record; as JSON where the Accept header prefers it."""
    if prefers_json():
        return listing(package_type, id)
    found = voices.record(id)
    if isinstance(found, Response):
        return found
    if (package_type, id) != (found["type"], found["name"]):
        return tk.redirect_to("opensmartcity_questions.page", package_type=found["type"], id=found["name"])
    return _show(found)


@blueprint.route(f"{_RECORD}.json")
def listing(package_type: str, id: str) -> Any:
    """Give the same as JSON."""
    return voices.as_json(voices.listed("governance_question_list", id=id, **voices.wanted(*_PAGED)))


@blueprint.route(_RECORD, methods=["POST"])
def ask(package_type: str, id: str) -> Any:
    """Take a question from anybody whom the portal lets ask."""
    sent, found = voices.typed("text", "email"), voices.record(id)
    if isinstance(found, Response):
        return found
    try:
        code = None if voices.is_trapped() else _ask(id, sent)
    except tk.ValidationError as error:
        return _show(found, {"sent": sent, "errors": error.error_dict}, error)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    voices.thank(_thanks(), code)
    return _back(found)


def _ask(id: str, sent: dict[str, str]) -> str:
    asked = voices.act("governance_question_create", id=id, lang=request_language(), **sent)
    return str(asked["code"])


def _thanks() -> str:
    if tk.h.opensmartcity_is_read_first():
        return str(tk._("Thank you. Your question has arrived. It is shown here once the city has read it."))
    return str(tk._("Thank you. Your question is here, and the city is told of it."))


@blueprint.route(f"{_RECORD}/<question>/<any({', '.join(repr(step) for step in _STEPS)}):step>", methods=["POST"])
def settle(package_type: str, id: str, question: str, step: str) -> Any:
    """Let a steward answer, pass on, hide or show a question."""
    found = voices.record(id)
    if isinstance(found, Response):
        return found
    action, fields = _STEPS[step]
    sent = {name: value for name, value in voices.typed(*fields).items() if value}
    try:
        voices.act(action, id=question, **_read(sent))
    except tk.ValidationError as error:
        return _show(found, {"settling": {"id": question, "sent": sent, "errors": error.error_dict}}, error)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You are not authorised to change this."))
    tk.h.flash_success(tk._("Saved."))
    return _back(found, f"question-{question}")


def _read(sent: dict[str, str]) -> dict[str, str]:
    """Return what a form means by the next change: no event that is there already."""
    if sent.get("event") != _NEXT:
        return sent
    return {name: value for name, value in sent.items() if name != "event"} | {"changes_record": "true"}


def _back(found: dict[str, Any], anchor: str = "") -> Any:
    here = {"package_type": found["type"], "id": found["name"]}
    return tk.redirect_to("opensmartcity_questions.page", **here, **({"_anchor": anchor} if anchor else {}))


def _show(found: dict[str, Any], more: dict[str, Any] | None = None, error: tk.ValidationError | None = None) -> Any:
    listed = voices.listed("governance_question_list", id=found["id"], **voices.wanted(*_PAGED))
    if isinstance(listed, Response):
        return listed
    values = {"pkg_dict": found, "listed": listed, "sent": {}, "errors": {}, "settling": {}} | (more or {})
    if any(question["may_settle"] for question in listed["questions"]):
        values |= {"organizations": choices.organizations(), "events": choices.public_events(found["id"])}
    return voices.page("opensmartcity/questions.html", values, error)


@blueprint.route("/transparency/questions")
def portal() -> Any:
    """Show the questions about all public records; as JSON where the Accept header prefers it."""
    if prefers_json():
        return portal_listing()
    listed = _of_portal()
    if isinstance(listed, Response):
        return listed
    values = {"listed": listed, "asked": voices.wanted(*_OF_PORTAL)}
    return voices.page("opensmartcity/portal_questions.html", values)


@blueprint.route("/transparency/questions.json")
def portal_listing() -> Any:
    """Give the same as JSON."""
    return voices.as_json(_of_portal())


def _of_portal() -> Any:
    return voices.listed("governance_question_list", **voices.wanted(*_OF_PORTAL))
