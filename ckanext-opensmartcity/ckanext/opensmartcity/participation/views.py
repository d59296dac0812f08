"""Pages of questions and stories: forms with honeypot and CSRF token, lists as HTML and JSON, and moderation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, make_response

from ..governance.governance import request_language
from ..views.http import page_blueprint, prefers_json, refuse_access, require_csrf_token
from . import summaries
from .rate_limit import TooMany

# No person sees this field of a form; who fills it in is a program.
HONEYPOT_FIELD = "website"
VARY = {"Vary": "Accept"}


def call_action(name: str, **asked: Any) -> dict[str, Any]:
    """Call an action as whoever asks."""
    answer: dict[str, Any] = tk.get_action(name)({}, asked)
    return answer


def get_record(id: str) -> Any:
    """Return a record, or the refusal of whoever may not see it."""
    try:
        return call_action("package_show", id=id)
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    except tk.NotAuthorized:
        return refuse_access(id)


def query_params(*names: str) -> dict[str, str]:
    """Return what the address asks for."""
    return {name: tk.request.args[name] for name in names if tk.request.args.get(name)}


def call_list_action(action: str, **asked: Any) -> Any:
    """Return a list by an action, or the refusal of an address that asks for what there is not."""
    try:
        return call_action(action, **asked)
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.NotAuthorized:
        return refuse_access(str(asked.get("id", "")))
    except tk.ValidationError as error:
        return tk.abort(400, "; ".join(f"{name}: {text}" for name, text in error.error_summary.items()))


def json_response(value: Any) -> Any:
    """Answer with a list as JSON, or with the refusal."""
    if isinstance(value, Response):
        return value
    answer = make_response(jsonify(value))
    answer.headers.update(VARY)
    return answer


def render_page(template: str, values: Mapping[str, Any], error: tk.ValidationError | None = None) -> Response:
    """Answer with a page; with the status and the time to wait of an error that it shows."""
    status = 200 if error is None else 429 if isinstance(error, TooMany) else 400
    answer = make_response(tk.render(template, dict(values)), status, VARY)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def is_honeypot_filled() -> bool:
    """Tell whether a program has filled in what no person sees."""
    return bool(tk.request.form.get(HONEYPOT_FIELD))


def form_values(*names: str) -> dict[str, str]:
    """Return what was typed into some fields."""
    return {name: tk.request.form.get(name, "") for name in names}


def filled_form_values(*names: str) -> dict[str, str]:
    """Return what was typed into those of some fields that are not empty."""
    return {name: value for name, value in form_values(*names).items() if value}


def flash_receipt(message: str, code: str | None) -> None:
    """Say on the next page that something has arrived, with the receipt."""
    receipt = tk._("Keep this code: {code}. With it you can have your words exported or deleted.")
    tk.h.flash_success(message + (" " + receipt.format(code=code) if code else ""))


Values = dict[str, Any]


@dataclass(frozen=True)
class ParticipationPages:
    """Pages of questions or of stories: their names, the action that lists them, what an address may ask for."""

    name: str
    one: str
    action: str
    asked: tuple[str, ...]
    asked_of_portal: tuple[str, ...]
    # What the page of a record shows beside its list.
    beside: Callable[[Values, Values], Values] = lambda found, listed: {}
    blueprint: Blueprint = field(init=False)

    def __post_init__(self) -> None:
        """Give each page its address."""
        blueprint = page_blueprint(f"opensmartcity_{self.name}", __name__)
        object.__setattr__(self, "blueprint", blueprint)
        require_csrf_token(blueprint)
        blueprint.add_url_rule(self.address, "page", self.page)
        blueprint.add_url_rule(f"{self.address}.json", "listing", self.listing)
        blueprint.add_url_rule(f"/transparency/{self.name}", "portal", self.portal)
        blueprint.add_url_rule(f"/transparency/{self.name}.json", "portal_listing", self.portal_listing)

    @property
    def address(self) -> str:
        """The address of the page of a record."""
        return f"/<any(dataset, algorithm):package_type>/<id>/{self.name}"

    def page(self, package_type: str, id: str) -> Any:
        """Show the words about a record; as JSON where the Accept header prefers it."""
        if prefers_json():
            return self.listing(package_type, id)
        found = get_record(id)
        if isinstance(found, Response):
            return found
        return self.show(found) if (package_type, id) == (found["type"], found["name"]) else self.back(found)

    def listing(self, package_type: str, id: str) -> Any:
        """Give the same as JSON."""
        return json_response(call_list_action(self.action, id=id, **query_params(*self.asked)))

    def portal(self) -> Any:
        """Show the words about all public records; as JSON where the Accept header prefers it."""
        if prefers_json():
            return self.portal_listing()
        listed, asked = self._of_portal(), query_params(*self.asked_of_portal)
        if isinstance(listed, Response):
            return listed
        return render_page(f"opensmartcity/portal_{self.name}.html", {"listed": listed, "asked": asked})

    def portal_listing(self) -> Any:
        """Give the same as JSON."""
        return json_response(self._of_portal())

    def _of_portal(self) -> Any:
        return call_list_action(self.action, **query_params(*self.asked_of_portal))

    def take(self, id: str, sent: Mapping[str, str], create: Callable[[], Values], thanks: Callable[[], str]) -> Any:
        """Take words from anybody whom the portal lets write; what is refused is shown with what was typed."""
        found = get_record(id)
        if isinstance(found, Response):
            return found
        try:
            code = None if is_honeypot_filled() else str(create()["code"])
        except tk.ValidationError as error:
            return self.show(found, {"sent": sent, "errors": error.error_dict}, error)
        except tk.NotAuthorized as error:
            return tk.abort(403, str(error))
        flash_receipt(thanks(), code)
        return self.back(found)

    def settle(
        self, id: str, which: str, action: str, sent: Mapping[str, str], meant: Mapping[str, str] | None = None
    ) -> Any:
        """Let a steward settle one of them by an action, which is sent what is `meant` by the form."""
        found = get_record(id)
        if isinstance(found, Response):
            return found
        try:
            call_action(action, id=which, **(sent if meant is None else meant))
        except tk.ValidationError as error:
            return self.show(found, {"settling": {"id": which, "sent": sent, "errors": error.error_dict}}, error)
        except tk.ObjectNotFound as error:
            return tk.abort(404, str(error))
        except tk.NotAuthorized:
            return tk.abort(403, tk._("You are not authorised to change this."))
        tk.h.flash_success(tk._("Saved."))
        return self.back(found, f"{self.one}-{which}")

    def show(self, found: Values, more: Values | None = None, error: tk.ValidationError | None = None) -> Any:
        """Answer with the page of a record, and with what was typed and refused."""
        listed = call_list_action(self.action, id=found["id"], **query_params(*self.asked))
        if isinstance(listed, Response):
            return listed
        values = {"pkg_dict": found, "listed": listed, "sent": {}, "errors": {}, "settling": {}} | (more or {})
        return render_page(f"opensmartcity/{self.name}.html", values | self.beside(found, listed), error)

    def back(self, found: Values, anchor: str = "") -> Any:
        """Send the reader to the page of a record."""
        here = {"package_type": found["type"], "id": found["name"]}
        return tk.redirect_to(f"opensmartcity_{self.name}.page", **here, **({"_anchor": anchor} if anchor else {}))


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
    return {"organizations": summaries.organizations(), "events": summaries.public_events(found["id"])}


_question_pages = ParticipationPages(
    "questions",
    "question",
    "governance_question_list",
    asked=_PAGED,
    asked_of_portal=("state", "overdue", "organization", *_PAGED),
    beside=_beside,
)
questions_blueprint = _question_pages.blueprint


@questions_blueprint.route(_question_pages.address, methods=["POST"])
def ask(package_type: str, id: str) -> Any:
    """Take a question from anybody whom the portal lets ask."""
    sent = form_values("text", "email")
    asked = {"id": id, "lang": request_language(), **sent}
    return _question_pages.take(id, sent, lambda: call_action("governance_question_create", **asked), _question_thanks)


def _question_thanks() -> str:
    if tk.h.opensmartcity_is_read_first():
        return str(tk._("Thank you. Your question has arrived. It is shown here once the city has read it."))
    return str(tk._("Thank you. Your question is here, and the city is told of it."))


@questions_blueprint.route(
    f"{_question_pages.address}/<question>/<any({', '.join(map(repr, _STEPS))}):step>", methods=["POST"]
)
def settle(package_type: str, id: str, question: str, step: str) -> Any:
    """Let a steward answer, pass on, hide or show a question."""
    action, fields = _STEPS[step]
    sent = filled_form_values(*fields)
    return _question_pages.settle(id, question, action, sent, _meant(sent))


def _meant(sent: dict[str, str]) -> dict[str, str]:
    """Return what a form means by the next change: no event that is there already."""
    if sent.get("event") != _NEXT:
        return sent
    return {name: value for name, value in sent.items() if name != "event"} | {"changes_record": "true"}


stewardship_blueprint = page_blueprint("opensmartcity_stewardship", __name__)


@stewardship_blueprint.route("/stewardship/questions")
def questions() -> Any:
    """Show what waits, the oldest first."""
    if not tk.current_user.is_authenticated:
        return tk.redirect_to("user.login", came_from=tk.request.path)
    asked = call_list_action("governance_question_list", to_do=True, limit=100, **query_params("cursor"))
    if isinstance(asked, Response):
        return asked
    told = call_list_action("governance_story_list", to_do=True, limit=100)
    return render_page("opensmartcity/to_do.html", {"asked": asked, "told": told})


_ASKED = ("q", "kind", "cursor", "limit")

_story_pages = ParticipationPages("stories", "story", "governance_story_list", asked=_ASKED, asked_of_portal=_ASKED)
stories_blueprint = _story_pages.blueprint


@stories_blueprint.route(_story_pages.address, methods=["POST"])
def tell(package_type: str, id: str) -> Any:
    """Take a story from anybody whom the portal lets tell one."""
    sent = form_values("kind", "title", "text", "link")
    return _story_pages.take(id, sent, lambda: call_action("governance_story_create", id=id, **sent), _story_thanks)


def _story_thanks() -> str:
    return str(tk._("Thank you. Your story has arrived. It is shown here once the city has read it."))


@stories_blueprint.route(f"{_story_pages.address}/<story>", methods=["POST"])
def decide(package_type: str, id: str, story: str) -> Any:
    """Let a steward show or hide a story."""
    return _story_pages.settle(id, story, "governance_story_moderate", filled_form_values("decision", "reason"))
