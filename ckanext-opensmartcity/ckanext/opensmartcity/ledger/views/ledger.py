"""For auditors and residents: the record of all changes, its signed checkpoints, keys and proofs, and its feed."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, jsonify, make_response
from flask.typing import ResponseReturnValue

from ... import feature
from ...governance.governance import request_language
from ...views.http import page_blueprint, prefers_json
from .feed import Feed, write_feed

blueprint = page_blueprint("opensmartcity_ledger", __name__, url_prefix="/transparency")

_VARY = {"Vary": "Accept"}
_FEED_LENGTH = 50
_SHOWN_CHANGES = 10


@blueprint.route("/ledger")
def page() -> ResponseReturnValue:
    """Show the newest checkpoint, the keys and how to check; as JSON where the Accept header prefers it."""
    if prefers_json():
        return listing()
    log = _log()
    changes = _act("governance_changes", limit=_SHOWN_CHANGES, lang=request_language())["events"]
    return tk.render("opensmartcity/ledger.html", {"log": log, "changes": changes}), _VARY


@blueprint.route("/ledger.json")
def listing() -> ResponseReturnValue:
    """Give checkpoints and keys as JSON."""
    answer = make_response(jsonify(_log()))
    answer.headers.update(_VARY)
    return answer


@blueprint.route("/ledger/checkpoint")
@blueprint.route("/ledger/checkpoint/<int:size>")
def checkpoint(size: int | None = None) -> ResponseReturnValue:
    """Give a signed checkpoint as it is to be kept: a signed note by C2SP."""
    asked = {} if size is None else {"size": size}
    try:
        found = _act("governance_checkpoint_show", **asked)
    except (tk.ObjectNotFound, tk.ValidationError) as error:
        return tk.abort(404, str(error))  # type: ignore[no-any-return]
    return found["checkpoint"], {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.route("/ledger/key")
def key() -> ResponseReturnValue:
    """Give the public keys, the newest first, a line each."""
    keys = [entry["key"] for entry in reversed(_log()["keys"])]
    return "".join(f"{entry}\n" for entry in keys), {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.route("/ledger/event/<id>")
def event(id: str) -> ResponseReturnValue:
    """Show the proof of one event and what it proves."""
    if prefers_json():
        return proof(id)
    try:
        values = {"id": id, "proof": _proof(id), "event": _event(id)}
    except (tk.ObjectNotFound, tk.ValidationError):
        return _no_event()
    return tk.render("opensmartcity/proof.html", values), _VARY


@blueprint.route("/ledger/event/<id>.json")
def proof(id: str) -> ResponseReturnValue:
    """Give an event with its proof as a file that `opensmartcity verify` reads."""
    try:
        shown, proven = _event(id), _proof(id)
    except (tk.ObjectNotFound, tk.ValidationError):
        return _no_event()
    said = ({"event": shown["event"]} if shown else {}) | (proven or {})
    # The proof in the form of other programs: no part of our files.
    said.pop("text", None)
    answer = make_response(jsonify(said))
    answer.headers.update(_VARY)
    return answer


@blueprint.route("/feed")
def feed() -> ResponseReturnValue:
    """Give the newest changes of the whole portal as an Atom feed."""
    events = _act("governance_changes", limit=_FEED_LENGTH, lang=request_language())["events"]
    title = tk._("Changes at {portal}").format(portal=tk.config["ckan.site_title"])
    page = tk.url_for("opensmartcity_ledger.page", qualified=True)
    return write_feed(Feed(title, page, tk.request.base_url, events, feature.feed_entries()))


def _log() -> dict[str, Any]:
    """Return the newest checkpoint and the keys, and the checkpoints before; nothing of what is not there yet."""
    older = _act("governance_checkpoint_list")
    newest = _act("governance_checkpoint_show") if older["checkpoints"] else {"keys": []}
    return newest | older


def _event(id: str) -> dict[str, Any] | None:
    """Return an event in words, None where the reader may not see it."""
    try:
        return _act("governance_event_show", id=id, lang=request_language())
    except tk.ObjectNotFound:
        return None


def _proof(id: str) -> dict[str, Any] | None:
    """Return the proof of an event; None where it waits for a checkpoint and the reader may see it."""
    try:
        return _act("governance_proof", event=id)
    except tk.ObjectNotFound:
        if _event(id) is None:
            raise
        return None


def _no_event() -> Response:
    refusal: Response = tk.abort(404, tk._("There is no event with this id."))
    return refusal


def _act(name: str, **asked: Any) -> dict[str, Any]:
    answer: dict[str, Any] = tk.get_action(name)({}, asked)
    return answer
