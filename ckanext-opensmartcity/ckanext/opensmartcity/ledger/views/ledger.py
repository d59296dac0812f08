"""Transparency log: signed checkpoints, public keys, proofs, the Atom feed of all changes, and the disposals."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Response, jsonify, make_response
from flask.typing import ResponseReturnValue

from ... import registry
from ...governance.governance import request_language
from ...views.http import cached, page_blueprint, prefers_json
from .feed import Feed, write_feed

blueprint = page_blueprint(
    "opensmartcity_ledger", __name__, url_prefix="/transparency", files=("feed", "checkpoint", "key")
)

_VARY = {"Vary": "Accept"}
_FEED_LENGTH = 50
_SHOWN_CHANGES = 10


@blueprint.route("/ledger")
def page() -> ResponseReturnValue:
    """Show the newest checkpoint, the keys and how to verify; as JSON by content negotiation."""
    if prefers_json():
        return listing()
    log = _log()
    changes = _call("governance_changes", limit=_SHOWN_CHANGES, lang=request_language())["events"]
    return tk.render("opensmartcity/ledger.html", {"log": log, "changes": changes}), _VARY


@blueprint.route("/ledger.json")
def listing() -> ResponseReturnValue:
    """Return checkpoints and keys as JSON."""
    return make_response(jsonify(_log()), _VARY)


@blueprint.route("/ledger/checkpoint")
# Not <int:size>: Werkzeug fails on a number of more digits than Python converts.
@blueprint.route("/ledger/checkpoint/<size>")
def checkpoint(size: str | None = None) -> ResponseReturnValue:
    """Return a signed checkpoint as plain text: a C2SP signed note, to be kept unchanged."""
    params = {} if size is None else {"size": size}
    try:
        signed = _call("governance_checkpoint_show", **params)
    except (tk.ObjectNotFound, tk.ValidationError) as error:
        return tk.abort(404, str(error))  # type: ignore[no-any-return]
    return signed["checkpoint"], {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.route("/ledger/key")
def key() -> ResponseReturnValue:
    """Return the public keys as plain text, newest first, one per line."""
    keys = [entry["key"] for entry in reversed(_log()["keys"])]
    return "".join(f"{entry}\n" for entry in keys), {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.route("/ledger/event/<id>")
def event(id: str) -> ResponseReturnValue:
    """Show the inclusion proof of one event; as JSON by content negotiation."""
    if prefers_json():
        return proof(id)
    try:
        values = {"id": id, "proof": _proof(id), "event": _event(id)}
    except (tk.ObjectNotFound, tk.ValidationError):
        return _no_event()
    return tk.render("opensmartcity/proof.html", values), _VARY


@blueprint.route("/ledger/event/<id>.json")
def proof(id: str) -> ResponseReturnValue:
    """Return an event with its proof as a file that `opensmartcity verify` reads."""
    try:
        event, proof = _event(id), _proof(id)
    except (tk.ObjectNotFound, tk.ValidationError):
        return _no_event()
    content = proof or {}
    # The C2SP tlog-proof is not part of our file format.
    content.pop("text", None)
    if event and "redactions" in event:
        content = {"result": content | {"redacted": event["event"]}}
    elif event:
        content = {"event": event["event"]} | content
    return make_response(jsonify(content), _VARY)


@blueprint.route("/feed")
def feed() -> ResponseReturnValue:
    """Return the newest changes of the whole portal as an Atom feed."""
    events = _call("governance_changes", limit=_FEED_LENGTH, lang=request_language())["events"]
    title = tk._("Changes at {portal}").format(portal=tk.config["ckan.site_title"])
    page, address = (tk.url_for(f"opensmartcity_ledger.{view}", qualified=True) for view in ("page", "feed"))
    return write_feed(Feed(title, page, address, events, registry.feed_entries()))


@blueprint.route("/disposals")
def disposals() -> ResponseReturnValue:
    """Show datasets whose last day of keeping has passed; as JSON by content negotiation."""
    if prefers_json():
        return disposal_listing()
    found = list_disposals()
    return cached(found, lambda: make_response(tk.render("opensmartcity/disposals.html", {"found": found})))


@blueprint.route("/disposals.json")
def disposal_listing() -> ResponseReturnValue:
    """Return the same list as JSON."""
    found = list_disposals()
    return cached(found, lambda: jsonify(found))


def list_disposals() -> dict[str, Any]:
    """Return the page of the list that the query parameters select; abort with 400 if they are invalid."""
    params = {name: tk.request.args[name] for name in ("outcome", "cursor", "limit") if name in tk.request.args}
    try:
        return _call("governance_disposal_list", **params)
    except tk.ValidationError as error:
        message = "; ".join(f"{name}: {text}" for name, text in error.error_summary.items())
        return tk.abort(400, message)  # type: ignore[no-any-return]


def _log() -> dict[str, Any]:
    """Return the newest checkpoint with the keys, and the older checkpoints; without a checkpoint, empty lists."""
    older = _call("governance_checkpoint_list")
    newest = _call("governance_checkpoint_show") if older["checkpoints"] else {"keys": []}
    return newest | older


def _event(id: str) -> dict[str, Any] | None:
    """Return an event, None if the reader may not see it."""
    try:
        return _call("governance_event_show", id=id, lang=request_language())
    except tk.ObjectNotFound:
        return None


def _proof(id: str) -> dict[str, Any] | None:
    """Return the proof of an event; None while it waits for a checkpoint and the reader may see it."""
    try:
        return _call("governance_proof", event=id)
    except tk.ObjectNotFound:
        if _event(id) is None:
            raise
        return None


def _no_event() -> Response:
    return tk.abort(404, tk._("There is no event with this id."))  # type: ignore[no-any-return]


def _call(name: str, **params: Any) -> dict[str, Any]:
    result: dict[str, Any] = tk.get_action(name)({}, params)
    return result
