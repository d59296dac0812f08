"""Downloading: one history as a file for everybody who may see the dataset, with what they may not see as hashes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ...model import checkpoints
from ..history import reading
from . import exporting

# Each costs a proof, and nobody needs many.
_MOST_KEPT = 10
_MOST_DIGITS = 18


def kept_sizes(given: Sequence[str]) -> list[int]:
    """Return the sizes of checkpoints kept, as an address gives them; ValidationError for what is none."""
    texts = [text.strip() for text in given if text.strip()]
    if len(texts) > _MOST_KEPT or not all(map(_is_size, texts)):
        raise tk.ValidationError({"kept": [tk._("Give the number in the second line of your checkpoint.")]})
    return [int(text) for text in texts]


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def history_lines(context: Context, id_or_name: str, kept: Sequence[int] = ()) -> Iterator[str]:
    """Return the lines of the history of a dataset, with proof that the log goes on from the checkpoints kept.

    ObjectNotFound also where no checkpoint has been signed yet.
    """
    tk.check_access("governance_history", context, {"id": id_or_name})
    history = reading.find(context, id_or_name)
    session = model.Session()
    if checkpoints.latest(session) is None:
        raise tk.ObjectNotFound(tk._("No checkpoint has been signed yet."))
    lines = exporting.part(session, history.subject_id, reading.viewer(context), kept)
    return (f"{line}\n" for line in lines)
