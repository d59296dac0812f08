"""The standard as clauses for readers: numbered, with lasting anchors, every condition in words, in any language."""
# MERGED What the JSON Schema of the standard cannot say, each with a record that proves it, as a page for suppliers.
# MERGED The reference of the standard in Markdown: every question, code and rule with its clause id, in any language.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .condition_text import condition_in_words
from .conditions import Condition
from .display import date_in_words, display_answer
from .i18n import N_, Language, Translate
from .json_schema import inexpressible_rules
from .model import AnswerType, Case, Code, Field, Group, RecordType, Rule, Standard, Vocabulary
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
    AnswerType.SYSTEMS: N_("list of names or ids of algorithm records"),
}
_SEVERITIES = {"error": N_("error"), "gap": N_("gap"), "concern": N_("concern")}
_NOTES = {"added": N_("Added"), "changed": N_("Changed"), "removed": N_("Removed")}
_RECORDS = {"dataset": N_("Datasets"), "algorithm": N_("Algorithms")}


@dataclass(frozen=True)
class FieldClause:
    """One question. Its number may change with the standard, its anchor never."""

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
    """The questions that belong together, under the one question that a resident asks."""

    number: str
    anchor: str
    label: str
    question: str
    fields: tuple[FieldClause, ...]


@dataclass(frozen=True)
class RecordClause:
    """All questions of one kind of record."""

    anchor: str
    label: str
    groups: tuple[GroupClause, ...]


@dataclass(frozen=True)
class CaseClause:
    """When a rule is met, in words, and the names and anchors of the questions at which it is reported."""

    when: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RuleClause:
    """One rule; its id is its anchor."""

    id: str
    title: str
    clause: str
    severity: str
    kind: str
    cases: tuple[CaseClause, ...]
    message: str


@dataclass(frozen=True)
class VocabularyClause:
    """One list of codes, with texts in the reader's language."""

    anchor: str
    id: str
    label: str
    definition: str
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class NoteClause:
    """One change of a version, and the fields, codes or rules that it is about."""

    text: str
    about: tuple[str, ...]


@dataclass(frozen=True)
class VersionClause:
    """One version of the standard, when it was released, and its notes by what they did: added, changed, removed."""

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
    """Return every clause of a standard in one language."""
    return _Clauses(standard, language).outline()


class _Clauses:
    def __init__(self, standard: Standard, language: Language) -> None:
        self.standard = standard
        self.language = language
        self.say = language.translate

    def outline(self) -> Outline:
        standard = self.standard
        return Outline(
            name=self.say(standard.name),
            version=standard.version,
            digest=standard_digest(standard),
            about=self.say(standard.about),
            records=tuple(self.record(record) for record in standard.records.values()),
            rules=tuple(self.rule(rule) for rule in standard.rules.values()),
            vocabularies=tuple(self.vocabulary(vocabulary) for vocabulary in standard.vocabularies.values()),
            versions=tuple(self.version(version) for version in standard.changelog),
        )

    def record(self, record: RecordType) -> RecordClause:
        groups = tuple(self.group(record, number, group) for number, group in enumerate(record.groups, start=1))
        return RecordClause(record.type, self.say(_RECORDS.get(record.type, record.type)), groups)

    def group(self, record: RecordType, number: int, group: Group) -> GroupClause:
        fields = tuple(
            self.field(record, f"{number}.{position}", field) for position, field in enumerate(group.fields, start=1)
        )
        return GroupClause(
            str(number), f"{record.type}-group-{group.id}", self.say(group.label), self.say(group.question), fields
        )

    def field(self, record: RecordType, number: str, field: Field) -> FieldClause:
        return FieldClause(
            number=number,
            anchor=f"{record.type}-{field.name}",
            name=field.name,
            label=self.say(field.label),
            question=self.say(field.question),
            help=self.say(field.help),
            answer=self.say(_TYPES[field.type]),
            vocabulary=field.vocabulary,
            required=self.required(field),
            gap_rule=field.gap_rule if field.obligation else "",
            example=self.example(field),
            example_in_words=self.example_in_words(field),
            reason=self.say(field.reason),
            iri=field.iri,
        )

    def required(self, field: Field) -> str:
        if isinstance(field.obligation, Condition):
            said = condition_in_words(self.standard, field.obligation.source, self.language)
            return f"{self.say('if')} {said}"
        return self.say("always") if field.obligation else self.say("no")

    def example(self, field: Field) -> str:
        text = field.example or ""
        return text if field.type.is_coded or not text else self.say(text)

    def example_in_words(self, field: Field) -> str:
        if not field.example or not field.type.is_coded:
            return ""
        answer = (field.example,) if field.type.is_list else field.example
        shown = display_answer(self.standard, field, answer, self.language)
        return shown if isinstance(shown, str) else ", ".join(shown)

    def rule(self, rule: Rule) -> RuleClause:
        return RuleClause(
            id=rule.id,
            title=self.say(rule.title),
            clause=self.say(rule.clause),
            severity=rule.severity,
            kind=self.say(_SEVERITIES[rule.severity]),
            cases=tuple(self.case(rule, case) for case in rule.cases),
            message=self.say(rule.message),
        )

    def case(self, rule: Rule, case: Case) -> CaseClause:
        said = condition_in_words(self.standard, case.when.source, self.language)
        return CaseClause(said, tuple(self.places(rule, case)))

    def places(self, rule: Rule, case: Case) -> Iterator[tuple[str, str]]:
        for name in case.fields:
            asked_of = [kind for kind in rule.records if name in self.standard.records[kind].fields]
            yield name, f"{asked_of[0]}-{name}" if asked_of else ""

    def vocabulary(self, vocabulary: Vocabulary) -> VocabularyClause:
        codes = tuple(
            Code(code.code, self.say(code.label), self.say(code.definition), code.iri)
            for code in vocabulary.codes.values()
        )
        said = (self.say(vocabulary.label), self.say(vocabulary.definition))
        return VocabularyClause(f"codes-{vocabulary.id}", vocabulary.id, *said, codes)

    def version(self, version: Version) -> VersionClause:
        notes = tuple(
            (self.say(_NOTES[kind]), tuple(NoteClause(self.say(note.message), note.what) for note in listed))
            for kind, listed in version.notes.items()
        )
        day = version.date and date_in_words(date.fromisoformat(version.date), self.language)
        released = day or self.say(N_("not released yet"))
        return VersionClause(f"version-{version.version}", version.version, self.say(version.title), released, notes)


@dataclass(frozen=True)
class Limit:
    """One thing: what it is, and answers of a dataset on which the schema and the rules disagree because of it."""

    what: str
    example: Mapping[str, Any]


# Answers that the rules refuse and the schema cannot.
TOO_MILD = (
    Limit(N_("a period that is longer than 1,000 years (OSC-032)"), {"retention_type": "fixed_period"}
          | {"retention_period": "P1001Y", "retention_basis": "A law", "retention_disposition": "delete"}),
)  # fmt: skip

# Answers that the checker and the portal tidy up, and that are valid by the schema only in the tidy form.
TOO_STRICT = (
    Limit(N_("blanks around a code, a date, a country or an address"), {"privacy_openness": " open "}),
    Limit(N_("a country or a period in small letters"), {"sovereignty_storage_countries": ["nl"]}),
    Limit(N_("a list in one text, an entry on each line or as JSON"), {"sovereignty_storage_countries": "NL\nDE"}),
    Limit(N_("an empty entry in a list"), {"ownership_suppliers": ["MeterWorks", ""]}),
    Limit(
        N_("the declared questions as JSON in a text"),
        {"governance_declared": '{"fitness_standards": {"state": "unknown"}}'},
    ),
)

_JSON_LIMITS_WORDS = (
    N_("What the JSON Schema cannot say"),
    N_(
        "A record that is valid by the JSON Schema has, as far as JSON Schema can say, no error and no gap. "
        "What it leaves out stands here; `opensmartcity check` looks at all of it."
    ),
    N_("Refused by the rules, and not by the schema"),
    N_("what compares two dates"),
    N_("a named algorithm record that does not exist (OSC-040): only a portal can know"),
    N_("what depends on the home jurisdiction (OSC-020), unless the schema was made for one with `--home`"),
    N_("a key that stands twice in an object: most programs read the last one and say nothing"),
    N_("Accepted by the checker and the portal, and not by the schema"),
    N_("Not a question of validity"),
    N_("A concern is shown and never refused, so the schema does not know of it:"),
)


def limits_page(standard: Standard, language: Language) -> str:
    """Return the page in Markdown."""
    return "\n".join(_lines(standard, language)) + "\n"


def _lines(standard: Standard, language: Language) -> Iterator[str]:
    say = language.translate
    title, about, mild, dates, systems, home, twice, strict, validity, concerns = map(say, _JSON_LIMITS_WORDS)
    yield from (f"# {title}", "", f"{say('Version')} {standard.version}", "", about, "", f"## {mild}", "")
    yield from (f"- {rule}: {dates} ({part})" for rule, part in _inexpressible(standard).items())
    yield from (f"- {say(limit.what)}" for limit in TOO_MILD)
    yield from (f"- {text}" for text in (systems, home, twice))
    yield from ("", f"## {strict}", "")
    yield from (f"- {say(limit.what)}" for limit in TOO_STRICT)
    yield from ("", f"## {validity}", "", concerns, "")
    yield from (f"- {rule.id}: {say(rule.title)}" for rule in standard.rules.values() if rule.severity == "concern")


def _inexpressible(standard: Standard) -> dict[str, str]:
    return {name: part for kind in standard.records for name, part in inexpressible_rules(standard, kind).items()}


# What stands around the texts of the standard; marked here, because Babel does not look into f-strings.
_REFERENCE_WORDS = (
    N_("Version"),
    N_("Rules"),
    N_("Lists of codes"),
    N_("Answer:"),
    N_("Required:"),
    N_("Example:"),
    N_("Why we ask:"),
    N_("Term:"),
    N_("if"),
    N_("always"),
    N_("no"),
    N_("Kind:"),
    N_("Met when"),
    N_("Reported at:"),
    N_("What to do:"),
    N_("code"),
    N_("label"),
    N_("meaning"),
    N_("term"),
    N_("Versions"),
)


def reference(standard: Standard, language: Language) -> str:
    """Return the whole reference as one Markdown document."""
    return "\n".join(_document(standard, language)) + "\n"


def _document(standard: Standard, language: Language) -> Iterator[str]:
    clauses, say = outline(standard, language), language.translate
    yield f"# {clauses.name}"
    yield from ("", f"{say('Version')} {clauses.version} · `{clauses.digest}`")
    yield from ("", clauses.about)
    for record in clauses.records:
        yield from _record(record, say)
    yield from ("", f"## {say('Rules')}")
    for rule in clauses.rules:
        yield from _rule(rule, say)
    yield from ("", f"## {say('Lists of codes')}")
    for vocabulary in clauses.vocabularies:
        yield from _vocabulary(vocabulary, say)
    if clauses.versions:
        yield from ("", f"## {say('Versions')}")
    for version in clauses.versions:
        yield from _version(version)


def _record(record: RecordClause, say: Translate) -> Iterator[str]:
    yield from ("", f"## {record.label}")
    for group in record.groups:
        yield from ("", f"### {group.number} {group.label}", "", f"*{group.question}*")
        for field in group.fields:
            yield from _field(field, say)


def _field(field: FieldClause, say: Translate) -> Iterator[str]:
    yield from ("", f"#### {field.number} {field.label}", "", f"`{field.name}`")
    yield from ("", f"**{field.question}** {field.help}")
    listed = f": [`{field.vocabulary}`](#{field.vocabulary})" if field.vocabulary else ""
    yield from ("", f"- {say('Answer:')} {field.answer}{listed}")
    rule = f" ({field.gap_rule})" if field.gap_rule else ""
    yield f"- {say('Required:')} {field.required}{rule}"
    if field.example:
        shown = f"`{field.example}` ({field.example_in_words})" if field.example_in_words else field.example
        yield f"- {say('Example:')} {shown}"
    yield f"- {say('Why we ask:')} {field.reason}"
    yield f"- {say('Term:')} <{field.iri}>"


def _rule(rule: RuleClause, say: Translate) -> Iterator[str]:
    yield from ("", f"### {rule.id} {rule.title}", "", rule.clause)
    yield from ("", f"- {say('Kind:')} {rule.kind}")
    for case in rule.cases:
        fields = ", ".join(f"`{name}`" for name, _ in case.fields)
        yield f"- {say('Met when')} {case.when}. {say('Reported at:')} {fields}"
    yield f"- {say('What to do:')} {rule.message}"


def _vocabulary(vocabulary: VocabularyClause, say: Translate) -> Iterator[str]:
    yield from ("", f"### {vocabulary.id}", "", f"**{vocabulary.label}.** {vocabulary.definition}")
    head = [say(text) for text in ("code", "label", "meaning", "term")]
    yield from ("", f"| {' | '.join(head)} |", "|---|---|---|---|")
    for code in vocabulary.codes:
        yield f"| `{code.code}` | {code.label} | {code.definition} | <{code.iri}> |"


def _version(version: VersionClause) -> Iterator[str]:
    yield from ("", f"### {version.number}", "", f"**{version.title}** ({version.released})")
    for kind, notes in version.notes:
        yield from ("", f"{kind}:", "")
        for note in notes:
            yield f"- {note.text} ({', '.join(f'`{what}`' for what in note.about)})"
