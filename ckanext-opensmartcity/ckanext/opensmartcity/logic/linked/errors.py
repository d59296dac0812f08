"""What can be wrong with a catalogue of another portal."""

from __future__ import annotations

from ...standard import Message


class UnreadableError(ValueError):
    """A catalogue that cannot be read: the message says why."""

    def __init__(self, template: str, **values: str) -> None:
        self.message = Message(template, values)
        super().__init__(self.message.render())
