"""Outline of the standard for readers: numbered clauses with stable anchors and display texts, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .condition_text import condition_in_words
from .display import date_in_words, display_answer
from .i18n import N_, Language
from .model import AnswerType, Case, Code, Condition, Field, Group, RecordType, Rule, Standard, Vocabulary
from .serialize import standard_digest
from .versions import Version

_TYPES = {
    AnswerType.TEXT: N_("text of one line"),
    AnswerType.LONG_TEXT: N_("text"),
    AnswerType.TEXT_OR_URL: N_("text or web address"),
    AnswerType.TEXTS: N_("list of texts"),
    AnswerType.TEXTS_OR_URIS: N_("list of texts or identifiers"),
    AnswerType.URI: N_("identifier (web address or URN)"),
    AnswerType.URL: N_("web address"),
    AnswerType.URLS: N_("list of web addresses"),
    AnswerType.CONTACT: N_("shared mailbox, web address or phone number"),
    AnswerType.DATE: N_("date (ISO 8601: year-month-day)"),
    AnswerType.DURATION: N_("period (ISO 8601, such as P5Y)"),
    AnswerType.CODE: N_("one code"),
    AnswerType.CODES: N_("list of codes"),
    AnswerType.COUNTRY: N_("country (ISO 3166-1, two letters)"),
    AnswerType.COUNTRIES: N_("list of countries (ISO 3166-1, two letters)"),
    AnswerType.JURISDICTIONS: N_("list of countries (ISO 3166-1, two letters) or EU"),
    AnswerType.UUID: N_("identifier (UUID)"),
    AnswerType.ALGORITHMS: N_("list of names or ids of algorithm records"),
}
_SEVERITIES = {"error": N_("error"), "gap": N_("gap"), "concern": N_("concern")}
_NOTES = {"added": N_("Added"), "changed": N_("Changed"), "removed": N_("Removed")}
_RECORDS = {"dataset": N_("Datasets"), "algorithm": N_("Algorithms")}


@dataclass(frozen=True)
class FieldClause:
    """A question. Its number can change between versions of the standard, its anchor does not."""

    number: str
    anchor: str
    name: str
    label: str
    question: str
    help: str
    answer: str
    vocabulary: str | None
    required: str
    gap_rule: str
    example: str
    example_in_words: str
    reason: str
    iri: str


@dataclass(frozen=True)
class GroupClause:
    """A group of questions."""

    number: str
    anchor: str
    label: str
    question: str
    fields: tuple[FieldClause, ...]


@dataclass(frozen=True)
class RecordClause:
    """All questions of a record type."""

    anchor: str
    label: str
    groups: tuple[GroupClause, ...]


@dataclass(frozen=True)
class CaseClause:
    """A case of a rule: its condition as text, and names and anchors of the fields on which it is reported."""

    when: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RuleClause:
    """A rule. Its id is its anchor."""

    id: str
    title: str
    clause: str
    severity: str
    kind: str
    cases: tuple[CaseClause, ...]
    message: str


@dataclass(frozen=True)
class VocabularyClause:
    """A vocabulary with translated texts."""

    anchor: str
    id: str
    label: str
    definition: str
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class NoteClause:
    """A note of a version, and the fields, codes or rules that it is about."""

    text: str
    about: tuple[str, ...]


@dataclass(frozen=True)
class VersionClause:
    """A version of the standard with its release date and its notes by kind: added, changed, removed."""

    anchor: str
    number: str
    title: str
    released: str
    notes: tuple[tuple[str, tuple[NoteClause, ...]], ...]


@dataclass(frozen=True)
class Outline:
    """The whole standard in one language."""

    name: str
    version: str
    digest: str
    about: str
    records: tuple[RecordClause, ...]
    rules: tuple[RuleClause, ...]
    vocabularies: tuple[VocabularyClause, ...]
    versions: tuple[VersionClause, ...]


def outline(standard: Standard, language: Language) -> Outline:
    """Return the outline of a standard in one language."""
    return _OutlineBuilder(standard, language).outline()


class _OutlineBuilder:
    def __init__(self, standard: Standard, language: Language) -> None:
        self.standard = standard
        self.language = language
        self.translate = language.translate

    def outline(self) -> Outline:
        standard = self.standard
        return Outline(
            name=self.translate(standard.name),
            version=standard.version,
            digest=standard_digest(standard),
            about=self.translate(standard.about),
            records=tuple(self.record(record) for record in standard.records.values()),
            rules=tuple(self.rule(rule) for rule in standard.rules.values()),
            vocabularies=tuple(self.vocabulary(vocabulary) for vocabulary in standard.vocabularies.values()),
            versions=tuple(self.version(version) for version in standard.changelog),
        )

    def record(self, record: RecordType) -> RecordClause:
        groups = tuple(self.group(record, number, group) for number, group in enumerate(record.groups, start=1))
        return RecordClause(record.type, self.translate(_RECORDS.get(record.type, record.type)), groups)

    def group(self, record: RecordType, number: int, group: Group) -> GroupClause:
        fields = tuple(
            self.field(record, f"{number}.{position}", field) for position, field in enumerate(group.fields, start=1)
        )
        return GroupClause(
            str(number),
            f"{record.type}-group-{group.id}",
            self.translate(group.label),
            self.translate(group.question),
            fields,
        )

    def field(self, record: RecordType, number: str, field: Field) -> FieldClause:
        return FieldClause(
            number=number,
            anchor=f"{record.type}-{field.name}",
            name=field.name,
            label=self.translate(field.label),
            question=self.translate(field.question),
            help=self.translate(field.help),
            answer=self.translate(_TYPES[field.type]),
            vocabulary=field.vocabulary,
            required=self.required(field),
            gap_rule=field.gap_rule if field.obligation else "",
            example=self.example(field),
            example_in_words=self.example_in_words(field),
            reason=self.translate(field.reason),
            iri=field.iri,
        )

    def required(self, field: Field) -> str:
        if isinstance(field.obligation, Condition):
            condition = condition_in_words(self.standard, field.obligation.expression, self.language)
            return f"{self.translate('if')} {condition}"
        return self.translate("always") if field.obligation else self.translate("no")

    def example(self, field: Field) -> str:
        text = field.example or ""
        return text if field.type.is_coded or not text else self.translate(text)

    def example_in_words(self, field: Field) -> str:
        if not field.example or not field.type.is_coded:
            return ""
        answer = (field.example,) if field.type.is_list else field.example
        shown = display_answer(self.standard, field, answer, self.language)
        return shown if isinstance(shown, str) else ", ".join(shown)

    def rule(self, rule: Rule) -> RuleClause:
        return RuleClause(
            id=rule.id,
            title=self.translate(rule.title),
            clause=self.translate(rule.clause),
            severity=rule.severity,
            kind=self.translate(_SEVERITIES[rule.severity]),
            cases=tuple(self.case(rule, case) for case in rule.cases),
            message=self.translate(rule.message),
        )

    def case(self, rule: Rule, case: Case) -> CaseClause:
        condition = condition_in_words(self.standard, case.when.expression, self.language)
        return CaseClause(condition, tuple(self.places(rule, case)))

    def places(self, rule: Rule, case: Case) -> Iterator[tuple[str, str]]:
        for name in case.fields:
            asked_of = [kind for kind in rule.records if name in self.standard.records[kind].fields]
            yield name, f"{asked_of[0]}-{name}" if asked_of else ""

    def vocabulary(self, vocabulary: Vocabulary) -> VocabularyClause:
        codes = tuple(
            Code(code.code, self.translate(code.label), self.translate(code.definition), code.iri)
            for code in vocabulary.codes.values()
        )
        texts = (self.translate(vocabulary.label), self.translate(vocabulary.definition))
        return VocabularyClause(f"codes-{vocabulary.id}", vocabulary.id, *texts, codes)

    def version(self, version: Version) -> VersionClause:
        notes = tuple(
            (
                self.translate(_NOTES[kind]),
                tuple(NoteClause(self.translate(note.message), note.what) for note in listed),
            )
            for kind, listed in version.notes.items()
        )
        day = version.date and date_in_words(date.fromisoformat(version.date), self.language)
        released = day or self.translate(N_("not released yet"))
        return VersionClause(
            f"version-{version.version}", version.version, self.translate(version.title), released, notes
        )
