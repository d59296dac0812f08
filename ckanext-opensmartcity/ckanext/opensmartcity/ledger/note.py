"""Signed notes by C2SP signed-note: a text, and under it a line for each signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..standard.messages import N_
from .encoding import from_base64, to_base64
from .errors import Unreadable
from .keys import Signer, VerifierKey, is_key_name

DASH = "— "
MOST_BYTES, MOST_SIGNATURES = 1_000_000, 100
_ID_BYTES = 4


@dataclass(frozen=True)
class Signature:
    """A signature and the key that it says made it."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """Return the line of the note."""
        return f"{DASH}{self.name} {to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends with a newline, and its signatures, none of them checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """Return the note as it is published."""
        return self.text + "\n" + "".join(map(str, self.signatures))


def sign(text: str, signers: Iterable[Signer]) -> Note:
    """Sign a text with each of the keys."""
    return Note(text, tuple(Signature(signer.key.name, signer.key.id, signer.sign(text)) for signer in signers))


def parse_note(raw: str) -> Note:
    """Read a signed note; Unreadable where it is none."""
    if len(raw) > MOST_BYTES or not raw.endswith("\n") or any(sign < " " and sign != "\n" for sign in raw):
        raise Unreadable(N_("This is not a signed note."))
    text, gap, lines = raw[:-1].rpartition("\n\n")
    signatures = tuple(map(_parse_line, lines.split("\n")))
    if not gap or not text or len(signatures) > MOST_SIGNATURES:
        raise Unreadable(N_("This is not a signed note: a text, an empty line and signatures are needed."))
    return Note(text + "\n", signatures)


def _parse_line(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    data = from_base64(encoded)
    if not line.startswith(DASH) or not is_key_name(name) or data is None or len(data) <= _ID_BYTES:
        raise Unreadable(N_("A line of signature is damaged: “{line}”."), line=line[:80])
    return Signature(name, data[:_ID_BYTES], data[_ID_BYTES:])


class UnknownKey(Unreadable):
    """No signature of a note is by a key that the reader knows."""


class BadSignature(Unreadable):
    """A signature says that it is by a known key, and is not."""


def check(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return the known keys that signed a note; BadSignature or UnknownKey where it must not be believed.

    Signatures by keys that the reader does not know are left aside, as the specification asks.
    """
    known = {(key.name, key.id): key for key in keys}
    found = [(known.get((entry.name, entry.key_id)), entry) for entry in note.signatures]
    for key, entry in found:
        if key and not key.verifies(note.text, entry.signature):
            raise BadSignature(
                N_("The signature by “{name}” does not fit the text: one of the two was changed."), name=key.name
            )
    signed = tuple(key for key, _entry in found if key)
    if not signed:
        names = ", ".join(f"{entry.name}+{entry.key_id.hex()}" for entry in note.signatures)
        raise UnknownKey(N_("It is signed by a key that you did not give: {names}."), names=names[:200])
    return signed
