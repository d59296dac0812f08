"""For auditors and residents: the record of all changes, its checkpoints and proofs."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

blueprint = Blueprint("opensmartcity_ledger", __name__, url_prefix="/transparency")


@blueprint.route("/ledger")
def page() -> ResponseReturnValue:
    """Show."""
    return ""


@blueprint.route("/ledger/event/<id>")
def event(id: str) -> ResponseReturnValue:
    """Show."""
    return ""
