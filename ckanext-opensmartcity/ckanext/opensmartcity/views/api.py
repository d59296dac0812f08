"""Our actions under CKAN's API: what its view leaves open for the requests and responses of `governance_*`.

- Request bodies are limited, and read before anything else uses them (413).
- A session cookie alone does not authenticate a POST: it needs the CSRF token of the page, or an API token (400).
- Rate limits answer 429, a search that is down 503, both with Retry-After; too deeply nested JSON answers 400.
- Responses to authenticated users are private; all have Vary and forbid MIME sniffing.
"""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, current_app
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from .. import config
from .http import JSON, RETRY_AFTER_SEARCH, is_authenticated_by_token, set_cache_headers, set_error
from .rate_limit import RETRY_AFTER

blueprint = Blueprint("opensmartcity_api", __name__)

_ENDPOINT, _PREFIX = "api.action", "governance_"
_READING = ("GET", "HEAD", "OPTIONS")


def is_our_action() -> bool:
    """Tell whether the request calls one of our actions over CKAN's API."""
    action = str((tk.request.view_args or {}).get("logic_function", ""))
    return tk.request.endpoint == _ENDPOINT and action.startswith(_PREFIX)


@blueprint.before_app_request
def check_request() -> Response | None:
    """Reject a body that is too large, and a cookie without its CSRF token."""
    if not is_our_action() or tk.request.method in _READING:
        return None
    try:
        _read_body(config.max_body())
        _require_csrf_token()
    except RequestEntityTooLarge:
        text = tk._("The body of this request is too large: at most {n} kilobytes.")
        return _refuse(413, text.format(n=config.max_body() // 1024))
    except CSRFError:
        text = tk._("Send the CSRF token of the page in the header X-CSRFToken, or use an API token.")
        return _refuse(400, text)
    return None


def _read_body(limit: int) -> None:
    """Read and keep the body of the request. Raise RequestEntityTooLarge if it has more than `limit` bytes."""
    request = tk.request
    # No header gives the length of a body in chunks: it is read up to the first byte that is too much.
    request.environ["wsgi.input"] = get_input_stream(request.environ, max_content_length=limit + 1)
    if len(request.get_data()) > limit:
        raise RequestEntityTooLarge


def _require_csrf_token() -> None:
    """Raise CSRFError for a user whom only the session cookie identifies, unless the request has a CSRF token.

    CKAN's own protection of its API ends with the first request of anybody without a session: it then exempts the view.
    """
    is_checked = current_app.config["WTF_CSRF_ENABLED"] and tk.current_user.is_authenticated
    if is_checked and not is_authenticated_by_token():
        current_app.extensions["csrf"].protect()


@blueprint.app_errorhandler(RecursionError)
def reject_nested_json(error: RecursionError) -> Response:
    """Return 400 for JSON that is nested too deeply for Python's parser."""
    if not is_our_action():
        raise error
    return _refuse(400, tk._("This JSON is nested too deeply."))


@blueprint.after_app_request
def complete_response(response: Response) -> Response:
    """Set the headers of a response of our actions, and the status that CKAN's view does not know."""
    if not is_our_action():
        return response
    set_cache_headers(response)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.status_code == 409 and (seconds := tk.g.get(RETRY_AFTER)):
        response.status_code = 429
        response.headers["Retry-After"] = str(seconds)
    if response.status_code == 500 and response.is_json:
        error = (response.get_json(silent=True) or {}).get("error") or {}
        if error.get("__type") == "Search Connection Error":
            response.status_code = 503
            response.headers["Retry-After"] = RETRY_AFTER_SEARCH
    return response


def _refuse(status: int, message: str) -> Response:
    return set_error(Response(status=status, content_type=JSON), message)
