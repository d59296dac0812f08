"""Pages of questions and stories: forms with honeypot and CSRF token, lists as HTML and JSON, and moderation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, make_response

from .. import config
from ..governance.forms import SHOW_AGAIN
from ..governance.governance import request_language
from ..views.http import (
    page_blueprint,
    prefers_json,
    redirect_to_login,
    refuse_access,
    refuse_missing,
    require_csrf_token,
)
from ..views.rate_limit import TooManyRequests
from . import summaries

# Honeypot: a form field that is hidden from people, so that only bots fill it in.
HONEYPOT_FIELD = "website"
VARY = {"Vary": "Accept"}


def call_action(name: str, **params: Any) -> dict[str, Any]:
    """Call an action as the current user."""
    result: dict[str, Any] = tk.get_action(name)({}, params)
    return result


def get_record(id: str) -> Any:
    """Return a record, or the error response if it is missing or not readable."""
    try:
        return call_action("package_show", id=id)
    except tk.ObjectNotFound:
        return refuse_missing()
    except tk.NotAuthorized:
        return refuse_access(id)


def query_params(*names: str) -> dict[str, str]:
    """Return the query parameters among `names` that are not empty."""
    return {name: tk.request.args[name] for name in names if tk.request.args.get(name)}


def call_list_action(action: str, **params: Any) -> Any:
    """Return the result of a list action, or an error response for invalid parameters."""
    try:
        return call_action(action, **params)
    except tk.ObjectNotFound as error:
        return refuse_missing() if "id" in params else tk.abort(404, str(error))
    except tk.NotAuthorized:
        return refuse_access(str(params.get("id", "")))
    except tk.ValidationError as error:
        return tk.abort(400, "; ".join(f"{name}: {text}" for name, text in error.error_summary.items()))


def json_response(value: Any) -> Any:
    """Return a value as JSON response; pass on an error response."""
    if isinstance(value, Response):
        return value
    response = make_response(jsonify(value))
    response.headers.update(VARY)
    return response


def render_page(template: str, values: Mapping[str, Any], error: tk.ValidationError | None = None) -> Response:
    """Return a page; with an error its status is 400, or 429 with Retry-After if a rate limit was exceeded."""
    status = 200 if error is None else 429 if isinstance(error, TooManyRequests) else 400
    response = make_response(tk.render(template, dict(values)), status, VARY)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def is_honeypot_filled() -> bool:
    """Return whether the honeypot field was filled in, which only bots do."""
    return bool(tk.request.form.get(HONEYPOT_FIELD))


def form_values(*names: str) -> dict[str, str]:
    """Return the submitted values of form fields, '' if missing."""
    return {name: tk.request.form.get(name, "") for name in names}


def filled_form_values(*names: str) -> dict[str, str]:
    """Return the submitted values of form fields that are not empty."""
    return {name: value for name, value in form_values(*names).items() if value}


def flash_receipt(message: str, code: str | None) -> None:
    """Flash a confirmation with the receipt code for data subject requests."""
    receipt = tk._("Keep this code: {code}. With it you can have your words exported or deleted.")
    tk.h.flash_success(message + (" " + receipt.format(code=code) if code else ""))


Values = dict[str, Any]


@dataclass(frozen=True)
class ParticipationPages:
    """Pages of questions or stories: names, list action, and query parameters of the lists."""

    name: str
    one: str
    action: str
    record_params: tuple[str, ...]
    portal_params: tuple[str, ...]
    # Further template values of the page of a record, by record and list.
    extra_values: Callable[[Values, Values], Values] = lambda record, listed: {}
    blueprint: Blueprint = field(init=False)

    def __post_init__(self) -> None:
        """Register the routes of the pages."""
        blueprint = page_blueprint(f"opensmartcity_{self.name}", __name__)
        object.__setattr__(self, "blueprint", blueprint)
        require_csrf_token(blueprint)
        blueprint.add_url_rule(self.route, "page", self.page)
        blueprint.add_url_rule(f"{self.route}.json", "listing", self.listing)
        blueprint.add_url_rule(f"/transparency/{self.name}", "portal", self.portal)
        blueprint.add_url_rule(f"/transparency/{self.name}.json", "portal_listing", self.portal_listing)

    @property
    def route(self) -> str:
        """Route of the page of a record."""
        return f"/<governed:package_type>/<id>/{self.name}"

    def page(self, package_type: str, id: str) -> Any:
        """Show the contributions about a record; as JSON if the Accept header prefers it (content negotiation)."""
        if prefers_json():
            return self.listing(package_type, id)
        record = get_record(id)
        if isinstance(record, Response):
            return record
        canonical = (package_type, id) == (record["type"], record["name"])
        return self.show(record) if canonical else self.redirect(record)

    def listing(self, package_type: str, id: str) -> Any:
        """Return the same list as JSON."""
        return json_response(call_list_action(self.action, id=id, **query_params(*self.record_params)))

    def portal(self) -> Any:
        """Show the contributions about all public records; as JSON if the Accept header prefers it."""
        if prefers_json():
            return self.portal_listing()
        listed, filters = self._of_portal(), query_params(*self.portal_params)
        if isinstance(listed, Response):
            return listed
        return render_page(f"opensmartcity/portal_{self.name}.html", {"listed": listed, "asked": filters})

    def portal_listing(self) -> Any:
        """Return the same list as JSON."""
        return json_response(self._of_portal())

    def _of_portal(self) -> Any:
        return call_list_action(self.action, **query_params(*self.portal_params))

    def create(self, id: str, sent: Mapping[str, str], create: Callable[[], Values], message: str) -> Any:
        """Create a contribution from a form; show the form again with its values and errors if it is invalid.

        Submissions that fill in the honeypot are discarded without an error. The button of another language shows the
        form again as well.
        """
        record = get_record(id)
        if isinstance(record, Response):
            return record
        if tk.request.form.get(SHOW_AGAIN):
            return self.show(record, {"sent": sent})
        try:
            code = None if is_honeypot_filled() else str(create()["code"])
        except tk.ValidationError as error:
            return self.show(record, {"sent": sent, "errors": error.error_dict}, error)
        except tk.NotAuthorized as error:
            return tk.abort(403, str(error))
        flash_receipt(message, code)
        return self.redirect(record)

    def moderate(
        self, id: str, which: str, action: str, sent: Mapping[str, str], params: Mapping[str, str] | None = None
    ) -> Any:
        """Call an action of a steward on one contribution, with `params` in place of the form values if given.

        The button of another language shows the form again instead.
        """
        record = get_record(id)
        if isinstance(record, Response):
            return record
        if tk.request.form.get(SHOW_AGAIN):
            return self.show(record, {"settling": {"id": which, "sent": sent}})
        try:
            call_action(action, id=which, **(sent if params is None else params))
        except tk.ValidationError as error:
            return self.show(record, {"settling": {"id": which, "sent": sent, "errors": error.error_dict}}, error)
        except tk.ObjectNotFound as error:
            return tk.abort(404, str(error))
        except tk.NotAuthorized:
            return tk.abort(403, tk._("You are not authorised to change this."))
        tk.h.flash_success(tk._("Saved."))
        return self.redirect(record, f"{self.one}-{which}")

    def show(self, record: Values, more: Values | None = None, error: tk.ValidationError | None = None) -> Any:
        """Render the page of a record, with submitted values and errors if a form was invalid."""
        listed = call_list_action(self.action, id=record["id"], **query_params(*self.record_params))
        if isinstance(listed, Response):
            return listed
        values = {"pkg_dict": record, "listed": listed, "sent": {}, "errors": {}, "settling": {}} | (more or {})
        return render_page(f"opensmartcity/{self.name}.html", values | self.extra_values(record, listed), error)

    def redirect(self, record: Values, anchor: str = "") -> Any:
        """Redirect to the page of a record."""
        params = {"package_type": record["type"], "id": record["name"]}
        return tk.redirect_to(f"opensmartcity_{self.name}.page", **params, **({"_anchor": anchor} if anchor else {}))


_PAGED = ("cursor", "limit")
_ACTIONS = {
    "answer": ("governance_question_answer", ("answer", "changes_record", "event")),
    "pass-on": ("governance_question_pass_on", ("organization",)),
    "hide": ("governance_question_hide", ("reason",)),
    "allow": ("governance_question_allow", ()),
}
# Value of the form field `event` for the next change of the record.
_NEXT = "next"


def _steward_choices(record: dict[str, Any], listed: dict[str, Any]) -> dict[str, Any]:
    """Return the choices of the forms of stewards."""
    if not any(question["may_settle"] for question in listed["questions"]):
        return {}
    return {"organizations": summaries.organizations(), "events": summaries.public_events(record["id"])}


_question_pages = ParticipationPages(
    "questions",
    "question",
    "governance_question_list",
    record_params=_PAGED,
    portal_params=("state", "overdue", "organization", *_PAGED),
    extra_values=_steward_choices,
)
questions_blueprint = _question_pages.blueprint


@questions_blueprint.route(_question_pages.route, methods=["POST"])
def ask(package_type: str, id: str) -> Any:
    """Create a question from the form."""
    sent = form_values("text", "email", "publish_anyway")
    params = {"id": id, "lang": request_language(), **sent}
    message = tk._("Thank you. Your question is here, and the city has been notified.")
    if config.moderated_before():
        message = tk._("Thank you. Your question has arrived. It is shown here once the city has read it.")
    return _question_pages.create(id, sent, lambda: call_action("governance_question_create", **params), str(message))


@questions_blueprint.route(
    f"{_question_pages.route}/<question>/<any({', '.join(map(repr, _ACTIONS))}):step>", methods=["POST"]
)
def settle(package_type: str, id: str, question: str, step: str) -> Any:
    """Moderation: answer, pass on, hide or show a question."""
    action, fields = _ACTIONS[step]
    sent = filled_form_values(*fields)
    params = dict(sent)
    if sent.get("event") == _NEXT:
        del params["event"]
        params["changes_record"] = "true"
    return _question_pages.moderate(id, question, action, sent, params)


receipt_blueprint = page_blueprint("opensmartcity_receipt", __name__)
require_csrf_token(receipt_blueprint)
_RECEIPT = "/transparency/receipt"


@receipt_blueprint.route(_RECEIPT)
def receipt() -> Response:
    """Show the form for a receipt code, which must not be part of a URL."""
    return render_page("opensmartcity/receipt.html", {"code": "", "contributions": [], "errors": {}})


@receipt_blueprint.route(_RECEIPT, methods=["POST"])
def show_receipt() -> Any:
    """Show, download or delete what was written under a receipt code."""
    code, step = tk.request.form.get("code", "").strip(), tk.request.form.get("step", "")
    values = {"code": code, "contributions": [], "errors": {}}
    try:
        if step == "delete":
            deleted = call_action("governance_receipt_delete", code=code)["deleted"]
            text = tk.ungettext("{n} text was deleted.", "{n} texts were deleted.", deleted)
            tk.h.flash_success(text.format(n=deleted))
            return tk.redirect_to("opensmartcity_receipt.receipt")
        values["contributions"] = call_action("governance_receipt_show", code=code)["contributions"]
    except tk.ValidationError as error:
        return render_page("opensmartcity/receipt.html", {**values, "errors": error.error_dict}, error)
    if step == "export":
        response = jsonify(values["contributions"])
        response.headers["Content-Disposition"] = "attachment; filename=receipt.json"
    else:
        response = render_page("opensmartcity/receipt.html", values)
    response.cache_control.no_store = True
    return response


stewardship_blueprint = page_blueprint("opensmartcity_stewardship", __name__)


@stewardship_blueprint.route("/stewardship/questions")
def questions() -> Any:
    """Show the open questions and waiting stories of a steward, oldest first."""
    if not tk.current_user.is_authenticated:
        return redirect_to_login()
    listed = call_list_action("governance_question_list", to_do=True, limit=100, **query_params("cursor"))
    if isinstance(listed, Response):
        return listed
    listed_stories = call_list_action("governance_story_list", to_do=True, limit=100)
    return render_page("opensmartcity/to_do.html", {"asked": listed, "told": listed_stories})


_STORY_PARAMS = ("q", "kind", "cursor", "limit")

_story_pages = ParticipationPages(
    "stories", "story", "governance_story_list", record_params=_STORY_PARAMS, portal_params=_STORY_PARAMS
)
stories_blueprint = _story_pages.blueprint


@stories_blueprint.route(_story_pages.route, methods=["POST"])
def tell(package_type: str, id: str) -> Any:
    """Create a story from the form."""
    sent = form_values("kind", "title", "text", "link", "publish_anyway")
    message = str(tk._("Thank you. Your story has arrived. It is shown here once the city has read it."))
    return _story_pages.create(id, sent, lambda: call_action("governance_story_create", id=id, **sent), message)


@stories_blueprint.route(f"{_story_pages.route}/<story>", methods=["POST"])
def decide(package_type: str, id: str, story: str) -> Any:
    """Moderation: show or hide a story."""
    return _story_pages.moderate(id, story, "governance_story_moderate", filled_form_values("decision", "reason"))
