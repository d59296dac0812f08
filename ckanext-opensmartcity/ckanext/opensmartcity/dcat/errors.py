"""What can be wrong with a catalogue of another portal."""

from __future__ import annotations

from ..standard import Message

_LONGEST = 200


class UnreadableError(ValueError):
    """A catalogue that cannot be read: the message says why."""

    def __init__(self, template: str, **values: str) -> None:
        self.message = Message(template, values)
        super().__init__(self.message.render())


def plain(text: object) -> str:
    """Return what a stranger wrote as it may stand in a message: one short line that steers no terminal."""
    kept = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return " ".join(kept.split())[:_LONGEST]
