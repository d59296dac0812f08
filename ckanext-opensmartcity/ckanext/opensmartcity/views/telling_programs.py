"""What is told to a program that asks for what it cannot have: an error in the shape of CKAN's API, and no page."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, current_app, json, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.http import HTTP_STATUS_CODES

from .accepting import JSON, prefers_json

_FILES = (".json", ".jsonl", ".jsonld", ".csv", ".ttl", ".atom", ".svg", ".gz")
_VIEWS = {"opensmartcity_ledger.feed", "opensmartcity_ledger.checkpoint", "opensmartcity_ledger.key"}
_KINDS = {
    400: "Validation Error",
    403: "Authorization Error",
    404: "Not Found Error",
    409: "Validation Error",
    503: "Search Connection Error",
}
_RETRY_AFTER = "60"
# Where Flask keeps what the next page says.
_FLASHES = "_flashes"


def tell_programs(blueprint: Blueprint) -> None:
    """Let the views of a blueprint answer programs as the API does, and everybody else with CKAN's pages."""
    # By number, as CKAN does: a handler of all numbers at once would come after CKAN's.
    for code in default_exceptions:
        blueprint.register_error_handler(code, _answer)
    blueprint.after_request(_finish)


def _answer(error: HTTPException) -> ResponseReturnValue:
    """Answer to what a view or CKAN has raised."""
    if not _is_program():
        return _page(error)
    answer = Response(headers=error.get_headers(tk.request.environ), status=error.code)
    _unflash(error.description)
    return _told(answer, error.description or error.name)


def _page(error: HTTPException) -> ResponseReturnValue:
    """Return the page that the portal has for an error; it is found as Flask finds it."""
    handlers: dict[type[Exception], Any] = current_app.error_handler_spec[None][error.code]
    found = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
    return found(error) if found else error.get_response()


def _finish(answer: Response) -> Response:
    """Say when to come back, and give the shape of an error to a page that was made without one being raised."""
    if answer.status_code == 503:
        answer.headers.setdefault("Retry-After", _RETRY_AFTER)
    message = _unraised(answer.status_code) if answer.mimetype == "text/html" else None
    return _told(answer, message) if message and _is_program() else answer


def _unraised(status: int) -> str | None:
    """Return what to say for a page of a record that was purged, or of a fault that CKAN has caught."""
    if status == 410:
        return str(tk._("This was removed for good."))
    return HTTP_STATUS_CODES[status] if status == 500 else None


def _is_program() -> bool:
    path, view = tk.request.path, tk.request.endpoint
    # A browser names pages among what it takes: its reader followed a link or sent a form, and gets words.
    by_person = "text/html" in tk.request.accept_mimetypes.values()
    return prefers_json() or (not by_person and (path.endswith(_FILES) or view in _VIEWS))


def _told(answer: Response, message: str) -> Response:
    kind = _KINDS.get(answer.status_code) or HTTP_STATUS_CODES[answer.status_code]
    answer.set_data(json.dumps({"success": False, "error": {"__type": kind, "message": message}}))
    answer.content_type = JSON
    answer.vary.add("Accept")
    return answer


def _unflash(said: str | None) -> None:
    """Take back what CKAN keeps for the next page when it refuses: the program has been told."""
    kept = [flash for flash in session.pop(_FLASHES, []) if flash[1] != said]
    if kept:
        session[_FLASHES] = kept
