"""Roles and traits in YAML: checked where they are given, and reported where a city's files take them away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from .model import AnswerType, Severity
from .overlay import RECORD_FILES, VOCABULARIES, Ours, Sources
from .roles import BUILT_IN, FIELD_ROLES, RULE_ROLES, TRAITS, FieldRole, RuleRole
from .yaml_source import Section, SourceError, nearest

_Role = TypeVar("_Role", FieldRole, RuleRole)
_WITHOUT_TRAIT = {trait.value: use.without for trait, use in TRAITS.items()}
# Severities of the rules that the code itself applies; that of all others is `error`.
_SEVERITIES: Mapping[RuleRole, Severity] = {RuleRole.MISSING: "gap", RuleRole.PLACEHOLDER: "concern"}
_PLACES = ("drop", "dataset_fields", "codes", "rules", "vocabulary")


def read_field_role(item: Section, answer_type: AnswerType, preset_prefix: str) -> FieldRole | None:
    """Return the role of a field. Raise SourceError if it is unknown or not for answers of this type."""
    role = _read_role(item, FieldRole)
    if role and answer_type.value not in FIELD_ROLES[role].types:
        presets = " or ".join(preset_prefix + each for each in FIELD_ROLES[role].types)
        raise item.error(f"a field with the role '{role.value}' must have the preset {presets}", "role")
    return role


def read_rule_role(item: Section, severity: Severity) -> RuleRole | None:
    """Return the role of a rule. Raise SourceError if it is unknown or not for a rule of this kind."""
    role = _read_role(item, RuleRole)
    expected = _SEVERITIES.get(role, "error") if role else ""
    if (role in BUILT_IN or role in _SEVERITIES) and (severity != expected or item.get("intrinsic") is not True):
        raise item.error(f"a rule with this role must be intrinsic and have the severity '{expected}'", "role")
    return role


def _read_role(item: Section, roles: type[_Role]) -> _Role | None:
    # Without a value, a field or rule of ours loses its role, so that one of the city can have it.
    if item.get("role") is None:
        return None
    name, known = item.text("role"), {role.value: role for role in roles}
    if name not in known:
        raise item.error(f"there is no role '{name}'{nearest(name, known)} (known: {', '.join(known)})", "role")
    return known[name]


def claim_role(item: Section, role: _Role | None, owner: str, taken: dict[_Role, str]) -> None:
    """Note who has a role. Raise SourceError if two fields of a record type, or two rules, have the same."""
    if role is None:
        return
    if role in taken:
        raise item.error(f"'{taken[role]}' has the role '{role.value}' already", "role")
    taken[role] = owner


def default_gap_rule(rules: Section) -> str:
    """Return the id of the rule under which a missing answer is reported. Raise SourceError if there is none."""
    for item in rules.sections("rules"):
        if item.get("role") == RuleRole.MISSING.value:
            return item.text("id")
    raise _not_built_in(rules, RuleRole.MISSING)


def check_built_in(section: Section, taken: Mapping[RuleRole, str]) -> None:
    """Raise SourceError if no rule has one of the roles under which the parser of answers reports errors."""
    for role in BUILT_IN:
        if role not in taken:
            raise _not_built_in(section, role)


def _not_built_in(section: Section, role: RuleRole) -> SourceError:
    return section.error(f"no rule has the role '{role.value}', under which it is reported that {BUILT_IN[role]}")


def lost_roles(sources: Sources) -> Iterator[SourceError]:
    """Yield, for the files of a city, each role and trait of ours that no field, rule or code has any more."""
    if sources.ours is None:
        return
    for file, ours, theirs in zip(RECORD_FILES, sources.ours.schemas, sources.schemas, strict=True):
        for item in _lost(ours, theirs, "dataset_fields"):
            without = FIELD_ROLES[FieldRole(item["role"])].without
            reason = f"no field of {theirs['dataset_type']} records has the role '{item['role']}': {without}"
            yield _warning(sources.changes[file], reason)
        yield from _lost_traits(sources, sources.ours, ours, theirs)
    for item in _lost(sources.ours.rules, sources.rules, "rules"):
        reason = f"no rule has the role '{item['role']}': {RULE_ROLES[RuleRole(item['role'])].without}"
        yield _warning(sources.changes["rules.yaml"], reason)


def _lost(ours: Section, theirs: Section, items: str) -> list[Section]:
    kept = {item.get("role") for item in theirs.sections(items)}
    return [item for item in ours.sections(items) if "role" in item and item["role"] not in kept]


def _lost_traits(sources: Sources, base: Ours, ours: Section, theirs: Section) -> Iterator[SourceError]:
    """Yield the traits that answers to a question of ours can no longer have, because of its vocabulary or codes."""
    fields = {item["role"]: item for item in theirs.sections("dataset_fields") if item.get("role")}
    fields |= {item["field_name"]: item for item in theirs.sections("dataset_fields")}
    for item in ours.sections("dataset_fields"):
        field = fields.get(item["field_name"]) or fields.get(item.get("role", ""))
        vocabulary = str(field.get("vocabulary")) if field else ""
        if field is None or "vocabulary" not in item or vocabulary not in sources.vocabularies:
            continue
        kept = _traits(sources.vocabularies[vocabulary])
        for trait in _traits(base.vocabularies[item["vocabulary"]]):
            if trait not in kept:
                without = _WITHOUT_TRAIT.get(trait, "no condition and no term of linked data can refer to it")
                reason = f"no code of '{field['field_name']}' has the trait '{trait}': {without}"
                yield _warning(sources.changes.get(f"{VOCABULARIES}/{vocabulary}.yaml", field), reason)


def _traits(vocabulary: Section) -> dict[str, None]:
    return dict.fromkeys(trait for code in vocabulary.sections("codes") for trait in code.get("traits") or ())


def _warning(place: Section, reason: str) -> SourceError:
    """Return a warning at the line that takes a role or trait away, else at the list that changes it."""
    return place.error(reason, next((key for key in _PLACES if key in place), None))
