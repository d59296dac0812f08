"""Checkpoints of C2SP tlog-checkpoint: round trip, and rejection of malformed ones."""

import contextlib

import pytest
from ckanext.opensmartcity.tlog import FormatError, checkpoint, signed_note
from hypothesis import given
from hypothesis import strategies as st

SIGNER = signed_note.load_signer("city.example/opensmartcity", signed_note.generate_pem())
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def _signed(text):
    return str(signed_note.sign_note(text, [SIGNER]))


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_round_trips(size, root):
    issued = checkpoint.sign_checkpoint(checkpoint.Checkpoint("city.example/opensmartcity", size, root), [SIGNER])
    again = checkpoint.parse_checkpoint(str(issued.note))
    assert again == issued
    assert signed_note.verify_note(again.note, [SIGNER.key]) == (SIGNER.key,)


def test_the_example_of_the_specification_is_parsed():
    read = checkpoint.parse_checkpoint(_signed(f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"))
    assert read.checkpoint.origin == "example.com/behind-the-sofa"
    assert (read.size, read.root[:2].hex()) == (20852163, "0ac5")


def test_extension_lines_are_accepted_and_signed():
    read = checkpoint.parse_checkpoint(_signed(f"origin\n1\n{ROOT}\nmore\n"))
    assert read.size == 1
    assert signed_note.verify_note(read.note, [SIGNER.key])


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        f"origin\n01\n{ROOT}\n",
        f"origin\n+1\n{ROOT}\n",
        f"origin\n-1\n{ROOT}\n",
        f"origin\n٣\n{ROOT}\n",
        f"origin\n1e3\n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        f"origin\n1\n{ROOT[:-4]}\n",
        f"origin\n1\n{ROOT}\n\nmore\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        f"origin\n{'9' * 5000}\n{ROOT}\n",
    ],
)
def test_malformed_checkpoints_are_rejected(text):
    with pytest.raises(FormatError):
        checkpoint.parse_checkpoint(_signed(text))


@given(st.text())
def test_any_text_round_trips_or_is_rejected(raw):
    with contextlib.suppress(FormatError):
        assert str(checkpoint.parse_checkpoint(raw).note) == raw
