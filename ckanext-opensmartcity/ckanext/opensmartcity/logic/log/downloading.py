"""Downloading: one history as a file for everybody who may see the dataset, with what they may not see as hashes."""

from __future__ import annotations

from collections.abc import Iterator

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ...model import checkpoints
from ..history import reading
from . import exporting


def history_lines(context: Context, id_or_name: str) -> Iterator[str]:
    """Return the lines of the history of a dataset; ObjectNotFound also where no checkpoint has been signed yet."""
    tk.check_access("governance_history", context, {"id": id_or_name})
    history = reading.find(context, id_or_name)
    session = model.Session()
    if checkpoints.latest(session) is None:
        raise tk.ObjectNotFound(tk._("No checkpoint has been signed yet."))
    lines = exporting.part(session, history.subject_id, reading.viewer(context))
    return (f"{line}\n" for line in lines)
