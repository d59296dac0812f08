"""Helpers of ledger tests: stored events of a subject, and actions called as a user."""

from __future__ import annotations

import json

import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.ledger.model import event, state
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.event import leaf_hash


def bodies(subject):
    """Return the bodies of the events of a subject, oldest first."""
    rows = model.Session.execute(sa.select(event).where(event.c.subject_id == subject).order_by(event.c.seq)).all()
    model.Session.rollback()
    events = [json.loads(row.body) for row in rows]
    assert [body["public"] for body in events] == [row.public for row in rows]
    return events


def summaries(subject):
    """Return action, visibility and changes of each event of a subject, oldest first."""
    return [(body["action"], body["public"], changes(body)) for body in bodies(subject)]


def changes(body):
    return {change["field"]: (change["before"], change["after"]) for change in body["changes"]}


def last(subject):
    return bodies(subject)[-1]


def chain_is_intact(subject):
    """Return whether each event names its predecessor and the stored state the last event. Asserts canonical bodies."""
    rows = model.Session.execute(sa.select(event).where(event.c.subject_id == subject).order_by(event.c.seq)).all()
    previous = None
    for row in rows:
        body = json.loads(row.body)
        assert canonical_bytes(body).decode() == row.body
        assert body["previous"] == previous
        previous = leaf_hash(row.body.encode()).hex()
    known = model.Session.execute(sa.select(state).where(state.c.subject_id == subject)).one()
    model.Session.rollback()
    return known.last_hash.hex() == previous and known.last_seq == rows[-1].seq


def act(action, user=None, /, **data):
    """Call an action as a user with authorization, or as the site user without."""
    model.Session.remove()
    if user is None:
        return call_action(action, **data)
    return call_action(action, {"user": user["name"], "ignore_auth": False}, **data)
