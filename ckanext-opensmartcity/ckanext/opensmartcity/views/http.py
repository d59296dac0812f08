"""What a reader's program asks for by its Accept header."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.api_token import get_user_from_token
from flask import Blueprint, Response, current_app, json, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.http import HTTP_STATUS_CODES

from ..governance.governance import request_language
from ..standard.i18n import catalogue_folder

HTML = "text/html"
JSON = "application/json"


def prefers_json() -> bool:
    """Tell whether JSON is preferred to a page."""
    return preferred(JSON) == JSON


def preferred(*others: str) -> str:
    """Return which of these kinds is preferred to a page, else that of a page."""
    accepted = tk.request.accept_mimetypes
    best = accepted.best_match([HTML, *others], default=HTML)
    return best if accepted[best] > accepted[HTML] else HTML


def tell_caches(answer: Response) -> Response:
    """Tell every cache on the way that an answer depends on who asks, and to keep nothing that is for one person."""
    # Somebody is known by a cookie, by a token, or by a server before the portal that asks for a password.
    answer.vary.update(("Cookie", "Authorization", tk.config["apitoken_header_name"]))
    if tk.g.get("user"):
        # CKAN knows it of what it renders, and calls every other answer public.
        tk.request.environ["__no_cache__"] = True
        # A browser that goes back to a form still has to have what was typed there.
        answer.cache_control.no_store = answer.mimetype != HTML
    return answer


def cached(content: Any, render: Callable[[], Response]) -> Response:
    """Answer 304 where the reader has this content already, else what `render` gives, with its validator.

    Whoever is logged in gets no validator: their page also holds their messages and a token of their session.
    """
    if tk.current_user.is_authenticated:
        return _varied(render())
    tag = _tag(content)
    answer = Response(status=304) if tk.request.if_none_match.contains_weak(tag) else render()
    answer.set_etag(tag, weak=True)
    return _varied(answer)


def _varied(answer: Response) -> Response:
    answer.vary.add("Accept")
    answer.content_language.add(request_language().replace("_", "-"))
    return answer


def _tag(content: Any) -> str:
    """Return the digest of what is shown, of the language and address, and of the programs that show it."""
    shown = json.dumps([content, request_language(), tk.request.url, _site(), _programs()], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def _site() -> list[str]:
    """Return what an administrator can change while the portal runs."""
    return [str(tk.config.get(key)) for key in ("ckan.site_title", "ckan.theme", "ckan.site_custom_css")]


@cache
def _programs() -> str:
    """Return when the newest of our files was changed: a new version of the product makes every page new."""
    folders = (Path(__file__).parents[1], catalogue_folder())
    times = (path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*.*") if path.is_file())
    return str(max(times, default=0))


def require_csrf_token(blueprint: Blueprint) -> None:
    """Let every form of these pages ask for its token.

    CKAN asks for it too, but only until the first program with an API token has called the same view: from then on it
    exempts that view for everybody. No other page can make a browser send an API token; that there is a header of that
    name says nothing, as a browser sends one by itself where a server before the portal asks for a password.
    """
    blueprint.before_request(_refuse_forgeries)


def _refuse_forgeries() -> None:
    if tk.request.method == "POST" and current_app.config["WTF_CSRF_ENABLED"] and not _is_by_token():
        current_app.extensions["csrf"].protect()


def _is_by_token() -> bool:
    """Tell whether an API token says who asks.

    CKAN's own mark of that also stands where nobody is known, and stays where another plugin then logs somebody in.
    """
    token = tk.request.headers.get(tk.config["apitoken_header_name"], "")
    user = get_user_from_token(token, update_access_time=False) if token else None
    return user is not None and user.name == tk.current_user.name


def refuse(id: str) -> Any:
    """Answer as CKAN's dataset page does: a private dataset is not even admitted to exist, unless configured."""
    if not tk.config["ckan.auth.reveal_private_datasets"]:
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    if tk.current_user.is_authenticated:
        return tk.abort(403, tk._("Unauthorized to read package %s") % id)
    return tk.redirect_to("user.login", came_from=tk.request.path)


def refuse_impossible_names() -> Any:
    """Answer 404 to an address with a character that no name has, and that the database cannot be asked for."""
    if any("\0" in str(value) for value in (tk.request.view_args or {}).values()):
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    return None


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


def page_blueprint(name: str, import_name: str, **options: Any) -> Blueprint:
    """Return a blueprint with cache headers, API errors for programs, and a refusal of impossible names."""
    blueprint = Blueprint(name, import_name, **options)
    blueprint.before_request(refuse_impossible_names)
    blueprint.after_request(tell_caches)
    tell_programs(blueprint)
    return blueprint
