"""Serialization of the standard as JSON values, for the API and the reference page, and its SHA-256 digest."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import rfc8785

from .i18n import Translate
from .model import Condition, Field, Rule, Standard, Vocabulary
from .versions import NOTES, Version


def list_standard(standard: Standard, translate: Translate = str) -> dict[str, Any]:
    """Return name, version, groups, fields, vocabularies, rules and changelog, with translated texts."""
    changelog = [_version(version, translate) for version in standard.changelog]
    return list_content(standard, translate) | {"changelog": changelog}


def list_content(standard: Standard, translate: Translate = str) -> dict[str, Any]:
    """Return the content that the digest covers: all but the changelog, which itself contains the digest."""
    records = standard.records.values()
    return {
        "name": translate(standard.name),
        "version": standard.version,
        "namespace": standard.namespace,
        "about": translate(standard.about),
        "groups": [
            {
                "id": group.id,
                "record": record.type,
                "label": translate(group.label),
                "question": translate(group.question),
                "fields": [field.name for field in group.fields],
            }
            for record in records
            for group in record.groups
        ],
        "fields": [_field(record.type, field, translate) for record in records for field in record.fields.values()],
        "vocabularies": [_vocabulary(vocabulary, translate) for vocabulary in standard.vocabularies.values()],
        "rules": [_rule(rule, translate) for rule in standard.rules.values()],
        "placeholders": {
            "minimum_letters": dict(standard.placeholders.minimum_letters),
            "words": {language: list(words) for language, words in standard.placeholders.words.items()},
        },
    }


@cache
def standard_digest(standard: Standard) -> str:
    """Return `sha256:` and the hex SHA-256 of the canonical JSON (RFC 8785) of the English `list_content`."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(list_content(standard))).hexdigest()


def _field(record: str, field: Field, translate: Translate) -> dict[str, Any]:
    obligation = field.obligation
    return {
        "name": field.name,
        "record": record,
        "group": field.group,
        "type": field.type.value,
        "label": translate(field.label),
        "question": translate(field.question),
        "help": translate(field.help),
        "example": translate(field.example) if field.example else None,
        "reason": translate(field.reason),
        "obligation": {"when": obligation.source} if isinstance(obligation, Condition) else obligation,
        "gap_rule": field.gap_rule,
        "vocabulary": field.vocabulary,
        "iri": field.iri,
        "role": field.role.value if field.role else None,
    }


def _vocabulary(vocabulary: Vocabulary, translate: Translate) -> dict[str, Any]:
    return {
        "id": vocabulary.id,
        "label": translate(vocabulary.label),
        "definition": translate(vocabulary.definition),
        "codes": [
            {
                "code": code.code,
                "label": translate(code.label),
                "definition": translate(code.definition),
                "iri": code.iri,
                "traits": list(code.traits),
            }
            for code in vocabulary.codes.values()
        ],
    }


def _rule(rule: Rule, translate: Translate) -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": rule.severity,
        "records": list(rule.records),
        "title": translate(rule.title),
        "clause": translate(rule.clause),
        "message": translate(rule.message),
        "cases": [{"fields": list(case.fields), "when": case.when.source} for case in rule.cases],
        "role": rule.role.value if rule.role else None,
    }


def _version(version: Version, translate: Translate) -> dict[str, Any]:
    return {
        "version": version.version,
        "date": version.date,
        "digest": version.digest,
        "title": translate(version.title),
        **{
            kind: [
                {"what": list(note.what), "message": translate(note.message)} for note in version.notes.get(kind, ())
            ]
            for kind in NOTES
        },
    }
