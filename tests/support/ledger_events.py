"""What tests of the ledger share: its events read as rows, and changes made as somebody."""

from __future__ import annotations

import json

import sqlalchemy as sa
from ckan import model
from ckan.tests.helpers import call_action
from ckanext.opensmartcity.ledger.model.tables import event, state
from ckanext.opensmartcity.ledger_format.canonical_json import canonical_bytes
from ckanext.opensmartcity.ledger_format.event import leaf_hash


def bodies(subject):
    """The events of one subject, oldest first, as what was hashed."""
    rows = model.Session.execute(sa.select(event).where(event.c.subject_id == subject).order_by(event.c.seq)).all()
    model.Session.rollback()
    found = [json.loads(row.body) for row in rows]
    assert [body["public"] for body in found] == [row.public for row in rows]
    return found


def told(subject):
    """The same as short lines: action, whether public, and what changed."""
    return [(body["action"], body["public"], changes(body)) for body in bodies(subject)]


def changes(body):
    return {change["field"]: (change["before"], change["after"]) for change in body["changes"]}


def last(subject):
    return bodies(subject)[-1]


def chain_is_intact(subject):
    """Each event names the leaf before it, and the state names the last one."""
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
    """Call an action as a user with that user's rights, or as the site where none is named."""
    model.Session.remove()
    if user is None:
        return call_action(action, **data)
    return call_action(action, {"user": user["name"], "ignore_auth": False}, **data)
