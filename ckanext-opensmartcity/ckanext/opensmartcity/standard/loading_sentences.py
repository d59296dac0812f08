"""sentences.yaml into what the page tells, checked as hard as the rest of the standard."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from .conditions import Names, compile_condition
from .model import AnswerType, Field, RecordType, SentenceTemplate, Step, Telling, Vocabulary
from .nearest import nearest
from .source import Section

STATES = ("stated", "missing", "unknown", "not_applicable")
# What a sentence may also name: days that follow from answers.
COMPUTED = frozenset({"retention_due"})

_KEYS = ("id", "fields", "state", "when", "sentence", "codes", "quote")
_QUOTED = frozenset({AnswerType.TEXT, AnswerType.LONG_TEXT, AnswerType.TEXT_OR_URL})


@dataclass(frozen=True)
class Known:
    """What sentences may mention: record types, vocabularies, names of conditions; and what a city dropped."""

    records: Mapping[str, RecordType]
    vocabularies: Mapping[str, Vocabulary]
    names: Names
    dropped: Collection[str] = frozenset()

    @property
    def fields(self) -> dict[str, Field]:
        """All fields by name."""
        return {name: field for record in self.records.values() for name, field in record.fields.items()}


def load_telling(section: Section | None, known: Known) -> Telling:
    """Turn the file's section into a Telling; SourceError names file, line and reason.

    What mentions a field or code that the city dropped is left out: labels tell the rest.
    """
    if section is None:
        return Telling()
    section.allow(("first", "path", "sentences"))
    return Telling(_load_first(section, known), _load_path(section, known), _load_sentences(section, known))


def _load_first(section: Section, known: Known) -> tuple[str, ...]:
    names = section.texts("first") if "first" in section else []
    return _all_known(section, "first", names, known)


def _load_path(section: Section, known: Known) -> tuple[Step, ...]:
    return tuple(_load_step(item, known) for item in (section.sections("path") if "path" in section else ()))


def _load_step(item: Section, known: Known) -> Step:
    item.allow(("id", "label", "lines"))
    lines = item.get("lines")
    if not isinstance(lines, list) or not lines or not all(isinstance(line, list) and line for line in lines):
        raise item.error("'lines' must be a list of lists of fields", "lines")
    named = (_all_known(item, "lines", map(str, line), known) for line in lines)
    return Step(item.text("id"), item.text("label"), tuple(filter(None, named)))


def _all_known(item: Section, key: str, names: Iterable[str], known: Known) -> tuple[str, ...]:
    return tuple(_known(item, key, name, known) for name in names if name not in known.dropped)


def _load_sentences(section: Section, known: Known) -> tuple[SentenceTemplate, ...]:
    templates: dict[str, SentenceTemplate] = {}
    for item in section.sections("sentences") if "sentences" in section else ():
        if _mentions({key: item.get(key) for key in ("fields", "when")}, known.dropped):
            continue
        template = _load_sentence(item, known)
        if template.id in templates:
            raise item.error(f"the id '{template.id}' stands here twice", "id")
        templates[template.id] = template
    return tuple(templates.values())


def _mentions(value: Any, names: Collection[str]) -> bool:
    if isinstance(value, dict):
        return any(key in names or _mentions(entry, names) for key, entry in value.items())
    return any(_mentions(entry, names) for entry in value) if isinstance(value, list) else value in names


def _load_sentence(item: Section, known: Known) -> SentenceTemplate:
    item.allow(_KEYS)
    fields = _fields(item, known)
    if ("codes" in item) is ("sentence" in item):
        raise item.error("give either a 'sentence' or 'codes' with a sentence for each", "sentence")
    when = item.get("when")
    if when is not None and not isinstance(when, Section):
        raise item.error("'when' must hold a condition", "when")
    template = SentenceTemplate(
        id=item.text("id"),
        fields=fields,
        state=_state(item),
        when=compile_condition(when, known.names) if when is not None else None,
        text=item.text("sentence") if "sentence" in item else "",
        codes=_load_codes(item, fields, known) if "codes" in item else {},
        quote=_quote(item, fields, known),
    )
    _check_placeholders(item, template)
    return template


def _fields(item: Section, known: Known) -> tuple[str, ...]:
    names = tuple(_known(item, "fields", name, known) for name in item.texts("fields"))
    groups = [{field.name for field in group.fields} for record in known.records.values() for group in record.groups]
    if not any(set(names) <= group for group in groups):
        raise item.error("the 'fields' of a sentence must be of one group", "fields")
    return names


def _known(item: Section, key: str, name: str, known: Known) -> str:
    if name not in known.fields:
        raise item.error(f"unknown field '{name}'{nearest(name, known.fields)}", key)
    return name


def _state(item: Section) -> str:
    state = item.optional_text("state") or STATES[0]
    if state not in STATES:
        raise item.error(f"'state' must be one of {', '.join(STATES)}", "state")
    return state


def _load_codes(item: Section, fields: tuple[str, ...], known: Known) -> dict[str, str]:
    field = known.fields[fields[0]]
    if len(fields) > 1 or not field.type.is_coded:
        raise item.error("'codes' are for one field with a vocabulary", "codes")
    codes = known.vocabularies[field.vocabulary or ""].codes
    found: dict[str, str] = {}
    for entry in item.sections("codes"):
        entry.allow(("code", "sentence"))
        code = entry.text("code")
        if f"{field.vocabulary}/{code}" in known.dropped:
            continue
        if code not in codes:
            raise entry.error(f"'{field.name}' has no code '{code}'{nearest(code, codes)}", "code")
        if code in found:
            raise entry.error(f"the code '{code}' stands here twice", "code")
        found[code] = entry.text("sentence")
    return found


def _quote(item: Section, fields: tuple[str, ...], known: Known) -> str | None:
    quote = item.optional_text("quote")
    if quote is not None and (quote not in fields or known.fields[quote].type not in _QUOTED):
        raise item.error("'quote' must name one of the 'fields', and that one must be a text", "quote")
    return quote


def _check_placeholders(item: Section, template: SentenceTemplate) -> None:
    allowed = {*template.fields, *COMPUTED} if template.state == "stated" and not template.codes else set[str]()
    for text in (template.text, *template.codes.values()):
        for name in placeholders(text, item):
            if name not in allowed:
                raise item.error(f"a sentence may name its own fields only, and only where they are stated: '{name}'")


def placeholders(text: str, item: Section | None = None) -> set[str]:
    """Return the names in braces of a template; SourceError where a brace has another meaning."""
    try:
        return set(_names(text))
    except ValueError as error:
        if item is None:
            raise
        raise item.error(f"the sentence cannot be read: {error}", "sentence") from error


def _names(text: str) -> Iterator[str]:
    for _, name, layout, conversion in Formatter().parse(text):
        if name is not None:
            if layout or conversion or not name.isidentifier():
                raise ValueError(f"'{name}' in braces must be the name of a field and nothing else")
            yield name
