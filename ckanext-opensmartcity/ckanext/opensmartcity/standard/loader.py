"""Loader of the standard: `schemas/`, with the overlay of a city, into a validated `Standard`.

The files have the shape of their schemas; this module checks what they refer to. Each error stops the load with a
SourceError that names file, line and reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from .conditions import compile_condition
from .linked_data import load_linked_data
from .migration_notes import load_migrations
from .model import (
    AnswerType,
    Case,
    Code,
    Condition,
    Field,
    Group,
    Obligation,
    RecordType,
    Rule,
    Severity,
    Standard,
    Vocabulary,
)
from .overlay import SENTENCES, Sources, read_sources
from .placeholders import load_placeholders
from .predicates import Names
from .roles import FieldRole, RuleRole
from .roles_loader import check_built_in, claim_role, default_gap_rule, lost_roles, read_field_role, read_rule_role
from .sentences_loader import References, load_presentation
from .traits import expand_traits
from .versions import load_changelog
from .yaml_source import Section, nearest

PRESET_PREFIX = "opensmartcity_"
_DECLARATIONS = PRESET_PREFIX + AnswerType.DECLARATIONS.value
_ANSWER_TYPES = {PRESET_PREFIX + answer.value: answer for answer in AnswerType if answer is not AnswerType.DECLARATIONS}


def load_standard(folder: Path, city: Path | None = None) -> Standard:
    """Load the standard with the overlay of a city. Raise SourceError if a file is invalid."""
    return build_standard(read_sources(folder, city))


def build_standard(sources: Sources) -> Standard:
    """Validate the sections of all files and build the Standard."""
    head = sources.head
    namespace = head.text("namespace")
    vocabularies = _load_vocabularies(sources.vocabularies, namespace)
    names = Names(_types_by_field(sources.schemas), _codes_by_field(sources.schemas, vocabularies))
    gap_rule = default_gap_rule(sources.rules)
    records = {
        schema.text("dataset_type"): _load_record(schema, names, namespace, gap_rule) for schema in sources.schemas
    }
    rules = _load_rules(sources.rules, records.keys(), names)
    _check_gap_rules(sources.schemas, rules, gap_rule)
    own = sources.changes.get(SENTENCES)
    changed = frozenset(str(item.get("id")) for item in (own.get("sentences") or () if own else ()))
    references = References(records, vocabularies, names, sources.dropped, changed)
    presentation = load_presentation(sources.sentences, references)
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
        presentation=presentation,
        linked_data=load_linked_data(sources.linked_data),
        placeholders=load_placeholders(
            sources.placeholders if any(rule.role is RuleRole.PLACEHOLDER for rule in rules.values()) else None
        ),
        warnings=(*lost_roles(sources), *presentation.left_out),
    )


def _load_vocabularies(sections: Mapping[str, Section], namespace: str) -> dict[str, Vocabulary]:
    vocabularies = {}
    for name, section in sections.items():
        if section.text("id") != name:
            raise section.error(f"'id' must be the file's name, {name}", "id")
        codes = _load_codes(section, namespace)
        vocabularies[name] = Vocabulary(name, section.text("label"), section.text("definition"), codes)
    return vocabularies


def _load_codes(section: Section, namespace: str) -> dict[str, Code]:
    codes: dict[str, Code] = {}
    labels: set[str] = set()
    for item in section.sections("codes"):
        code = item.text("code")
        _check_unique(item, "code", codes)
        _check_unique(item, "label", labels)
        labels.add(item.text("label"))
        iri = item.optional_text("iri") or f"{namespace}{section['id']}-{code}"
        traits = tuple(item.texts("traits")) if item.get("traits") else ()
        codes[code] = Code(code, item.text("label"), item.text("definition"), iri, traits)
    return codes


def _types_by_field(schemas: Iterable[Section]) -> dict[str, AnswerType]:
    # The preset is checked with its field, after the conditions of the fields before it.
    fields = [item for schema in schemas for item in _governed(schema)]
    return {item.text("field_name"): _ANSWER_TYPES.get(str(item.get("preset")), AnswerType.TEXT) for item in fields}


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


def _governed(schema: Section) -> list[Section]:
    """Return the fields of the standard in a scheming schema, without the fields of CKAN and the declarations."""
    presets = [(item, str(item.get("preset", ""))) for item in schema.sections("dataset_fields")]
    return [
        item
        for item, preset in presets
        if "group" in item or (preset.startswith(PRESET_PREFIX) and preset != _DECLARATIONS)
    ]


def _load_record(schema: Section, names: Names, namespace: str, gap_rule: str) -> RecordType:
    fields: dict[str, Field] = {}
    labels: set[str] = set()
    roles: dict[FieldRole, str] = {}
    for item in _governed(schema):
        _check_unique(item, "field_name", fields)
        _check_unique(item, "label", labels)
        labels.add(item.text("label"))
        field = fields[item.text("field_name")] = _load_field(item, names, namespace, gap_rule)
        claim_role(item, field.role, field.name, roles)
    facets = schema.texts("facets") if "facets" in schema else []
    for name in facets:
        if name not in fields or not fields[name].type.is_coded:
            raise schema.error(f"there is no field '{name}' with a vocabulary{nearest(name, fields)}", "facets")
    groups = _load_groups(schema, fields.values())
    return RecordType(schema.text("dataset_type"), groups, tuple(fields[name] for name in facets))


def _load_groups(schema: Section, fields: Collection[Field]) -> tuple[Group, ...]:
    groups: dict[str, Group] = {}
    for item in schema.sections("groups"):
        name = item.text("id")
        _check_unique(item, "id", groups)
        members = tuple(field for field in fields if field.group == name)
        if not members:
            raise item.error(f"the group '{name}' has no field", "id")
        groups[name] = Group(name, item.text("label"), item.text("question"), members)
    for item in _governed(schema):
        if item.text("group") not in groups:
            raise item.error(f"there is no group '{item['group']}'{nearest(item['group'], groups)}", "group")
    return tuple(groups.values())


def _load_field(item: Section, names: Names, namespace: str, gap_rule: str) -> Field:
    name, preset = item.text("field_name"), item.text("preset")
    answer_type = _ANSWER_TYPES[preset]
    obligation, own_rule = _load_obligation(item, names)
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
        gap_rule=own_rule or gap_rule,
        iri=item.optional_text("iri") or f"{namespace}{name}",
        vocabulary=item.optional_text("vocabulary"),
        role=read_field_role(item, answer_type, PRESET_PREFIX),
    )


def _load_obligation(item: Section, names: Names) -> tuple[Obligation, str | None]:
    value = item.get("obligation")
    if not isinstance(value, Section):
        return ("always" if value else None), None
    return _condition(value, names), value.optional_text("rule")


def _condition(section: Section, names: Names) -> Condition:
    return compile_condition(expand_traits(section["when"], names.codes), names)


def _load_rules(section: Section, types: Collection[str], names: Names) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    roles: dict[RuleRole, str] = {}
    for item in section.sections("rules"):
        _check_unique(item, "id", rules)
        rule = rules[item.text("id")] = _load_rule(item, types, names)
        claim_role(item, rule.role, rule.id, roles)
    check_built_in(section, roles)
    return rules


def _load_rule(item: Section, types: Collection[str], names: Names) -> Rule:
    severity: Severity = item["severity"]
    for record in item.texts("records"):
        if record not in types:
            raise item.error(f"there is no record type '{record}'", "records")
    return Rule(
        item.text("id"),
        severity,
        tuple(item["records"]),
        item.text("title"),
        item.text("clause"),
        item.text("message"),
        _load_cases(item, names),
        read_rule_role(item, severity),
    )


def _load_cases(item: Section, names: Names) -> tuple[Case, ...]:
    if item.get("intrinsic") is True:
        return ()
    return tuple(_load_case(case, names) for case in (item.sections("cases") if "cases" in item else [item]))


def _load_case(case: Section, names: Names) -> Case:
    for name in case.texts("fields"):
        if name not in names.types:
            raise case.error(f"unknown field '{name}'{nearest(name, names.types)}", "fields")
    return Case(tuple(case["fields"]), _condition(case, names))


def _check_gap_rules(schemas: Iterable[Section], rules: Mapping[str, Rule], default: str) -> None:
    for schema in schemas:
        for item in _governed(schema):
            obligation = item.get("obligation")
            name = obligation.get("rule", default) if isinstance(obligation, Section) else default
            if name not in rules or rules[name].severity != "gap":
                raise item.error(f"'{name}' is not the id of a gap rule", "obligation")


def _check_unique(item: Section, key: str, seen: Collection[str]) -> None:
    if item.text(key) in seen:
        raise item.error(f"the {key} '{item[key]}' is defined twice", key)
