"""The reference of the standard in Markdown: every question, code and rule with its clause id, in any language."""

from __future__ import annotations

from collections.abc import Iterator

from .clauses import FieldClause, RecordClause, RuleClause, VocabularyClause, outline
from .language import Language
from .messages import N_, Translate
from .model import Standard

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
