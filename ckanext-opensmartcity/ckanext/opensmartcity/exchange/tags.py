"""Tags as CKAN accepts them: letters, digits, blanks and `-_.`, from 2 to 100 characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..standard import Message
from ..standard.answers import shorten
from ..standard.i18n import N_

_FORBIDDEN = re.compile(r"[^\w\-. ]+")
_MIN, _MAX = 2, 100

_CHANGED = N_("The tag “{value}” became “{tag}”: a tag has only letters, digits, blanks and - _ .")
_TOO_SHORT = N_("The tag “{value}” was left out: a tag needs at least two letters or digits.")
_TOO_LONG = N_("The tag “{value}” was cut: a tag has at most 100 characters.")


def parse_tags(words: Iterable[str]) -> tuple[tuple[str, ...], tuple[Message, ...]]:
    """Return the distinct tags of some words, with a message for each word that was changed or left out."""
    tags, messages = dict[str, None](), list[Message]()
    for word in words:
        text = " ".join(word.split())
        tag = " ".join(_FORBIDDEN.sub(" ", text).split())
        values = {"value": shorten(text), "tag": shorten(tag)}
        if not text:
            continue
        if len(tag) < _MIN:
            messages.append(Message(_TOO_SHORT, values))
            continue
        if len(tag) > _MAX:
            messages.append(Message(_TOO_LONG, values))
            tag = tag[:_MAX].strip()
        elif tag != text:
            messages.append(Message(_CHANGED, values))
        tags[tag] = None
    return tuple(tags), tuple(messages)
