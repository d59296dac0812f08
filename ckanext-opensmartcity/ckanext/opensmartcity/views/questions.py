"""For residents: questions about one record and their answers; for stewards on the same page, what settles them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ..logic.governance import request_language
from ..logic.voices import choices
from . import voices
from .words import Words

_PAGED = ("cursor", "limit")
_STEPS = {
    "answer": ("governance_question_answer", ("answer", "changes_record", "event")),
    "pass-on": ("governance_question_pass_on", ("organization",)),
    "hide": ("governance_question_hide", ("reason",)),
    "allow": ("governance_question_allow", ()),
}
# The next change of the record, as the form calls it.
_NEXT = "next"


def _beside(found: dict[str, Any], listed: dict[str, Any]) -> dict[str, Any]:
    """Return what a steward chooses from."""
    if not any(question["may_settle"] for question in listed["questions"]):
        return {}
    return {"organizations": choices.organizations(), "events": choices.public_events(found["id"])}


_words = Words(
    "questions",
    "question",
    "governance_question_list",
    asked=_PAGED,
    asked_of_portal=("state", "overdue", "organization", *_PAGED),
    beside=_beside,
)
blueprint = _words.blueprint


@blueprint.route(_words.address, methods=["POST"])
def ask(package_type: str, id: str) -> Any:
    """Take a question from anybody whom the portal lets ask."""
    sent = voices.typed("text", "email")
    asked = {"id": id, "lang": request_language(), **sent}
    return _words.take(id, sent, lambda: voices.act("governance_question_create", **asked), _thanks)


def _thanks() -> str:
    if tk.h.opensmartcity_is_read_first():
        return str(tk._("Thank you. Your question has arrived. It is shown here once the city has read it."))
    return str(tk._("Thank you. Your question is here, and the city is told of it."))


@blueprint.route(f"{_words.address}/<question>/<any({', '.join(map(repr, _STEPS))}):step>", methods=["POST"])
def settle(package_type: str, id: str, question: str, step: str) -> Any:
    """Let a steward answer, pass on, hide or show a question."""
    action, fields = _STEPS[step]
    sent = voices.filled(*fields)
    return _words.settle(id, question, action, sent, _meant(sent))


def _meant(sent: dict[str, str]) -> dict[str, str]:
    """Return what a form means by the next change: no event that is there already."""
    if sent.get("event") != _NEXT:
        return sent
    return {name: value for name, value in sent.items() if name != "event"} | {"changes_record": "true"}
