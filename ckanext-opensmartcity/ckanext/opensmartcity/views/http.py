"""HTTP concerns of all pages.

- Content negotiation by the Accept header (`preferred`).
- Caching: Vary, Cache-Control and weak ETags, with 304 responses for conditional requests (`cached`).
- CSRF protection of forms that an API token cannot switch off (`require_csrf_token`).
- Security headers: Content-Security-Policy, nosniff, Referrer-Policy (`set_security_headers`).
- Errors in the JSON format of CKAN's API for programs, as HTML pages for browsers (`register_api_errors`).
- Access to one record: responses for records that are missing, purged or not readable (`fetch_or_refuse`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib.api_token import get_user_from_token
from ckan.lib.search import SearchError, SearchIndexError, SolrConnectionError
from flask import Blueprint, Response, current_app, json, make_response, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, ServiceUnavailable, default_exceptions
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import AnyConverter, Map

from .. import config, registry
from ..governance.governance import request_language
from ..search.availability import is_known_down
from ..search.facet_counts import is_down
from ..standard.i18n import catalogue_folder
from . import expired_session

HTML = "text/html"
JSON = "application/json"


def prefers_json() -> bool:
    """Tell whether the Accept header prefers JSON to HTML."""
    return preferred(JSON) == JSON


def preferred(*others: str) -> str:
    """Return the media type that the Accept header prefers: one of `others`, or HTML if none is preferred to it."""
    accepted = tk.request.accept_mimetypes
    best = accepted.best_match([HTML, *others], default=HTML)
    return best if accepted[best] > accepted[HTML] else HTML


def set_cache_headers(response: Response) -> Response:
    """Set Vary for the ways of authentication, and forbid caches to store responses to authenticated requests."""
    # Authorization is also set for HTTP authentication by a reverse proxy.
    response.vary.update(("Cookie", "Authorization", tk.config["apitoken_header_name"]))
    if tk.g.get("user"):
        # CKAN sets this only for templates that it renders, and marks other responses as public.
        tk.request.environ["__no_cache__"] = True
        # Without no-store a browser keeps what was typed into a form when the user goes back to it.
        response.cache_control.no_store = response.mimetype != HTML
    return response


def set_security_headers(response: Response) -> Response:
    """Set the Content-Security-Policy of the configuration, and forbid MIME sniffing and referrers to other sites.

    Headers that a view, another plugin or the web server has set already are kept.
    """
    # CSRF protection over HTTPS needs the referrer within the site.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if policy := config.content_security_policy():
        response.headers.setdefault("Content-Security-Policy", policy)
    return response


def cached(content: Any, render: Callable[[], Response]) -> Response:
    """Return 304 if the ETag of `content` matches If-None-Match, else the response of `render` with that ETag.

    The ETag is a digest of the content, the language, the URL, the options of the site and the version of the code.
    Responses to authenticated users get no ETag: their pages also contain flash messages and a CSRF token.
    """
    if tk.current_user.is_authenticated:
        response = render()
    else:
        # Options that an administrator can change while the portal runs.
        site = [str(tk.config.get(key)) for key in ("ckan.site_title", "ckan.theme", "ckan.site_custom_css")]
        parts = json.dumps([content, request_language(), tk.request.url, site, code_version()], sort_keys=True)
        etag = hashlib.sha256(parts.encode()).hexdigest()[:32]
        response = Response(status=304) if tk.request.if_none_match.contains_weak(etag) else render()
        response.set_etag(etag, weak=True)
    response.vary.add("Accept")
    response.content_language.add(request_language().replace("_", "-"))
    return response


@cache
def code_version() -> str:
    """Return the modification time of our newest file, in nanoseconds: an upgrade invalidates all cached pages."""
    folders = (Path(__file__).parents[1], catalogue_folder())
    times = (path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*.*") if path.is_file())
    return str(max(times, default=0))


def require_csrf_token(blueprint: Blueprint) -> None:
    """Require a CSRF token for all POST requests of a blueprint, except those authenticated by an API token.

    CKAN's own protection is not enough: once a program with an API token has called a view, CKAN exempts that view for
    everybody (docs/upstream.md#ckan-csrf-exemption), and CKAN 2.11 exempts the views of all plugins. Another site
    cannot make a browser send a valid API token. The header alone proves nothing, because browsers also send
    Authorization by themselves for HTTP authentication.
    """

    def protect() -> None:
        is_checked = tk.request.method == "POST" and current_app.config["WTF_CSRF_ENABLED"]
        if is_checked and not is_authenticated_by_token():
            current_app.extensions["csrf"].protect()

    blueprint.before_request(protect)
    blueprint.register_error_handler(CSRFError, _handle_csrf_error)


def _handle_csrf_error(error: CSRFError) -> ResponseReturnValue:
    """Show what was typed, so that it can be sent again after a log-in, unless another site has sent the form."""
    return expired_session.resend_page(400) if expired_session.is_own_form() else handle_error(error)


def is_authenticated_by_token() -> bool:
    """Tell whether the current user was identified by a valid API token.

    CKAN's own flag is not reliable: it is also set for invalid tokens, and kept if another plugin logs a user in.
    """
    token = tk.request.headers.get(tk.config["apitoken_header_name"], "")
    user = get_user_from_token(token, update_access_time=False) if token else None
    return user is not None and user.name == tk.current_user.name


def refuse_missing() -> Any:
    """Respond 404 with the same text for records that do not exist and those whose existence is not disclosed."""
    return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))


def refuse_access(id: str) -> Any:
    """Respond as CKAN's dataset page does: 404 for a private dataset unless `reveal_private_datasets` is set."""
    if not tk.config["ckan.auth.reveal_private_datasets"]:
        return refuse_missing()
    if tk.current_user.is_authenticated:
        return tk.abort(403, tk._("Unauthorized to read package %s") % id)
    return redirect_to_login()


def redirect_to_login() -> Response:
    """Redirect to the log-in, which leads back to this page."""
    # The path of the request lacks the language and `ckan.root_path`.
    response: Response = tk.redirect_to("user.login", came_from=tk.url_for(tk.h.current_url()))
    return response


def reject_null_bytes() -> Any:
    """Respond 404 to a URL with a NUL character, which PostgreSQL does not accept in a query."""
    if any("\0" in str(value) for value in (tk.request.view_args or {}).values()):
        return refuse_missing()
    return None


# Error responses are JSON for these URLs, and for the endpoints of `files`, unless the request accepts HTML.
_FILE_SUFFIXES = (".json", ".jsonl", ".jsonld", ".csv", ".ttl", ".atom", ".svg", ".gz")
_FILE_ENDPOINTS: set[str] = set()
# `__type` of an error in CKAN's API by HTTP status.
_ERROR_TYPES = {
    400: "Validation Error",
    403: "Authorization Error",
    404: "Not Found Error",
    409: "Validation Error",
    503: "Search Connection Error",
}
# Seconds after which a search that was down may be tried again.
RETRY_AFTER_SEARCH = "60"
# Session key of Flask's flash messages.
_FLASHES = "_flashes"


def register_api_errors(blueprint: Blueprint) -> None:
    """Register error handlers: errors in the format of CKAN's API for programs, CKAN's error pages for browsers."""
    # One handler per status, as in CKAN: a handler of HTTPException would have lower precedence than CKAN's.
    for code in default_exceptions:
        blueprint.register_error_handler(code, handle_error)
    blueprint.after_request(complete_error)


def handle_error(error: HTTPException) -> ResponseReturnValue:
    """Return the response to an error that a view or CKAN has raised."""
    if not _expects_json():
        # Look up CKAN's handler as Flask does.
        handlers: dict[type[Exception], Any] = current_app.error_handler_spec[None][error.code]
        handler = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
        return handler(error) if handler else error.get_response()
    # CKAN also flashes the message of an authorization error, which the next page would show.
    kept = [flash for flash in session.pop(_FLASHES, []) if flash[1] != error.description]
    if kept:
        session[_FLASHES] = kept
    response = Response(headers=error.get_headers(tk.request.environ), status=error.code)
    return set_error(response, error.description or error.name)


def complete_error(response: Response) -> Response:
    """Convert HTML errors that were returned and not raised, for programs."""
    if response.status_code in (410, 500) and response.mimetype == HTML and _expects_json():
        purged = response.status_code == 410
        set_error(response, str(tk._("This was removed for good.")) if purged else HTTP_STATUS_CODES[500])
    return response


def register_search_errors(blueprint: Blueprint) -> None:
    """Register responses of the whole site to a search that does not answer: 503 with Retry-After, not CKAN's 500."""
    for kind in (SolrConnectionError, SearchIndexError, SearchError):
        blueprint.app_errorhandler(kind)(_handle_search_error)
    blueprint.after_app_request(_correct_search_status)


def _handle_search_error(error: Exception) -> ResponseReturnValue:
    if not (is_known_down() or is_down(error)):
        raise error
    message = tk._("The search does not answer now. Please try again later.")
    return _correct_search_status(make_response(handle_error(ServiceUnavailable(message))))


def _correct_search_status(response: Response) -> Response:
    """Return 503 where CKAN returns 500 because Solr is down; add Retry-After to each 503 of the site."""
    if response.status_code == 500 and is_known_down():
        response.status_code = 503
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", RETRY_AFTER_SEARCH)
    return response


def _expects_json() -> bool:
    # Browsers accept text/html: a person who followed a link or sent a form gets a page.
    accepts_html = HTML in tk.request.accept_mimetypes.values()
    is_file = tk.request.path.endswith(_FILE_SUFFIXES) or tk.request.endpoint in _FILE_ENDPOINTS
    return prefers_json() or (not accepts_html and is_file)


def set_error(response: Response, message: str) -> Response:
    """Replace the body of a response by an error in the format of CKAN's API."""
    error_type = _ERROR_TYPES.get(response.status_code) or HTTP_STATUS_CODES[response.status_code]
    response.set_data(json.dumps({"success": False, "error": {"__type": error_type, "message": message}}))
    response.content_type = JSON
    response.vary.add("Accept")
    return response


class GovernedType(AnyConverter):
    """URL converter `governed`: the dataset types that the standard governs."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, *config.standard().types)


def page_blueprint(name: str, import_name: str, files: Iterable[str] = (), **options: Any) -> Blueprint:
    """Return a blueprint with cache and security headers, API errors for programs, and 404 for NUL characters in URLs.

    Its routes can use the converter `governed`.
    `files` names the views that return files although their URLs have no suffix of one.
    """
    blueprint = Blueprint(name, import_name, **options)
    blueprint.record(lambda state: state.app.url_map.converters.update(governed=GovernedType))
    _FILE_ENDPOINTS.update(f"{name}.{view}" for view in files)
    blueprint.before_request(reject_null_bytes)
    blueprint.after_request(set_cache_headers)
    blueprint.after_request(set_security_headers)
    register_api_errors(blueprint)
    return blueprint


def fetch_or_refuse(id: str, fetch: Callable[[], dict[str, Any]]) -> Any:
    """Return the result of `fetch`, or the response for a record that is purged, missing or not readable."""
    try:
        return fetch()
    except (tk.ObjectNotFound, tk.ValidationError):
        return registry.removed_record(id) or refuse_missing()
    except tk.NotAuthorized:
        return refuse_access(id)
