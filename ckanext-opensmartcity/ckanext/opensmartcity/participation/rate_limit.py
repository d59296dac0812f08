"""Rate limits for contributions: per visitor, per record, and for the whole portal."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import Context
from flask import has_request_context

from .. import config
from ..views.rate_limit import Quota, consume, request_address


def limit_visitor(context: Context) -> None:
    """Count one contribution of a user; without an account, of the client address and of the portal.

    Raise TooManyRequests if a limit is exceeded.
    """
    if not has_request_context():
        return  # a command, or a test that calls the action directly
    per_visitor, _, per_portal = config.hourly_limits()
    reason, user = tk._("You have sent as much as one person may send in an hour."), context.get("user")
    if user:
        consume(Quota(f"user:{user}", per_visitor, reason))
    else:
        # The address first: one visitor who floods the portal must not use up what all others share.
        portal = Quota("portal", per_portal, tk._("Very many people write to this portal just now."))
        consume(Quota(f"from:{request_address()}", per_visitor, reason), portal)


def limit_record(record_id: str) -> None:
    """Count one contribution to a record. Raise TooManyRequests if its limit is exceeded."""
    if has_request_context():
        reason = tk._("Very many people write to this record just now.")
        consume(Quota(f"record:{record_id}", config.hourly_limits()[1], reason))
