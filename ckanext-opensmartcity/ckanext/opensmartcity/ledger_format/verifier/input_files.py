"""History files, read in two passes: keys, checkpoints and consistency proofs first, then entries, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...standard.i18n import N_
from ...tlog import FormatError
from ...tlog.checkpoint import parse_checkpoint
from ...tlog.signed_note import VerifierKey, parse_key, parse_keys
from ..history_file import Entry, HistoryHead, LineReader
from .findings import Finding, error_finding, finding
from .trusted_roots import Evidence, Source, TrustedRoots
from .verifier import Counts, HistoryVerifier

MAX_LINE_BYTES = 16 * 2**20
_UTF8_BOM = b"\xef\xbb\xbf"
_ENTRY_KEYS = b'"event"', b'"leaf"', b'"history"'
_EVIDENCE_KEYS = b'"checkpoint"', b'"consistency"', b'"key"'
# JSON keys can be spelled with escapes: such a line is parsed in both passes.
_ESCAPE = b"\\u"


def read_evidence(path: Path, evidence: Evidence) -> None:
    """Read the lines of a history that hold more than entries. Raises OSError."""
    reader = LineReader()
    for number, raw in lines_of(path):
        has_entry = _has_entry(raw)
        if has_entry and _ESCAPE not in raw and not any(key in raw for key in _EVIDENCE_KEYS):
            continue
        try:
            evidence.add(reader.read(raw), Source(str(path), number))
        except FormatError as error:
            if not has_entry:
                evidence.findings.append(_unreadable(error, path, number))


def read_kept(path: Path, evidence: Evidence) -> None:
    """Read a file with checkpoints that the user kept: one signed note, or JSON Lines. Raises OSError."""
    try:
        text = path.read_bytes().decode("utf-8")
        if text.lstrip()[:1] != "{":
            # Mail programs and editors change line endings.
            note = text.replace("\r\n", "\n").strip("\n") + "\n"
            evidence.add([parse_checkpoint(note)], Source(str(path), 1, kept=True))
            return
    except UnicodeDecodeError:
        evidence.findings.append(_unreadable(FormatError(N_("This is not UTF-8.")), path, 1))
        return
    except FormatError as error:
        evidence.findings.append(_unreadable(error, path, 1))
        return
    for number, line in lines_of(path):
        try:
            evidence.add(LineReader().read(line), Source(str(path), number, kept=True))
        except FormatError as error:
            evidence.findings.append(_unreadable(error, path, number))


def read_keys(text: str) -> list[VerifierKey]:
    """Parse a public key, or the file of public keys with this path. Raises FormatError, also if there is none."""
    try:
        if "+" in text and not Path(text).is_file():
            return [parse_key(text)]
        keys = parse_keys(Path(text).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(N_("The file “{file}” with keys cannot be read."), file=text[:100]) from error
    if not keys:
        raise FormatError(N_("The file “{file}” holds no key."), file=str(Path(text))[:100])
    return keys


def read_entries(path: Path, roots: TrustedRoots, counts: Counts, *, inclusion: bool = False) -> Iterator[Finding]:
    """Yield the findings about the entries of a history, and count the entries. Raises OSError.

    With `inclusion`, do not require that a history is complete.
    """
    reader, verifier, before = LineReader(), HistoryVerifier(roots, counts, inclusion=inclusion), counts.entries
    for number, raw in lines_of(path):
        if not _has_entry(raw):
            continue
        try:
            parts = reader.read(raw)
        except FormatError as error:
            yield _unreadable(error, path, number)
            continue
        for part in parts:
            if isinstance(part, Entry):
                yield from verifier.add(part, number)
            elif isinstance(part, HistoryHead):
                yield from verifier.begin_history(part, number)
    yield from verifier.end()
    if counts.entries == before and str(path) not in roots.proving:
        yield finding("nothing")


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of each non-empty line; a file with one indented JSON object as one line."""
    with path.open("rb") as file:
        for number, raw in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES), b""), 1):
            line = raw
            if number == 1:
                line = raw.removeprefix(_UTF8_BOM)
                if line.strip() == b"{":
                    line += file.read(MAX_LINE_BYTES)
            if line.strip():
                yield number, line


def _has_entry(raw: bytes) -> bool:
    return any(key in raw for key in _ENTRY_KEYS) or _ESCAPE in raw


def _unreadable(error: FormatError, path: Path, line: int) -> Finding:
    return error_finding("unreadable", error, file=str(path), line=line)
