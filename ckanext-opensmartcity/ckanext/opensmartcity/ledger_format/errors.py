"""What cannot be read as what it should be, in words for the reader."""

from __future__ import annotations

from ..standard.i18n import Message


class Unreadable(ValueError):
    """A note, a key or a line that is not what it should be."""

    def __init__(self, template: str, **values: str) -> None:
        self.message = Message(template, values)
        super().__init__(self.message.render())
