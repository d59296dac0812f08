"""Keys that sign notes: Ed25519 by C2SP signed-note, as the text that is published and as the file that is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ..standard.messages import N_
from .encoding import from_base64, to_base64
from .errors import Unreadable

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
