"""Base64 and hex, read strictly: one text for each value."""
# MERGED Keys that sign notes: Ed25519 by C2SP signed-note, as the text that is published and as the file that is kept.
# MERGED Signed notes by C2SP signed-note: a text, and under it a line for each signature.

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ..ledger_format.errors import Unreadable
from ..standard.i18n import N_
from .merkle import HASH_BYTES

_HEX_LETTERS = 2 * HASH_BYTES


def to_base64(data: bytes) -> str:
    """Return bytes as standard base64."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Return the bytes of standard base64, None for anything else, unused bits that are set included."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64(data) == text else None


def from_hex(value: object) -> bytes | None:
    """Return the hash that a text names in lower-case hex, None for anything else."""
    if not isinstance(value, str) or len(value) != _HEX_LETTERS:
        return None
    try:
        data = bytes.fromhex(value)
    except ValueError:
        return None
    return data if data.hex() == value else None


def hashes_from_hex(values: list[Any]) -> tuple[bytes, ...] | None:
    """Return the hashes that texts name in lower-case hex, None where one does not; all at once, for there are many."""
    try:
        text = "".join(values)
        data = bytes.fromhex(text)
    except (TypeError, ValueError):
        return None
    if data.hex() != text or any(len(value) != _HEX_LETTERS for value in values):
        return None
    return tuple([data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])


ED25519 = b"\x01"
KEY_BYTES = 32


def is_key_name(name: str) -> bool:
    """Tell whether a text may name a key: not empty, without spaces, plus signs and what cannot be seen."""
    return bool(name) and name.isprintable() and not any(sign == "+" or sign.isspace() for sign in name)


@dataclass(frozen=True)
class VerifierKey:
    """The public half of a key, by which everybody can check what it signed."""

    name: str
    public: bytes
    id: bytes = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()
        object.__setattr__(self, "id", digest[:4])

    def __str__(self) -> str:
        """Return the key as it is published: name, id and key."""
        return f"{self.name}+{self.id.hex()}+{to_base64(ED25519 + self.public)}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Tell whether this key made a signature over a text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def parse_key(text: str) -> VerifierKey:
    """Read a published key; Unreadable where it is none, or where its id does not fit."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    data = from_base64(encoded)
    if not is_key_name(name) or data is None or data[:1] != ED25519 or len(data) != 1 + KEY_BYTES:
        raise Unreadable(N_("“{text}” is not a public key of the form NAME+ID+KEY."), text=text.strip()[:80])
    key = VerifierKey(name, data[1:])
    if key.id.hex() != key_id:
        raise Unreadable(N_("The id in the public key of “{name}” does not fit the key."), name=name)
    return key


def parse_keys(text: str) -> list[VerifierKey]:
    """Read published keys, one a line; empty lines and those that begin with # are left out."""
    lines = (line.strip() for line in text.splitlines())
    return [parse_key(line) for line in lines if line and not line.startswith("#")]


class Signer:
    """A private key under its name."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = VerifierKey(name, public)

    def sign(self, text: str) -> bytes:
        """Return the signature over a text."""
        return self._private.sign(text.encode())


def generate_pem() -> bytes:
    """Return a new private key as PEM (PKCS 8), without a password."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_signer(name: str, pem: bytes) -> Signer:
    """Read a private key; Unreadable where it is no Ed25519 key, or has a password."""
    try:
        private = load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise Unreadable(N_("The signing key has a password: the portal needs one without.")) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unreadable(N_("The signing key is not a private key in PEM form.")) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise Unreadable(N_("The signing key is of another kind than Ed25519."))
    return Signer(name, private)


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
