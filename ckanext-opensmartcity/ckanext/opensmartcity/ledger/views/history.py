"""History of one record, also of a purged one: HTML page, JSON, JSON Lines with proofs, and Atom feed."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, jsonify, make_response, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from ... import registry
from ...governance.governance import request_language
from ...views.http import page_blueprint, prefers_json, refuse_access, refuse_missing
from ..export import history_lines, parse_sizes
from .feed import Feed, write_feed

blueprint = page_blueprint("opensmartcity_history", __name__)

_RECORD = "/<governed:package_type>/<id>/transparency/history"
_VARY = {"Vary": "Accept"}


@blueprint.route(_RECORD)
def page(package_type: str, id: str) -> ResponseReturnValue:
    """Show the changes, newest first; as JSON by content negotiation."""
    if prefers_json():
        return listing(package_type, id)
    history = _requested_history(id)
    if isinstance(history, Response):
        return history
    dataset = history["dataset"]
    if (package_type, id) != (dataset["type"], dataset["name"]) and dataset["state"] == "active":
        return tk.redirect_to("opensmartcity_history.page", package_type=dataset["type"], id=dataset["name"])  # type: ignore[no-any-return]
    return _render(history), _VARY


@blueprint.route(f"{_RECORD}.json")
def listing(package_type: str, id: str) -> ResponseReturnValue:
    """Return the history as JSON, in the language of the URL."""
    history = _requested_history(id)
    return history if isinstance(history, Response) else make_response(jsonify(history), _VARY)


@blueprint.route(f"{_RECORD}.jsonl")
def export(package_type: str, id: str) -> ResponseReturnValue:
    """Stream the whole history with its proofs as JSON Lines, a file that `opensmartcity verify` reads."""
    try:
        lines = history_lines({"user": tk.current_user.name}, id, parse_sizes(tk.request.args.getlist("kept")))
    except tk.ObjectNotFound:
        return refuse_missing()  # type: ignore[no-any-return]
    except tk.NotAuthorized:
        return refuse_access(id)  # type: ignore[no-any-return]
    except tk.ValidationError as error:
        return _bad_request(error)
    headers = {"Content-Disposition": f"attachment; filename={secure_filename(id)}-history.jsonl", **_VARY}
    return Response(stream_with_context(lines), mimetype="application/jsonl", headers=headers)


@blueprint.route(f"{_RECORD}.atom")
def feed(package_type: str, id: str) -> ResponseReturnValue:
    """Return the newest changes of one dataset as an Atom feed."""
    history = _requested_history(id)
    if isinstance(history, Response):
        return history
    dataset = history["dataset"]
    title = tk._("Changes of {title}").format(title=dataset["title"])
    record = {"package_type": dataset["type"], "id": dataset["name"], "qualified": True}
    page, address = (tk.url_for(f"opensmartcity_history.{view}", **record) for view in ("page", "feed"))
    named = {"name": dataset["name"], "title": dataset["title"]}
    events = [event | {"subject": event["subject"] | named} for event in history["events"] if "id" in event]
    return write_feed(Feed(title, page, address, events, registry.feed_entries(dataset)))


def purged_page(id: str) -> Response | None:
    """Return 410 Gone with the history of a purged dataset; None if there never was one that the user may see."""
    try:
        history = _show_history(id)
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    if history["dataset"]["state"] != "purged":
        return None
    return make_response(_render(history), 410, _VARY)


def _render(history: dict[str, Any]) -> str:
    return str(tk.render("opensmartcity/history.html", {"history": history, "dataset": history["dataset"]}))


def _requested_history(id: str) -> Any:
    """Return the page of a history that the query parameters select, or a response with the error."""
    params = {name: tk.request.args[name] for name in ("cursor", "limit") if name in tk.request.args}
    try:
        return _show_history(id, **params)
    except tk.ObjectNotFound:
        return refuse_missing()
    except tk.NotAuthorized:
        return refuse_access(id)
    except tk.ValidationError as error:
        return _bad_request(error)


def _bad_request(error: tk.ValidationError) -> Response:
    message = "; ".join(f"{name}: {text}" for name, text in error.error_summary.items())
    return tk.abort(400, message)  # type: ignore[no-any-return]


def _show_history(id: str, **params: str) -> Any:
    return tk.get_action("governance_history")({}, {"id": id, "lang": request_language(), **params})
