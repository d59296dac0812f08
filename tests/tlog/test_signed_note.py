"""Signed notes and keys of C2SP signed-note, with the example of the Go implementation."""

import contextlib

import pytest
from ckanext.opensmartcity import tlog
from ckanext.opensmartcity.tlog import FormatError, signed_note
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

# Example key and note of golang.org/x/mod/sumdb/note, which other implementations use too.
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

SIGNER = signed_note.load_signer("city.example/opensmartcity", signed_note.generate_pem())
OTHER = signed_note.load_signer("city.example/opensmartcity", signed_note.generate_pem())
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1).map(lambda text: text + "\n")


def test_the_published_example_verifies():
    key = signed_note.parse_key(EXAMPLE_KEY)
    assert str(key) == EXAMPLE_KEY
    assert signed_note.verify_note(signed_note.parse_note(EXAMPLE_NOTE), [key]) == (key,)


@given(TEXT)
def test_a_signed_note_round_trips_and_verifies(text):
    signed = signed_note.sign_note(text, [SIGNER, OTHER])
    again = signed_note.parse_note(str(signed))
    assert again == signed
    assert signed_note.verify_note(again, [SIGNER.key, OTHER.key]) == (SIGNER.key, OTHER.key)


def test_a_public_key_round_trips():
    assert signed_note.parse_key(str(SIGNER.key)) == SIGNER.key


def test_a_key_file_may_have_comments_and_empty_lines():
    text = f"# since 2026\n{SIGNER.key}\n\n{OTHER.key}\n"
    assert signed_note.parse_keys(text) == [SIGNER.key, OTHER.key]


@given(st.integers(0, 511))
def test_any_flipped_bit_of_a_signature_is_rejected(bit):
    signed = signed_note.sign_note("text\n", [SIGNER])
    entry = signed.signatures[0]
    value = (int.from_bytes(entry.signature, "big") ^ (1 << bit)).to_bytes(64, "big")
    damaged = signed_note.Note(signed.text, (signed_note.Signature(entry.name, entry.key_id, value),))
    with pytest.raises(tlog.BadSignature, match="changed"):
        signed_note.verify_note(damaged, [SIGNER.key])


def test_a_signature_does_not_verify_for_another_text():
    damaged = signed_note.Note("other\n", signed_note.sign_note("text\n", [SIGNER]).signatures)
    with pytest.raises(tlog.BadSignature):
        signed_note.verify_note(damaged, [SIGNER.key])


def test_one_bad_signature_by_a_known_key_rejects_the_note():
    good, bad = signed_note.sign_note("text\n", [SIGNER]), signed_note.sign_note("other\n", [OTHER])
    mixed = signed_note.Note("text\n", good.signatures + bad.signatures)
    with pytest.raises(tlog.BadSignature):
        signed_note.verify_note(mixed, [SIGNER.key, OTHER.key])
    assert signed_note.verify_note(mixed, [SIGNER.key]) == (SIGNER.key,)


def test_an_unknown_key_is_named():
    with pytest.raises(tlog.UnknownKey, match=r"city\.example/opensmartcity\+" + SIGNER.key.id.hex()):
        signed_note.verify_note(signed_note.sign_note("text\n", [SIGNER]), [OTHER.key])


def test_a_known_name_with_another_key_is_unknown_and_not_bad():
    with pytest.raises(tlog.UnknownKey):
        signed_note.verify_note(signed_note.sign_note("text\n", [SIGNER]), [])


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n\n— name AAAAAAAA",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAAAAB=\n",
        "te\txt\n\n— name AAAAAAAA\n",
        "te\rxt\n\n— name AAAAAAAA\n",
        "\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 101,
        "x" * 1_000_001 + "\n\n— name AAAAAAAA\n",
    ],
)
def test_malformed_notes_are_rejected(raw):
    with pytest.raises(FormatError):
        signed_note.parse_note(raw)


def test_sixteen_signatures_are_accepted():
    assert len(signed_note.parse_note("text\n\n" + "— name AAAAAAAA\n" * 16).signatures) == 16


@given(st.text())
def test_any_text_is_a_note_or_rejected(raw):
    with contextlib.suppress(FormatError):
        assert str(signed_note.parse_note(raw)) == raw


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+12345678",
        "na me+12345678+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        EXAMPLE_KEY.replace("c74f20a3", "c74f20a4"),
        EXAMPLE_KEY.replace("c74f20a3", "C74F20A3"),
        EXAMPLE_KEY.replace("PeterNeumann", "PeterNeuman"),
        EXAMPLE_KEY[:-4],
        EXAMPLE_KEY.replace("+ARpc", "+Ahpc"),
    ],
)
def test_malformed_keys_are_rejected(text):
    with pytest.raises(FormatError):
        signed_note.parse_key(text)


@given(st.text())
def test_any_text_is_a_key_or_rejected(text):
    with contextlib.suppress(FormatError):
        assert str(signed_note.parse_key(text)) == text.strip()


@pytest.mark.parametrize("pem", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_private_key_is_rejected_with_a_message(pem):
    with pytest.raises(FormatError, match="signing key"):
        signed_note.load_signer("city.example", pem)


def test_other_key_types_and_keys_with_a_password_are_rejected_with_a_message():
    def pem(key, encryption):
        return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)

    other = pem(ec.generate_private_key(ec.SECP256R1()), serialization.NoEncryption())
    locked = pem(ed25519.Ed25519PrivateKey.generate(), serialization.BestAvailableEncryption(b"secret"))
    with pytest.raises(FormatError, match="not an Ed25519 key"):
        signed_note.load_signer("city.example", other)
    with pytest.raises(FormatError, match="password"):
        signed_note.load_signer("city.example", locked)
