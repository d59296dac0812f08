"""Loader of `sentences.yaml`: the sentences, first fields and diagram steps of the transparency page.

Items that use a field or code that a city dropped are left out; the page then shows those answers by their labels, and
a warning names each sentence that is left out although a field that it is about is still there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from .conditions import compile_condition
from .model import AnswerType, Field, Presentation, RecordType, SentenceTemplate, Step, Vocabulary
from .predicates import Names
from .traits import expand_traits
from .yaml_source import Section, SourceError, nearest

STATES = ("stated", "missing", "unknown", "not_applicable")
# Placeholders for dates that are derived from answers.
COMPUTED = frozenset({"retention_due"})

_QUOTED = frozenset({AnswerType.TEXT, AnswerType.LONG_TEXT, AnswerType.TEXT_OR_URL})


@dataclass(frozen=True)
class References:
    """Names that sentences can refer to, the fields and `vocabulary/code` that a city dropped, its own sentences."""

    records: Mapping[str, RecordType]
    vocabularies: Mapping[str, Vocabulary]
    names: Names
    dropped: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()

    @property
    def fields(self) -> dict[str, Field]:
        """All fields of all record types by name."""
        return {name: field for record in self.records.values() for name, field in record.fields.items()}


def load_presentation(section: Section | None, references: References) -> Presentation:
    """Load the texts of the transparency page. Raise SourceError with file and line if they are invalid."""
    if section is None:
        return Presentation()
    sentences, left_out = _load_sentences(section, references)
    return Presentation(
        first=_existing(section, "first", section.texts("first") if "first" in section else (), references),
        path=tuple(_load_step(item, references) for item in (section.sections("path") if "path" in section else ())),
        sentences=sentences,
        left_out=left_out,
    )


def _load_step(item: Section, references: References) -> Step:
    existing = (_existing(item, "lines", map(str, line), references) for line in item["lines"])
    return Step(item.text("id"), item.text("label"), tuple(filter(None, existing)))


def _existing(item: Section, key: str, names: Iterable[str], references: References) -> tuple[str, ...]:
    return tuple(_check_field(item, key, name, references) for name in names if name not in references.dropped)


def _load_sentences(
    section: Section, references: References
) -> tuple[tuple[SentenceTemplate, ...], tuple[SourceError, ...]]:
    templates: dict[str, SentenceTemplate] = {}
    left_out = []
    for item in section.sections("sentences") if "sentences" in section else ():
        gone = _mentioned({key: item.get(key) for key in ("fields", "when")}, references.dropped)
        try:
            if gone:
                raise item.error(f"it needs '{gone}', which is dropped")
            template = _load_sentence(item, references)
        except SourceError as error:
            if not gone and (not references.dropped or item.get("id") in references.changed):
                raise
            if set(item.texts("fields")) - references.dropped:
                reason = f"the sentence '{item.text('id')}' is left out: {error.reason}"
                left_out.append(SourceError(error.file, error.line, reason))
            continue
        if template.id in templates:
            raise item.error(f"the id '{template.id}' is defined twice", "id")
        templates[template.id] = template
    return tuple(templates.values()), tuple(left_out)


def _mentioned(value: Any, names: Collection[str]) -> str | None:
    """Return the first of the names that a value of YAML mentions, None if there is none."""
    if isinstance(value, dict):
        found = (key if key in names else _mentioned(entry, names) for key, entry in value.items())
        return next(filter(None, found), None)
    if isinstance(value, list):
        return next(filter(None, (_mentioned(entry, names) for entry in value)), None)
    return value if isinstance(value, str) and value in names else None


def _load_sentence(item: Section, references: References) -> SentenceTemplate:
    fields = _load_fields(item, references)
    when, id = item.get("when"), item.text("id")
    state = item.optional_text("state") or STATES[0]
    names = references.names
    condition = compile_condition(expand_traits(when, names.codes), names) if when is not None else None
    text = item.text("sentence") if "sentence" in item else ""
    codes = _load_code_sentences(item, fields, references) if "codes" in item else {}
    quote = item.optional_text("quote")
    if quote is not None and (quote not in fields or references.fields[quote].type not in _QUOTED):
        raise item.error("'quote' must name one of the 'fields', and that one must be a text", "quote")
    plural = item.text("plural") if "plural" in item else ""
    if plural and ("sentence" not in item or sum(references.fields[name].type.is_list for name in fields) != 1):
        raise item.error("'plural' is for a 'sentence' of which one of the 'fields' is a list", "plural")
    allowed = {*fields, *COMPUTED, *(["n"] if plural else [])} if state == "stated" and not codes else set[str]()
    for each in (text, plural, *codes.values()):
        for name in placeholders(each, item):
            if name not in allowed:
                raise item.error(f"a sentence may name its own fields only, and only where they are stated: '{name}'")
    return SentenceTemplate(id, fields, state, condition, text, codes, quote, plural)


def _load_fields(item: Section, references: References) -> tuple[str, ...]:
    names = tuple(_check_field(item, "fields", name, references) for name in item.texts("fields"))
    groups = [group.names for record in references.records.values() for group in record.groups]
    if not any(group.issuperset(names) for group in groups):
        raise item.error("the 'fields' of a sentence must be of one group", "fields")
    return names


def _check_field(item: Section, key: str, name: str, references: References) -> str:
    if name not in references.fields:
        raise item.error(f"unknown field '{name}'{nearest(name, references.fields)}", key)
    return name


def _load_code_sentences(item: Section, fields: tuple[str, ...], references: References) -> dict[str, str]:
    field = references.fields[fields[0]]
    if len(fields) > 1 or not field.type.is_coded:
        raise item.error("'codes' are for one field with a vocabulary", "codes")
    codes = references.vocabularies[field.vocabulary or ""].codes
    sentences: dict[str, str] = {}
    for entry in item.sections("codes"):
        code = entry.text("code")
        if f"{field.vocabulary}/{code}" in references.dropped:
            continue
        if code not in codes:
            raise entry.error(f"'{field.name}' has no code '{code}'{nearest(code, codes)}", "code")
        if code in sentences:
            raise entry.error(f"the code '{code}' is defined twice", "code")
        sentences[code] = entry.text("sentence")
    return sentences


def placeholders(text: str, item: Section | None = None) -> set[str]:
    """Return the placeholders of a template. Raise SourceError, without `item` ValueError, for other uses of braces."""
    try:
        return set(_parse_placeholders(text))
    except ValueError as error:
        if item is None:
            raise
        raise item.error(f"the sentence cannot be read: {error}", "sentence") from error


def _parse_placeholders(text: str) -> Iterator[str]:
    for _, name, layout, conversion in Formatter().parse(text):
        if name is not None:
            if layout or conversion or not name.isidentifier():
                raise ValueError(f"'{name}' in braces must be the name of a field and nothing else")
            yield name
