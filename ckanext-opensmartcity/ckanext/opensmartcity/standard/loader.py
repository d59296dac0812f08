"""sentences.yaml into what the page tells, checked as hard as the rest of the standard."""
# MERGED schemas/ into a Standard, checked hard: every mistake stops with file, line and reason.

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from .conditions import Condition, Names, compile_condition
from .facts import FACTS
from .migration_notes import load_migrations
from .model import (
    AnswerType,
    Case,
    Code,
    Field,
    Group,
    Obligation,
    RecordType,
    Rule,
    SentenceTemplate,
    Severity,
    Standard,
    Step,
    Telling,
    Vocabulary,
)
from .overlay import Sources, read_sources
from .versions import load_changelog
from .yaml_source import Section, nearest

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
        codes=_loading_sentences_load_codes(item, fields, known) if "codes" in item else {},
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


def _loading_sentences_load_codes(item: Section, fields: tuple[str, ...], known: Known) -> dict[str, str]:
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


PRESET_PREFIX = "opensmartcity_"
DEFAULT_GAP = "OSC-001"
_DECLARATIONS = PRESET_PREFIX + AnswerType.DECLARATIONS.value
_DATE = PRESET_PREFIX + AnswerType.DATE.value
_ANSWER_TYPES = {PRESET_PREFIX + answer.value: answer for answer in AnswerType if answer is not AnswerType.DECLARATIONS}

_FIELD_KEYS = frozenset(
    """
    classes display_snippet example field_name form_attrs form_placeholder form_snippet group help_text iri label
    obligation preset question reason vocabulary
    """.split()
)
_SCHEMA_KEYS = frozenset(
    """
    about about_url after_validators before_validators dataset_fields dataset_type groups resource_fields
    resources_optional scheming_version
    """.split()
)
_GROUP_KEYS = ("id", "label", "question")
_CODE_KEYS = ("code", "label", "definition", "iri")
_RULE_KEYS = ("id", "severity", "records", "title", "clause", "message", "fields", "when", "cases", "intrinsic")
_SEVERITIES: Mapping[str, Severity] = {"error": "error", "concern": "concern", "gap": "gap"}
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def load_standard(folder: Path, city: Path | None = None) -> Standard:
    """Load the standard, with a city's own folder laid over it; SourceError names file, line and reason."""
    return build_standard(read_sources(folder, city))


def build_standard(sources: Sources) -> Standard:
    """Turn the files' sections into a Standard, checking each."""
    head = sources.head
    head.allow(("name", "version", "namespace", "about"))
    namespace = head.text("namespace")
    vocabularies = _load_vocabularies(sources.vocabularies, namespace)
    names = Names(_codes_by_field(sources.schemas, vocabularies), _date_fields(sources.schemas), FACTS.keys())
    records = {schema.text("dataset_type"): _load_record(schema, names, namespace) for schema in sources.schemas}
    rules = _load_rules(sources.rules, records.keys(), names)
    _check_gap_rules(sources.schemas, rules)
    telling = load_telling(sources.sentences, Known(records, vocabularies, names, sources.dropped))
    return Standard(
        head.text("name"),
        head.text("version"),
        namespace,
        head.text("about"),
        records,
        vocabularies,
        rules,
        changelog=tuple(version for section in sources.changelogs for version in load_changelog(section)),
        migrations=load_migrations(sources.migrations),
        telling=telling,
    )


def _load_vocabularies(sections: Mapping[str, Section], namespace: str) -> dict[str, Vocabulary]:
    found = {}
    for name, section in sections.items():
        section.allow(("id", "label", "definition", "codes"))
        if section.text("id") != name:
            raise section.error(f"'id' must be the file's name, {name}", "id")
        found[name] = Vocabulary(
            name, section.text("label"), section.text("definition"), _loading_load_codes(section, namespace)
        )
    return found


def _loading_load_codes(section: Section, namespace: str) -> dict[str, Code]:
    codes: dict[str, Code] = {}
    labels: set[str] = set()
    for item in section.sections("codes"):
        item.allow(_CODE_KEYS)
        code = _identifier(item, "code")
        _refuse_twice(item, "code", codes)
        _refuse_twice(item, "label", labels)
        labels.add(item.text("label"))
        iri = item.optional_text("iri") or f"{namespace}{section['id']}-{code}"
        codes[code] = Code(code, item.text("label"), item.text("definition"), iri)
    return codes


def _codes_by_field(
    schemas: Iterable[Section], vocabularies: Mapping[str, Vocabulary]
) -> dict[str, Collection[str] | None]:
    known: dict[str, Collection[str] | None] = {}
    for schema in schemas:
        for item in _governed(schema):
            vocabulary = item.optional_text("vocabulary")
            if vocabulary is not None and vocabulary not in vocabularies:
                raise item.error(
                    f"there is no vocabulary '{vocabulary}'{nearest(vocabulary, vocabularies)}", "vocabulary"
                )
            known[item.text("field_name")] = vocabularies[vocabulary].codes if vocabulary else None
    return known


def _date_fields(schemas: Iterable[Section]) -> set[str]:
    return {item["field_name"] for schema in schemas for item in _governed(schema) if item.get("preset") == _DATE}


def _governed(schema: Section) -> list[Section]:
    return [item for item in schema.sections("dataset_fields") if _is_governed(item)]


def _is_governed(item: Section) -> bool:
    preset = str(item.get("preset", ""))
    return "group" in item or (preset.startswith(PRESET_PREFIX) and preset != _DECLARATIONS)


def _load_record(schema: Section, names: Names, namespace: str) -> RecordType:
    schema.allow(_SCHEMA_KEYS)
    fields: dict[str, Field] = {}
    labels: set[str] = set()
    for item in _governed(schema):
        item.allow(_FIELD_KEYS)
        _refuse_twice(item, "field_name", fields)
        _refuse_twice(item, "label", labels)
        labels.add(item.text("label"))
        fields[item.text("field_name")] = _load_field(item, names, namespace)
    return RecordType(schema.text("dataset_type"), _load_groups(schema, fields.values()))


def _load_groups(schema: Section, fields: Collection[Field]) -> tuple[Group, ...]:
    groups: dict[str, Group] = {}
    for item in schema.sections("groups"):
        item.allow(_GROUP_KEYS)
        name = _identifier(item, "id")
        _refuse_twice(item, "id", groups)
        members = tuple(field for field in fields if field.group == name)
        if not members:
            raise item.error(f"the group '{name}' has no field", "id")
        groups[name] = Group(name, item.text("label"), item.text("question"), members)
    for item in _governed(schema):
        if item.text("group") not in groups:
            raise item.error(f"there is no group '{item['group']}'{nearest(item['group'], groups)}", "group")
    return tuple(groups.values())


def _load_field(item: Section, names: Names, namespace: str) -> Field:
    name, answer_type = _identifier(item, "field_name"), _answer_type(item)
    if answer_type.is_coded is not ("vocabulary" in item):
        raise item.error("a field of preset code or codes, and no other, names its 'vocabulary'", "vocabulary")
    obligation, gap_rule = _load_obligation(item, names)
    return Field(
        name=name,
        type=answer_type,
        group=item.text("group"),
        label=item.text("label"),
        question=item.text("question"),
        help=item.text("help_text"),
        example=item.optional_text("example"),
        reason=item.text("reason"),
        obligation=obligation,
        gap_rule=gap_rule,
        iri=item.optional_text("iri") or f"{namespace}{name}",
        vocabulary=item.optional_text("vocabulary"),
    )


def _answer_type(item: Section) -> AnswerType:
    preset = item.text("preset")
    if preset not in _ANSWER_TYPES:
        known = ", ".join(_ANSWER_TYPES)
        raise item.error(f"unknown preset '{preset}'{nearest(preset, _ANSWER_TYPES)} (known: {known})", "preset")
    return _ANSWER_TYPES[preset]


def _load_obligation(item: Section, names: Names) -> tuple[Obligation, str]:
    value = item.get("obligation")
    if value is None or value == "always":
        return ("always" if value else None), DEFAULT_GAP
    if not isinstance(value, Section):
        raise item.error("'obligation' must be 'always' or {when: CONDITION}", "obligation")
    value.allow(("when", "rule"))
    return _condition(value, names), value.optional_text("rule") or DEFAULT_GAP


def _condition(section: Section, names: Names) -> Condition:
    when = section.get("when")
    if not isinstance(when, Section):
        raise section.error("'when' must hold a condition", "when")
    return compile_condition(when, names)


def _load_rules(section: Section, types: Collection[str], names: Names) -> dict[str, Rule]:
    section.allow(("rules",))
    rules: dict[str, Rule] = {}
    for item in section.sections("rules"):
        item.allow(_RULE_KEYS)
        _refuse_twice(item, "id", rules)
        rules[_identifier(item, "id")] = _load_rule(item, types, names)
    return rules


def _load_rule(item: Section, types: Collection[str], names: Names) -> Rule:
    severity = _SEVERITIES.get(item.text("severity"))
    if severity is None:
        raise item.error(f"'severity' must be one of {', '.join(_SEVERITIES)}", "severity")
    for record in item.texts("records"):
        if record not in types:
            raise item.error(f"there is no record type '{record}'", "records")
    if severity == "gap" and item.get("intrinsic") is not True:
        raise item.error("a gap is carried by the obligation of a field: mark the rule 'intrinsic: true'", "severity")
    return Rule(
        item.text("id"),
        severity,
        tuple(item["records"]),
        item.text("title"),
        item.text("clause"),
        item.text("message"),
        _load_cases(item, names),
    )


def _load_cases(item: Section, names: Names) -> tuple[Case, ...]:
    if item.get("intrinsic") is True:
        if {"cases", "when", "fields"} & item.keys():
            raise item.error("an intrinsic rule has no 'fields', 'when' or 'cases'", "intrinsic")
        return ()
    if "cases" not in item:
        return (_load_case(item, names),)
    if {"when", "fields"} & item.keys():
        raise item.error("a rule with 'cases' has no 'fields' or 'when' of its own", "cases")
    return tuple(_load_case(case, names) for case in _cases(item))


def _cases(item: Section) -> list[Section]:
    for case in item.sections("cases"):
        case.allow(("fields", "when"))
    return item.sections("cases")


def _load_case(case: Section, names: Names) -> Case:
    for name in case.texts("fields"):
        if name not in names.codes:
            raise case.error(f"unknown field '{name}'{nearest(name, names.codes)}", "fields")
    return Case(tuple(case["fields"]), _condition(case, names))


def _check_gap_rules(schemas: Iterable[Section], rules: Mapping[str, Rule]) -> None:
    for schema in schemas:
        for item in _governed(schema):
            obligation = item.get("obligation")
            name = obligation.get("rule", DEFAULT_GAP) if isinstance(obligation, Section) else DEFAULT_GAP
            if name not in rules or rules[name].severity != "gap":
                raise item.error(f"'{name}' is not the id of a gap rule", "obligation")


def _identifier(item: Section, key: str) -> str:
    value = item.text(key)
    if not _IDENTIFIER.fullmatch(value):
        raise item.error(f"'{key}' may hold letters, digits, '_' and '-' only", key)
    return value


def _refuse_twice(item: Section, key: str, seen: Collection[str]) -> None:
    if item.text(key) in seen:
        raise item.error(f"the {key} '{item[key]}' stands here twice", key)
