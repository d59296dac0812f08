"""Import algorithm records of other registers, and account for every value: mapped to a field of ours, or unmapped."""

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
from .conversions import ConvertedValue, UnmappableError, Value, convert, is_empty, one_line, slugify, text_of
from .fields import RECORD_TYPE, is_known, is_list, is_long, join_sections, shipped_standard, validate_value
from .mapping import Line, Register, RegisterError, load_register

# Extra that holds the source record as canonical JSON.
SOURCE_KEY = "register_source"

_NO_QUESTION = N_("Our standard has no question for this.")
_NOT_MAPPED = N_("The mapping does not include this field.")
_ANSWERED = N_("Another field has already answered our question.")
_NO_ROOM = N_("There was not enough room for it beside the other texts of our field.")
_NO_OBJECT = N_("A record must be a JSON object.")
_NO_JSON = N_("This record cannot be written as JSON.")


@dataclass(frozen=True)
class MappedValue:
    """Field of the register whose value one of our fields now holds."""

    theirs: str
    ours: str
    note: Message | None = None


@dataclass(frozen=True)
class UnmappedValue:
    """Value of the register that no field of ours holds, and the reason. Only the source record keeps it."""

    theirs: str
    value: Any
    reason: Message


@dataclass(frozen=True)
class Imported:
    """Imported record, with the mapped and unmapped values of its source record."""

    record: dict[str, Any]
    mapped: tuple[MappedValue, ...]
    unmapped: tuple[UnmappedValue, ...]


def import_record(register: str, record: Any, *, standard: Standard | None = None) -> Imported:
    """Convert a record of a register to a record of ours. Raise RegisterError if it is not a JSON object."""
    mapping = load_register(register)
    source = serialize_source(mapping, record)
    run = _Import(mapping, standard or shipped_standard(), source_fields(mapping, record))
    run.convert_fields()
    imported = run.build_record(source)
    return Imported(imported, tuple(run.mapped), run.unmapped())


def source_fields(register: Register, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a source record by the field names of the mapping; chains of elements are flattened."""
    return dtpr.chain_fields(record, register.elements) if register.is_chain else dict(record)


def serialize_source(register: Register, record: Any) -> str:
    """Return the value of the extra `register_source`: the source record as canonical JSON, in ASCII.

    Raise RegisterError if the record is not an object or does not survive JSON unchanged.
    """
    if not isinstance(record, dict) or not all(isinstance(key, str) for key in record):
        raise RegisterError(Message(_NO_OBJECT))
    try:
        # ASCII, because PostgreSQL and Solr reject some characters, such as U+0000.
        source = {"register": register.id, "record": record}
        text = json.dumps(source, sort_keys=True, separators=(",", ":"), allow_nan=False)
        if json.loads(text)["record"] != record:
            raise ValueError
    except (TypeError, ValueError, RecursionError):
        raise RegisterError(Message(_NO_JSON)) from None
    return text


@dataclass
class _Import:
    """State of the import of one record. `reasons` tells by register field why its value is unmapped."""

    register: Register
    standard: Standard
    fields: Mapping[str, Any]
    answers: dict[str, Value] = field(default_factory=dict)
    declared: dict[str, Declaration] = field(default_factory=dict)
    mapped: list[MappedValue] = field(default_factory=list)
    reasons: dict[str, Message] = field(default_factory=dict)

    def convert_fields(self) -> None:
        """Fill each of our fields from the lines of the mapping that lead to it."""
        for ours in self.register.ours:
            lines = [line for line in self.register.group(ours) if not is_empty(self.fields.get(line.theirs))]
            if not is_known(self.standard, ours):
                self.reasons.update({line.theirs: Message(_NO_QUESTION) for line in lines})
                continue
            values: list[tuple[Line, ConvertedValue]] = []
            for line in lines:
                try:
                    value = None if self.declare(line) else convert(line, self.fields[line.theirs])
                except UnmappableError as error:
                    self.reasons[line.theirs] = error.message
                    continue
                if value is not None:
                    values.append((line, value))
            if is_list(self.standard, ours):
                self.fill_list(ours, values)
            elif values:
                self.fill_text(ours, values)

    def declare(self, line: Line) -> bool:
        """Declare the question unknown or not applicable if the text is a phrase for that, and return whether it is."""
        raw = self.fields[line.theirs]
        phrase = one_line(raw).casefold() if isinstance(raw, str) else ""
        state = self.register.says_nothing.get(phrase)
        if state is None or line.part or line.ours not in self.standard.records[RECORD_TYPE].fields:
            return False
        reason = one_line(text_of(raw)) if state == "not_applicable" else ""
        self.declared[line.ours] = Declaration("not_applicable" if reason else "unknown", reason)
        self.mapped.append(MappedValue(line.theirs, DECLARED_FIELD))
        return True

    def fill_list(self, ours: str, values: list[tuple[Line, ConvertedValue]]) -> None:
        """Answer with the distinct entries of all values that the standard accepts."""
        taken: list[ConvertedValue] = []
        for line, value in values:
            entries = tuple(dict.fromkeys(entry for each in (*taken, value) for entry in each.value))
            if self.answer(ours, entries, [(line, value)]):
                taken.append(value)

    def fill_text(self, ours: str, values: list[tuple[Line, ConvertedValue]]) -> None:
        """Answer with the first text without a heading, followed by the sections with headings."""
        first = next((value for value in values if value[0].part is None), None)
        used = [value for value in values if value is first or value[0].part]
        for line, value in values:
            if (line, value) not in used and first is not None and value.value != first[1].value:
                self.reasons.setdefault(line.theirs, Message(_ANSWERED))
            elif (line, value) not in used:
                self.mapped.append(MappedValue(line.theirs, ours))
        used.sort(key=lambda entry: entry[0].part is not None)
        sections = [(line, str(value.value)) for line, value in used]
        text, left_out = join_sections(sections, is_long=is_long(self.standard, ours))
        self.reasons.update({line.theirs: Message(_NO_ROOM) for line in left_out})
        self.answer(ours, text, [(line, value) for line, value in used if line not in left_out])

    def answer(self, ours: str, value: Value, sources: list[tuple[Line, ConvertedValue]]) -> bool:
        """Store an answer, and return whether the standard accepts it."""
        try:
            answer = validate_value(self.standard, ours, value)
        except InvalidAnswer as refused:
            self.reasons.update({line.theirs: refused.message for line, _source in sources})
            return False
        if answer:
            self.answers[ours] = answer
            self.mapped += [MappedValue(line.theirs, ours, source.note) for line, source in sources]
        return True

    def build_record(self, source: str) -> dict[str, Any]:
        """Return the imported record, without errors of the standard."""
        texts = [self.fields.get(name) for name in self.register.read_identifier] + [self.answers.get("title")]
        names = (slugify(text) for text in texts if isinstance(text, str))
        fallback = f"{RECORD_TYPE}-{hashlib.sha256(source.encode()).hexdigest()[:12]}"
        name = next(filter(None, names), fallback)
        declared = self.unanswered_declarations()
        record: dict[str, Any] = {"type": RECORD_TYPE, "name": name, "title": name}
        record |= {ours: list(value) if isinstance(value, tuple) else value for ours, value in self.answers.items()}
        if "tags" in record:
            record["tags"] = [{"name": tag} for tag in record["tags"]]
        self.remove_errors(record, declared)
        if declared:
            record[DECLARED_FIELD] = dump_declarations(declared)
        record["extras"] = [{"key": SOURCE_KEY, "value": source}]
        return record

    def unanswered_declarations(self) -> dict[str, Declaration]:
        """Return the declarations of questions that no other field answers; an answer takes precedence."""
        for line in self.register.lines:
            if line.ours in self.declared and line.ours in self.answers:
                self.reasons.setdefault(line.theirs, Message(_ANSWERED))
                self.mapped = [each for each in self.mapped if each != MappedValue(line.theirs, DECLARED_FIELD)]
        return {ours: declaration for ours, declaration in self.declared.items() if ours not in self.answers}

    def remove_errors(self, record: dict[str, Any], declared: dict[str, Declaration]) -> None:
        """Remove answers with errors, and declare questions unknown whose answer the standard requires.

        An import repeats the assessment, because a removed answer can cause another error.
        """
        for _ in self.standard.rules:
            errors = assess(self.standard, record | {DECLARED_FIELD: dump_declarations(declared)}, Settings()).errors
            if not errors:
                return
            for finding in errors:
                for ours in finding.fields:
                    if record.pop(ours, None) is None:
                        declared[ours] = Declaration("unknown")
                        continue
                    self.reasons.update({each.theirs: finding.message for each in self.mapped if each.ours == ours})
                    self.mapped = [each for each in self.mapped if each.ours != ours]

    def unmapped(self) -> tuple[UnmappedValue, ...]:
        """Return the values that no field of ours holds.

        A mapped field without a reason held only markup, such as an empty paragraph, and is not reported.
        """
        mapped = {each.theirs for each in self.mapped}
        known = {line.theirs for line in self.register.lines}
        result = []
        for name, value in self.fields.items():
            if name in mapped or is_empty(value) or (name in known and name not in self.reasons):
                continue
            default = _NO_QUESTION if name in self.register.unmapped else _NOT_MAPPED
            result.append(UnmappedValue(name, value, self.reasons.get(name, Message(default))))
        return tuple(result)


def record_identity(register: Register, record: Mapping[str, Any]) -> str:
    """Return a digest by which a source record is recognized when it is imported again, whatever else changed in it.

    It covers the first group of identifying fields of the mapping that is filled, or else the whole record.
    """
    fields = source_fields(register, record)
    names = next((names for names in register.same if not is_empty(fields.get(names[0]))), ())
    values = {name: fields.get(name) for name in names}
    # Surrounding blanks, and the way in which an empty value is written, make no difference.
    identifying = {
        name: None if is_empty(value) else value.strip() if isinstance(value, str) else value
        for name, value in values.items()
    }
    text = json.dumps([register.id, identifying or dict(record)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
