"""Signed notes and Ed25519 keys of C2SP signed-note: a text followed by one line for each signature.

A public key is the line `NAME+ID+KEY`, a private key a PEM file. Base64 and hex are decoded strictly: each value has
exactly one accepted spelling, so that a note cannot be changed without breaking its signature.
"""

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

from . import N_, BadSignature, FormatError, UnknownKey
from .merkle import HASH_BYTES

# Algorithm byte of the specification.
ED25519 = b"\x01"
PUBLIC_KEY_BYTES = 32
MAX_NOTE_LENGTH, MAX_SIGNATURES = 1_000_000, 100
_DASH = "— "
_KEY_ID_BYTES = 4
_HASH_HEX_DIGITS = 2 * HASH_BYTES


def to_base64(data: bytes) -> str:
    """Encode bytes as standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Decode standard base64. None if invalid or not canonical, such as with unused bits set."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64(data) == text else None


def from_hex(value: object) -> bytes | None:
    """Decode a SHA-256 hash from lower-case hex. None if the value is anything else."""
    if not isinstance(value, str) or len(value) != _HASH_HEX_DIGITS:
        return None
    try:
        data = bytes.fromhex(value)
    except ValueError:
        return None
    return data if data.hex() == value else None


def hashes_from_hex(values: list[Any]) -> tuple[bytes, ...] | None:
    """Decode SHA-256 hashes from lower-case hex, None if one is invalid. Decoded in one call: proofs are many."""
    try:
        text = "".join(values)
        data = bytes.fromhex(text)
    except (TypeError, ValueError):
        return None
    if data.hex() != text or any(len(value) != _HASH_HEX_DIGITS for value in values):
        return None
    return tuple([data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)])


def is_key_name(name: str) -> bool:
    """Return whether a key may have this name: not empty, printable, without spaces and plus signs."""
    return bool(name) and name.isprintable() and not any(char == "+" or char.isspace() for char in name)


@dataclass(frozen=True)
class VerifierKey:
    """Public Ed25519 key with its name. `id` is the first four bytes of a hash over name and key."""

    name: str
    public: bytes
    id: bytes = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()
        object.__setattr__(self, "id", digest[:_KEY_ID_BYTES])

    def __str__(self) -> str:
        """Return the key in its published form, NAME+ID+KEY."""
        return f"{self.name}+{self.id.hex()}+{to_base64(ED25519 + self.public)}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Return whether the signature over the text was made with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def parse_key(text: str) -> VerifierKey:
    """Parse a public key of the form NAME+ID+KEY. Raises FormatError, also if the id does not match the key."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    data = from_base64(encoded)
    if not is_key_name(name) or data is None or data[:1] != ED25519 or len(data) != 1 + PUBLIC_KEY_BYTES:
        raise FormatError(N_("“{text}” is not a public key of the form NAME+ID+KEY."), text=text.strip()[:80])
    key = VerifierKey(name, data[1:])
    if key.id.hex() != key_id:
        raise FormatError(N_("The id in the public key of “{name}” does not match the key."), name=name)
    return key


def parse_keys(text: str) -> list[VerifierKey]:
    """Parse public keys, one per line; empty lines and lines that begin with # are skipped. Raises FormatError."""
    lines = (line.strip() for line in text.splitlines())
    return [parse_key(line) for line in lines if line and not line.startswith("#")]


class Signer:
    """Private Ed25519 key with its name."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = VerifierKey(name, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, text: str) -> bytes:
        """Return the signature over a text, 64 bytes."""
        return self._private.sign(text.encode())


def generate_pem() -> bytes:
    """Generate a private key and return it as PEM (PKCS 8) without a password."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_signer(name: str, pem: bytes) -> Signer:
    """Load a private key from PEM. Raises FormatError if it is not an Ed25519 key or has a password."""
    try:
        private = load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise FormatError(N_("The signing key has a password: the portal needs one without.")) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise FormatError(N_("The signing key is not a private key in PEM form.")) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise FormatError(N_("The signing key is not an Ed25519 key."))
    return Signer(name, private)


@dataclass(frozen=True)
class Signature:
    """Signature line of a note: the key that it names, by name and id, and the signature bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """Return the line with its newline."""
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class Note:
    """Text that ends with a newline, and its signatures, which are not verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """Return the note in its published form."""
        return self.text + "\n" + "".join(map(str, self.signatures))


def sign_note(text: str, signers: Iterable[Signer]) -> Note:
    """Sign a text with each key."""
    return Note(text, tuple(Signature(signer.key.name, signer.key.id, signer.sign(text)) for signer in signers))


def parse_note(raw: str) -> Note:
    """Parse a signed note without verifying it. Raises FormatError."""
    if len(raw) > MAX_NOTE_LENGTH or not raw.endswith("\n") or any(char < " " and char != "\n" for char in raw):
        raise FormatError(N_("This is not a signed note."))
    text, gap, lines = raw[:-1].rpartition("\n\n")
    signatures = []
    for line in lines.split("\n"):
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        data = from_base64(encoded)
        if not line.startswith(_DASH) or not is_key_name(name) or data is None or len(data) <= _KEY_ID_BYTES:
            raise FormatError(N_("A signature line is damaged: “{line}”."), line=line[:80])
        signatures.append(Signature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:]))
    if not gap or not text or len(signatures) > MAX_SIGNATURES:
        raise FormatError(N_("This is not a signed note: a text, an empty line and signatures are needed."))
    return Note(text + "\n", tuple(signatures))


def verify_note(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return the known keys that signed a note; signatures by other keys are ignored, as the specification requires.

    Raises BadSignature if a signature by a known key does not verify, UnknownKey if none is by a known key.
    """
    known = {(key.name, key.id): key for key in keys}
    signers = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key and not key.verifies(note.text, signature.signature):
            raise BadSignature(
                N_("The signature by “{name}” does not match the text: one of the two was changed."), name=key.name
            )
        if key:
            signers.append(key)
    if not signers:
        names = ", ".join(f"{signature.name}+{signature.key_id.hex()}" for signature in note.signatures)
        raise UnknownKey(N_("It is signed by a key that you did not give: {names}."), names=names[:200])
    return tuple(signers)
