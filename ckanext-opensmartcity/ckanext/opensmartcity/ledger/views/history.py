"""For residents: what changed about one dataset, as a page, as JSON and as a feed; also of one that is gone."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, jsonify, make_response, stream_with_context
from flask.typing import ResponseReturnValue
from werkzeug.utils import secure_filename

from ... import feature
from ...governance.governance import request_language
from ...views.http import page_blueprint, prefers_json, refuse_access
from ..export import history_lines, kept_sizes
from .feed import Feed, write_feed

blueprint = page_blueprint("opensmartcity_history", __name__)

_RECORD = "/<any(dataset, algorithm):package_type>/<id>/transparency/history"
_VARY = {"Vary": "Accept"}


@blueprint.route(_RECORD)
def page(package_type: str, id: str) -> ResponseReturnValue:
    """Show what changed, newest first; as JSON where the Accept header prefers it."""
    if prefers_json():
        return listing(package_type, id)
    history = _history(id)
    if isinstance(history, Response):
        return history
    dataset = history["dataset"]
    if (package_type, id) != (dataset["type"], dataset["name"]) and dataset["state"] == "active":
        return _redirect(dataset)
    return _rendered(history), _VARY


@blueprint.route(f"{_RECORD}.json")
def listing(package_type: str, id: str) -> ResponseReturnValue:
    """Give the same as JSON, in the language of the address."""
    history = _history(id)
    return history if isinstance(history, Response) else _json(history)


@blueprint.route(f"{_RECORD}.jsonl")
def export(package_type: str, id: str) -> ResponseReturnValue:
    """Give the whole history with its proofs as JSON Lines, a file that `opensmartcity verify` reads."""
    try:
        lines = history_lines({"user": tk.current_user.name}, id, kept_sizes(tk.request.args.getlist("kept")))
    except tk.ObjectNotFound as error:
        refusal: Response = tk.abort(404, str(error))
        return refusal
    except tk.NotAuthorized:
        return refuse_access(id)  # type: ignore[no-any-return]
    except tk.ValidationError as error:
        return _wrong(error)
    headers = {"Content-Disposition": f"attachment; filename={secure_filename(id)}-history.jsonl", **_VARY}
    return Response(stream_with_context(lines), mimetype="application/jsonl", headers=headers)


@blueprint.route(f"{_RECORD}.atom")
def feed(package_type: str, id: str) -> ResponseReturnValue:
    """Give the newest changes of one dataset as an Atom feed."""
    history = _history(id)
    if isinstance(history, Response):
        return history
    dataset = history["dataset"]
    title = tk._("Changes of {title}").format(title=dataset["title"])
    address = tk.url_for("opensmartcity_history.page", package_type=dataset["type"], id=dataset["name"], qualified=True)
    events = [event | {"subject": event["subject"] | _named(dataset)} for event in history["events"] if "id" in event]
    return write_feed(Feed(title, address, tk.request.base_url, events, feature.feed_entries(dataset)))


def tell_gone(id: str) -> Response | None:
    """Answer 410 with the history of a dataset that was removed for good; nothing where there never was one."""
    try:
        history = _asked(id)
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    if history["dataset"]["state"] != "purged":
        return None
    return make_response(_rendered(history), 410, _VARY)


def _rendered(history: dict[str, Any]) -> str:
    return str(tk.render("opensmartcity/history.html", {"history": history, "dataset": history["dataset"]}))


def _named(dataset: dict[str, Any]) -> dict[str, Any]:
    return {"name": dataset["name"], "title": dataset["title"]}


def _redirect(dataset: dict[str, Any]) -> Response:
    answer: Response = tk.redirect_to("opensmartcity_history.page", package_type=dataset["type"], id=dataset["name"])
    return answer


def _json(value: dict[str, Any]) -> Response:
    answer = make_response(jsonify(value))
    answer.headers.update(_VARY)
    return answer


def _history(id: str) -> Any:
    """Return the page of a history that the address asks for, or the refusal."""
    asked = {name: tk.request.args[name] for name in ("cursor", "limit") if name in tk.request.args}
    try:
        return _asked(id, **asked)
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Dataset not found or you have no permission to view it"))
    except tk.NotAuthorized:
        return refuse_access(id)
    except tk.ValidationError as error:
        return _wrong(error)


def _wrong(error: tk.ValidationError) -> Response:
    said = "; ".join(f"{name}: {text}" for name, text in error.error_summary.items())
    refusal: Response = tk.abort(400, said)
    return refusal


def _asked(id: str, **asked: str) -> Any:
    return tk.get_action("governance_history")({}, {"id": id, "lang": request_language(), **asked})
