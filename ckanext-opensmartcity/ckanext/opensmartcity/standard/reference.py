"""The reference of the standard in Markdown: every question, code and rule with its clause id, in any language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .conditions import Condition
from .display import date_in_words, display_answer
from .language import Language
from .listing import standard_digest
from .messages import N_
from .model import AnswerType, Field, RecordType, Rule, Standard, Vocabulary
from .versions import Version
from .wording import condition_in_words

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
# What stands around the texts of the standard; marked here, because Babel does not look into f-strings.
_WORDS = (
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
    N_("not released yet"),
)
_NOTES = {"added": N_("Added"), "changed": N_("Changed"), "removed": N_("Removed")}
_SEVERITIES = {"error": N_("error"), "gap": N_("gap"), "concern": N_("concern")}
_RECORDS = {"dataset": N_("Datasets"), "algorithm": N_("Algorithms")}


def reference(standard: Standard, language: Language) -> str:
    """Return the whole reference as one Markdown document."""
    return "\n".join(_Writer(standard, language).document()) + "\n"


class _Writer:
    def __init__(self, standard: Standard, language: Language) -> None:
        self.standard = standard
        self.language = language
        self.say = language.translate

    def document(self) -> Iterator[str]:
        yield f"# {self.say(self.standard.name)}"
        yield from ("", f"{self.say('Version')} {self.standard.version} · `{standard_digest(self.standard)}`")
        yield from ("", self.say(self.standard.about))
        for record in self.standard.records.values():
            yield from self.record(record)
        yield from ("", f"## {self.say('Rules')}")
        for rule in self.standard.rules.values():
            yield from self.rule(rule)
        yield from ("", f"## {self.say('Lists of codes')}")
        for vocabulary in self.standard.vocabularies.values():
            yield from self.vocabulary(vocabulary)
        if self.standard.changelog:
            yield from ("", f"## {self.say('Versions')}")
        for version in self.standard.changelog:
            yield from self.version(version)

    def record(self, record: RecordType) -> Iterator[str]:
        yield from ("", f"## {self.say(_RECORDS.get(record.type, record.type))}")
        for number, group in enumerate(record.groups, start=1):
            yield from ("", f"### {number} {self.say(group.label)}", "", f"*{self.say(group.question)}*")
            for position, field in enumerate(group.fields, start=1):
                yield from self.field(f"{number}.{position}", field)

    def field(self, clause: str, field: Field) -> Iterator[str]:
        yield from ("", f"#### {clause} {self.say(field.label)}", "", f"`{field.name}`")
        yield from ("", f"**{self.say(field.question)}** {self.say(field.help)}")
        yield from ("", f"- {self.say('Answer:')} {self.answer_type(field)}")
        yield f"- {self.say('Required:')} {self.obligation(field)}"
        if field.example:
            yield f"- {self.say('Example:')} {self.example(field)}"
        yield f"- {self.say('Why we ask:')} {self.say(field.reason)}"
        yield f"- {self.say('Term:')} <{field.iri}>"

    def answer_type(self, field: Field) -> str:
        said = self.say(_TYPES[field.type])
        return f"{said}: [`{field.vocabulary}`](#{field.vocabulary})" if field.vocabulary else said

    def example(self, field: Field) -> str:
        text = field.example or ""
        if field.type in (AnswerType.CODE, AnswerType.CODES):
            answer = (text,) if field.type.is_list else text
            shown = display_answer(self.standard, field, answer, self.language)
            return f"`{text}` ({shown if isinstance(shown, str) else ', '.join(shown)})"
        return self.say(text)

    def obligation(self, field: Field) -> str:
        if isinstance(field.obligation, Condition):
            said = condition_in_words(self.standard, field.obligation.source, self.language)
            return f"{self.say('if')} {said} ({field.gap_rule})"
        return f"{self.say('always')} ({field.gap_rule})" if field.obligation else self.say("no")

    def rule(self, rule: Rule) -> Iterator[str]:
        yield from ("", f"### {rule.id} {self.say(rule.title)}", "", self.say(rule.clause))
        yield from ("", f"- {self.say('Kind:')} {self.say(_SEVERITIES[rule.severity])}")
        for case in rule.cases:
            said = condition_in_words(self.standard, case.when.source, self.language)
            fields = ", ".join(f"`{name}`" for name in case.fields)
            yield f"- {self.say('Met when')} {said}. {self.say('Reported at:')} {fields}"
        yield f"- {self.say('What to do:')} {self.say(rule.message)}"

    def vocabulary(self, vocabulary: Vocabulary) -> Iterator[str]:
        yield from (
            "",
            f"### {vocabulary.id}",
            "",
            f"**{self.say(vocabulary.label)}.** {self.say(vocabulary.definition)}",
        )
        head = [self.say(text) for text in ("code", "label", "meaning", "term")]
        yield from ("", f"| {' | '.join(head)} |", "|---|---|---|---|")
        for code in vocabulary.codes.values():
            yield f"| `{code.code}` | {self.say(code.label)} | {self.say(code.definition)} | <{code.iri}> |"

    def version(self, version: Version) -> Iterator[str]:
        yield from ("", f"### {version.version}", "")
        day = self.say("not released yet") if version.date is None else self.day(version.date)
        yield f"**{self.say(version.title)}** ({day})"
        for kind, notes in version.notes.items():
            yield from ("", f"{self.say(_NOTES[kind])}:", "")
            for note in notes:
                yield f"- {self.say(note.message)} ({', '.join(f'`{what}`' for what in note.what)})"

    def day(self, day: str) -> str:
        return date_in_words(date.fromisoformat(day), self.language)
