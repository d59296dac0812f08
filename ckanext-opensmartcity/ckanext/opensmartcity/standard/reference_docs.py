"""Markdown pages of the standard: the full reference, and what its JSON Schema cannot express."""

from __future__ import annotations

from collections.abc import Iterator

from .condition_text import condition_in_words
from .field_predicates import OutsideHome
from .i18n import N_, Language, Translate
from .json_schema import inexpressible_rules
from .model import Condition, Standard
from .outline import FieldClause, RecordClause, RuleClause, VersionClause, VocabularyClause, outline
from .roles import RuleRole

# Answers that the rules reject and the schema accepts.
TOO_MILD = (N_("a period that is longer than 1,000 years ({rule})"),)

# Answers that the parser normalizes. The schema accepts their normalized form only.
TOO_STRICT = (
    N_("blanks around a code, a date, a country or an address"),
    N_("a country or a period in small letters"),
    N_("a list as one text, with one entry per line or as JSON"),
    N_("an empty entry in a list"),
    N_("the declarations as JSON in a text"),
)

_JSON_LIMITS_WORDS = (
    N_("What the JSON Schema cannot say"),
    N_(
        "A record that is valid by the JSON Schema has, as far as JSON Schema can say, no error and no gap. "
        "This page lists what it leaves out; `opensmartcity check` checks all of it."
    ),
    N_("Rejected by the rules but not by the schema"),
    N_("a named algorithm record that does not exist ({rule}): only a portal can know"),
    N_("what depends on the home jurisdiction ({rules}), unless the schema was made for one with `--home`"),
    N_("a duplicate key in an object: most programs silently use the last one"),
    N_("Accepted by the checker and the portal but not by the schema"),
    N_("Not a question of validity"),
    N_("Concerns are shown but never rejected, so the schema does not contain them:"),
)


def limits_page(standard: Standard, language: Language) -> str:
    """Return the Markdown page about the limits of the JSON Schema."""
    return "\n".join(_limits_lines(standard, language)) + "\n"


def _limits_lines(standard: Standard, language: Language) -> Iterator[str]:
    translate = language.translate
    title, about, mild, algorithms, home, duplicates, strict, validity, concerns = map(translate, _JSON_LIMITS_WORDS)
    yield from (f"# {title}", "", f"{translate('Version')} {standard.version}", "", about, "", f"## {mild}", "")
    inexpressible = {k: v for kind in standard.records for k, v in inexpressible_rules(standard, kind).items()}
    yield from (f"- {id}: {condition_in_words(standard, part, language)}" for id, part in inexpressible.items())
    roles = standard.rule_roles
    yield from (f"- {translate(text).format(rule=roles[RuleRole.IMPOSSIBLE_DATE].id)}" for text in TOO_MILD)
    yield f"- {algorithms.format(rule=roles[RuleRole.UNKNOWN_ALGORITHM].id)}"
    yield f"- {home.format(rules=', '.join(_rules_of_home(standard)))}"
    yield f"- {duplicates}"
    yield from ("", f"## {strict}", "")
    yield from (f"- {translate(text)}" for text in TOO_STRICT)
    yield from ("", f"## {validity}", "", concerns, "")
    yield from (
        f"- {rule.id}: {translate(rule.title)}" for rule in standard.rules.values() if rule.severity == "concern"
    )


def _rules_of_home(standard: Standard) -> list[str]:
    """Return the ids of the gap rules of those obligations that depend on the home jurisdiction."""
    fields = (field for record in standard.records.values() for field in record.fields.values())
    return list(
        dict.fromkeys(
            field.gap_rule
            for field in fields
            if isinstance(field.obligation, Condition) and OutsideHome.name in repr(field.obligation.source)
        )
    )


# Headings and labels of the reference, marked here because Babel does not extract texts from f-strings.
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
    """Return the reference of the standard as one Markdown document."""
    return "\n".join(_document(standard, language)) + "\n"


def _document(standard: Standard, language: Language) -> Iterator[str]:
    clauses, translate = outline(standard, language), language.translate
    yield f"# {clauses.name}"
    yield from ("", f"{translate('Version')} {clauses.version} · `{clauses.digest}`")
    yield from ("", clauses.about)
    for record in clauses.records:
        yield from _record(record, translate)
    yield from ("", f"## {translate('Rules')}")
    for rule in clauses.rules:
        yield from _rule(rule, translate)
    yield from ("", f"## {translate('Lists of codes')}")
    for vocabulary in clauses.vocabularies:
        yield from _vocabulary(vocabulary, translate)
    if clauses.versions:
        yield from ("", f"## {translate('Versions')}")
    for version in clauses.versions:
        yield from _version(version)


def _record(record: RecordClause, translate: Translate) -> Iterator[str]:
    yield from ("", f"## {record.label}")
    for group in record.groups:
        yield from ("", f"### {group.number} {group.label}", "", f"*{group.question}*")
        for field in group.fields:
            yield from _field(field, translate)


def _field(field: FieldClause, translate: Translate) -> Iterator[str]:
    yield from ("", f"#### {field.number} {field.label}", "", f"`{field.name}`")
    yield from ("", f"**{field.question}** {field.help}")
    listed = f": [`{field.vocabulary}`](#{field.vocabulary})" if field.vocabulary else ""
    yield from ("", f"- {translate('Answer:')} {field.answer}{listed}")
    rule = f" ({field.gap_rule})" if field.gap_rule else ""
    yield f"- {translate('Required:')} {field.required}{rule}"
    if field.example:
        shown = f"`{field.example}` ({field.example_in_words})" if field.example_in_words else field.example
        yield f"- {translate('Example:')} {shown}"
    yield f"- {translate('Why we ask:')} {field.reason}"
    yield f"- {translate('Term:')} <{field.iri}>"


def _rule(rule: RuleClause, translate: Translate) -> Iterator[str]:
    yield from ("", f"### {rule.id} {rule.title}", "", rule.clause)
    yield from ("", f"- {translate('Kind:')} {rule.kind}")
    for case in rule.cases:
        fields = ", ".join(f"`{name}`" for name, _ in case.fields)
        yield f"- {translate('Met when')} {case.when}. {translate('Reported at:')} {fields}"
    yield f"- {translate('What to do:')} {rule.message}"


def _vocabulary(vocabulary: VocabularyClause, translate: Translate) -> Iterator[str]:
    yield from ("", f"### {vocabulary.id}", "", f"**{vocabulary.label}.** {vocabulary.definition}")
    head = [translate(text) for text in ("code", "label", "meaning", "term")]
    yield from ("", f"| {' | '.join(head)} |", "|---|---|---|---|")
    for code in vocabulary.codes:
        yield f"| `{code.code}` | {code.label} | {code.definition} | <{code.iri}> |"


def _version(version: VersionClause) -> Iterator[str]:
    yield from ("", f"### {version.number}", "", f"**{version.title}** ({version.released})")
    for kind, notes in version.notes:
        yield from ("", f"{kind}:", "")
        for note in notes:
            yield f"- {note.text} ({', '.join(f'`{what}`' for what in note.about)})"
