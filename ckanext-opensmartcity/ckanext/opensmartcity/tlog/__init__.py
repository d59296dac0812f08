"""Transparency log: Merkle tree (RFC 9162), tiles, signed notes and checkpoints (C2SP).

`merkle` computes roots and verifies inclusion and consistency proofs, `tiles` stores the tree, `signed_note` signs and
verifies with Ed25519, `checkpoint` is the signed head of a log. Nothing of the other libraries is imported.

Errors can be translated: each has a gettext msgid and the values of its placeholders.
"""

from __future__ import annotations

from collections.abc import Mapping


def N_(text: str) -> str:  # noqa: N802  (gettext's own name for "mark, do not translate yet")
    """Mark a text for extraction and return it unchanged."""
    return text


class FormatError(ValueError):
    """Malformed note, key, checkpoint or line of a history.

    `template` is a msgid with `{name}` placeholders, `values` fill it. As a string the error is in English.
    """

    def __init__(self, template: str, **values: str) -> None:
        self.template = template
        self.values: Mapping[str, str] = values
        super().__init__(template.format_map(values) if values else template)


class UnknownKey(FormatError):
    """None of the signatures of a note was made by a known key."""


class BadSignature(FormatError):
    """A signature names a known key but does not verify."""
