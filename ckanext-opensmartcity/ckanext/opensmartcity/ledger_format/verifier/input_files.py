"""Files of a history, read in two passes: checkpoints, proofs and keys, then the entries, of which nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...standard.i18n import N_
from ...tlog.checkpoint import parse_checkpoint
from ...tlog.signed_note import VerifierKey, parse_key, parse_keys
from ..tlog.errors import FormatError
from ..history_file import Entry, LineReader
from .findings import Finding
from .verifier import Counts, Heads, Source, Trust, Verification

LONGEST_LINE = 16 * 2**20
_ENTRY_WORDS = b'"event"', b'"leaf"'
_HEAD_WORDS = b'"checkpoint"', b'"consistency"', b'"key"'
# A word can be written with escapes: such a line is read in both passes.
_ESCAPE = b"\\u"


def read_heads(path: Path, heads: Heads) -> None:
    """Read the lines of a history that are not entries alone; OSError where the file cannot be opened."""
    reader = LineReader()
    for number, raw in lines_of(path):
        has_entry = _has_entry(raw)
        if has_entry and not _may_have_head(raw):
            continue
        try:
            heads.take(reader.read(raw), Source(str(path), number))
        except FormatError as error:
            if not has_entry:
                heads.findings.append(_unreadable(error, path, number))


def read_kept(path: Path, heads: Heads) -> None:
    """Read a file with checkpoints that the reader kept: a signed note as it is, or lines of JSON that hold some."""
    try:
        text = path.read_bytes().decode("utf-8")
        if text.lstrip()[:1] != "{":
            # Mail and editors end lines in their own ways.
            note = text.replace("\r\n", "\n").strip("\n") + "\n"
            heads.take([parse_checkpoint(note)], Source(str(path), 1, kept=True))
            return
    except UnicodeDecodeError:
        heads.findings.append(_unreadable(FormatError(N_("This is not UTF-8.")), path, 1))
        return
    except FormatError as error:
        heads.findings.append(_unreadable(error, path, 1))
        return
    for number, line in lines_of(path):
        try:
            heads.take(LineReader().read(line), Source(str(path), number, kept=True))
        except FormatError as error:
            heads.findings.append(_unreadable(error, path, number))


def read_keys(text: str) -> list[VerifierKey]:
    """Return the key that a text is, or the keys of the file that it names; FormatError where there is none."""
    try:
        return [parse_key(text)] if "+" in text and not Path(text).is_file() else _keys_of(Path(text))
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(N_("The file “{file}” with keys cannot be read."), file=text[:100]) from error


def _keys_of(path: Path) -> list[VerifierKey]:
    keys = parse_keys(path.read_text(encoding="utf-8"))
    if not keys:
        raise FormatError(N_("The file “{file}” holds no key."), file=str(path)[:100])
    return keys


def read_entries(path: Path, trust: Trust, counts: Counts) -> Iterator[Finding]:
    """Yield what is wrong with the entries of a history, and count them."""
    reader, check = LineReader(), Verification(trust, counts)
    for number, raw in lines_of(path):
        if not _has_entry(raw):
            continue
        try:
            entries = [part for part in reader.read(raw) if isinstance(part, Entry)]
        except FormatError as error:
            yield _unreadable(error, path, number)
            continue
        for entry in entries:
            yield from check.entry(entry, number)
    yield from check.end()


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not empty; a file with one object over many lines comes as one."""
    with path.open("rb") as file:
        for number, raw in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1):
            line = raw
            if number == 1:
                # Some editors put a mark first.
                line = raw.removeprefix(b"\xef\xbb\xbf")
                if line.strip() == b"{":
                    line += file.read(LONGEST_LINE)
            if line.strip():
                yield number, line


def _has_entry(raw: bytes) -> bool:
    return _ENTRY_WORDS[0] in raw or _ENTRY_WORDS[1] in raw or _ESCAPE in raw


def _may_have_head(raw: bytes) -> bool:
    checkpoint, consistency, key = _HEAD_WORDS
    return checkpoint in raw or consistency in raw or key in raw or _ESCAPE in raw


def _unreadable(error: FormatError, path: Path, line: int) -> Finding:
    return Finding("unreadable", error.message, line, file=str(path))
