"""A record of another register as our algorithm record, with an account of what was kept and what has no home."""
# MERGED By what a record of a register is known again, when it comes a second time.

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...standard import DECLARED_FIELD, Declaration, Settings, Standard, assess, dump_declarations
from ...standard.answers import InvalidAnswer
from ...standard.i18n import N_, Message
from . import dtpr
from .conversions import NoHome, Piece, Value, convert, is_nothing, text_of
from .fields import RECORD_TYPE, checked, is_known, is_list, is_long, join, shipped_standard
from .mapping import Line, Register, RegisterError, load_register
from .plain_text import one_line, slug

SOURCE_KEY = "register_source"

_NO_QUESTION = N_("Our standard has no question for this.")
_NOT_MAPPED = N_("The mapping does not know this field.")
_ANSWERED = N_("Another field has answered our question already.")
_NO_ROOM = N_("There was no room for it beside the other texts of our field.")
_NO_OBJECT = N_("A record must be a JSON object.")
_NO_JSON = N_("This record cannot be written as JSON.")


@dataclass(frozen=True)
class Kept:
    """A value of theirs that one of our fields now holds."""

    theirs: str
    ours: str
    note: Message | None = None


@dataclass(frozen=True)
class Homeless:
    """A value of theirs that no field of ours holds, and why. It is carried along in the record."""

    theirs: str
    value: Any
    reason: Message


@dataclass(frozen=True)
class Imported:
    """Our record, what of theirs it holds, and what has no home with us."""

    record: dict[str, Any]
    kept: tuple[Kept, ...]
    homeless: tuple[Homeless, ...]


def import_record(register: str, record: Any, *, standard: Standard | None = None) -> Imported:
    """Turn a record of a register into ours; RegisterError where it is no record at all."""
    known = load_register(register)
    source = carried(known, record)
    fields = fields_of(known, record)
    importing = _Importing(known, standard or shipped_standard(), fields)
    importing.take_all()
    ours = importing.record(source)
    return Imported(ours, tuple(importing.kept), importing.homeless())


def fields_of(register: Register, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record's values by the names of the mapping."""
    return dtpr.chain_fields(record, register.elements) if register.is_chain else dict(record)


def carried(register: Register, record: Any) -> str:
    """Return the whole record as canonical JSON, as ours carries it along; RegisterError where that cannot be."""
    if not isinstance(record, dict) or not all(isinstance(key, str) for key in record):
        raise RegisterError(Message(_NO_OBJECT))
    try:
        # Only ASCII, so that no database or index stumbles over what a text holds.
        whole = {"register": register.id, "record": record}
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False)
        if json.loads(text)["record"] != record:
            raise ValueError
    except (TypeError, ValueError, RecursionError):
        raise RegisterError(Message(_NO_JSON)) from None
    return text


@dataclass
class _Importing:
    register: Register
    standard: Standard
    fields: Mapping[str, Any]
    answers: dict[str, Value] = field(default_factory=dict)
    declared: dict[str, Declaration] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    reasons: dict[str, Message] = field(default_factory=dict)

    def take_all(self) -> None:
        """Answer every field of ours that a line leads to."""
        for ours in self.register.ours:
            lines = [line for line in self.register.group(ours) if not is_nothing(self.fields.get(line.theirs))]
            if not is_known(self.standard, ours):
                self.reasons.update({line.theirs: Message(_NO_QUESTION) for line in lines})
                continue
            pieces = self._pieces(lines)
            if is_list(self.standard, ours):
                self._keep_list(ours, pieces)
            elif pieces:
                self._keep_text(ours, pieces)

    def _pieces(self, lines: list[Line]) -> list[tuple[Line, Piece]]:
        pieces: list[tuple[Line, Piece]] = []
        for line in lines:
            if self._declare(line):
                continue
            try:
                piece = convert(line, self.fields[line.theirs])
            except NoHome as problem:
                self.reasons[line.theirs] = problem.message
                continue
            if piece is not None:
                pieces.append((line, piece))
        return pieces

    def _declare(self, line: Line) -> bool:
        """Declare the question where their text says that nothing is known, or that it does not apply."""
        raw = self.fields[line.theirs]
        words = one_line(raw).casefold() if isinstance(raw, str) else ""
        state = self.register.says_nothing.get(words)
        if state is None or line.part or line.ours not in self.standard.records[RECORD_TYPE].fields:
            return False
        reason = one_line(text_of(raw)) if state == "not_applicable" else ""
        self.declared[line.ours] = Declaration("not_applicable" if reason else "unknown", reason)
        self.kept.append(Kept(line.theirs, DECLARED_FIELD))
        return True

    def _keep_list(self, ours: str, pieces: list[tuple[Line, Piece]]) -> None:
        taken: list[tuple[Line, Piece]] = []
        for line, piece in pieces:
            entries = tuple(dict.fromkeys(entry for _line, one in (*taken, (line, piece)) for entry in one.value))
            if self._answer(ours, entries, [(line, piece)]):
                taken.append((line, piece))

    def _keep_text(self, ours: str, pieces: list[tuple[Line, Piece]]) -> None:
        first = next((piece for piece in pieces if piece[0].part is None), None)
        used = [piece for piece in pieces if piece is first or piece[0].part]
        for line, piece in pieces:
            if (line, piece) not in used and first is not None and piece.value != first[1].value:
                self.reasons.setdefault(line.theirs, Message(_ANSWERED))
            elif (line, piece) not in used:
                self.kept.append(Kept(line.theirs, ours))
        used.sort(key=lambda entry: entry[0].part is not None)
        text, left_out = join([(line, str(piece.value)) for line, piece in used], is_long=is_long(self.standard, ours))
        self.reasons.update({line.theirs: Message(_NO_ROOM) for line in left_out})
        self._answer(ours, text, [(line, piece) for line, piece in used if line not in left_out])

    def _answer(self, ours: str, value: Value, pieces: list[tuple[Line, Piece]]) -> bool:
        try:
            answer = checked(self.standard, ours, value)
        except InvalidAnswer as refused:
            self.reasons.update({line.theirs: refused.message for line, _piece in pieces})
            return False
        if answer:
            self.answers[ours] = answer
            self.kept += [Kept(line.theirs, ours, piece.note) for line, piece in pieces]
        return True

    def record(self, source: str) -> dict[str, Any]:
        """Return our record, with every error of the standard taken out of it."""
        name = self._name(source)
        declared = self._declared()
        record: dict[str, Any] = {"type": RECORD_TYPE, "name": name, "title": name}
        record |= {ours: list(value) if isinstance(value, tuple) else value for ours, value in self.answers.items()}
        if "tags" in record:
            record["tags"] = [{"name": tag} for tag in record["tags"]]
        self._settle(record, declared)
        if declared:
            record[DECLARED_FIELD] = dump_declarations(declared)
        record["extras"] = [{"key": SOURCE_KEY, "value": source}]
        return record

    def _declared(self) -> dict[str, Declaration]:
        """Return the declared questions; where another field gave an answer, the declaration gives way."""
        for line in self.register.lines:
            if line.ours in self.declared and line.ours in self.answers:
                self.reasons.setdefault(line.theirs, Message(_ANSWERED))
                self.kept = [kept for kept in self.kept if kept != Kept(line.theirs, DECLARED_FIELD)]
        return {ours: entry for ours, entry in self.declared.items() if ours not in self.answers}

    def _name(self, source: str) -> str:
        texts = [self.fields.get(name) for name in self.register.read_identifier] + [self.answers.get("title")]
        names = (slug(text) for text in texts if isinstance(text, str))
        fallback = f"{RECORD_TYPE}-{hashlib.sha256(source.encode()).hexdigest()[:12]}"
        return next(filter(None, names), fallback)

    def _settle(self, record: dict[str, Any], declared: dict[str, Declaration]) -> None:
        """Take every error out: a safeguard that their record does not mention is unknown, a refused answer goes."""
        for _ in self.standard.rules:
            whole = record | {DECLARED_FIELD: dump_declarations(declared)}
            errors = assess(self.standard, whole, Settings()).errors
            if not errors:
                return
            for finding in errors:
                for ours in finding.fields:
                    self._settle_field(record, declared, ours, finding.message)

    def _settle_field(
        self, record: dict[str, Any], declared: dict[str, Declaration], ours: str, message: Message
    ) -> None:
        if record.pop(ours, None) is None:
            declared[ours] = Declaration("unknown")
            return
        self.reasons.update({kept.theirs: message for kept in self.kept if kept.ours == ours})
        self.kept = [kept for kept in self.kept if kept.ours != ours]

    def homeless(self) -> tuple[Homeless, ...]:
        """Return every value that says something and that no field of ours holds."""
        at_home = {kept.theirs for kept in self.kept}
        return tuple(
            Homeless(name, value, self._reason(name))
            for name, value in self.fields.items()
            if name not in at_home and not is_nothing(value) and (name in self.reasons or not self._is_mapped(name))
        )

    def _reason(self, name: str) -> Message:
        if name in self.reasons:
            return self.reasons[name]
        return Message(_NO_QUESTION if name in self.register.homeless else _NOT_MAPPED)

    def _is_mapped(self, name: str) -> bool:
        """Tell whether a line takes the field: without a reason against it, it held only an empty paragraph."""
        return any(line.theirs == name for line in self.register.lines)


def identity_of(register: Register, record: Mapping[str, Any]) -> str:
    """Return a digest that is the same for the same record of a register, whatever else has changed in it."""
    fields = fields_of(register, record)
    names = next((names for names in register.same if not is_nothing(fields.get(names[0]))), ())
    known = {name: _said(fields.get(name)) for name in names} or dict(record)
    text = json.dumps([register.id, known], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _said(value: Any) -> Any:
    """Return a value as it counts here: blanks around it, and how nothing is written, make no difference."""
    if is_nothing(value):
        return None
    return value.strip() if isinstance(value, str) else value
