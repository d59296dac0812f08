"""Messages that are kept as template and values until the reader's language is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Translate = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for "mark, do not translate yet")
    """Mark a text for extraction and return it unchanged."""
    return text


@dataclass(frozen=True)
class Message:
    """A translatable template with `{name}` placeholders and the values that fill them."""

    template: str
    values: Mapping[str, str] = field(default_factory=dict)

    def render(self, translate: Translate = str) -> str:
        """Fill the translated template; a text without values, such as a rule's message, may hold braces."""
        text = translate(self.template)
        return text.format_map(self.values) if self.values else text
