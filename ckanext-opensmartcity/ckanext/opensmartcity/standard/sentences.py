"""Sentences of the transparency page: an assessment rendered group by group, open questions included.

Templates come from `sentences.yaml`. A field without a template that fits is rendered by its label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from babel.lists import format_list

from .assessment import Assessment, FieldState, GroupAssessment, State
from .countries import territory_in_sentence
from .display import date_in_words, display_answer
from .facts import Dates
from .i18n import N_, Language
from .model import AnswerType, Field, SentenceTemplate, Standard, as_list
from .sentences_loader import placeholders

# Limits within a sentence, in characters and entries. The full answers are shown below the sentences.
MAX_VALUE = 200
MAX_QUOTE = 700
MAX_LISTED = 6

_COUNTRIES = (AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS)
# Private-use characters stand for the values while the template is filled, so that answers are never parsed.
_FIRST_TOKEN = 0xE000
_TOKENS = re.compile("([\ue000-\uf8ff])")

_BY_LABEL = N_("{label}: {answer}")
_BY_LABEL_QUOTED = N_("{label}:")
_OPEN: Mapping[State, str] = {
    "missing": N_("The city has not answered yet: “{question}”"),
    "unknown": N_("The city does not know yet: “{question}”"),
    "not_applicable": N_("The city says that this does not apply: “{question}”"),
}
_MORE = N_("{n} more")
# Placeholder of the number of entries in sentences with a plural.
_COUNT = "n"


@dataclass(frozen=True)
class Part:
    """A piece of a sentence: fixed text, or a value of the answer of `field`, with `value` as it is stored."""

    text: str
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence about some fields, with an optional quote of the city's answer. `id` is None for text by label."""

    id: str | None
    state: State
    fields: tuple[str, ...]
    parts: tuple[Part, ...]
    quote: str | None = None

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text for part in self.parts)


def render_sentences(standard: Standard, assessment: Assessment, language: Language) -> dict[str, tuple[Sentence, ...]]:
    """Return the sentences of an assessed record by group id."""
    kind = assessment.reading.record_type.type
    return {
        group.group.id: tuple(
            _SentenceRenderer(standard, assessment, language).group(group, standard.sentences_of[kind, group.group.id])
        )
        for group in assessment.groups
    }


def cut(text: str, most: int) -> str:
    """Return a text of at most `most` characters, cut at the end of a word."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    return (short.rpartition(" ")[0] or short).rstrip(" ,.;:") + "…"


class _SentenceRenderer:
    def __init__(self, standard: Standard, assessment: Assessment, language: Language) -> None:
        self.standard = standard
        self.assessment = assessment
        self.language = language

    def group(self, group: GroupAssessment, templates: Iterable[SentenceTemplate]) -> Iterator[Sentence]:
        """Render each required or answered field of a group once: by a template that fits, else by its label."""
        left = {state.field.name: state for state in group.fields if state.state != "not_required"}
        for template in templates:
            states = [left.get(name) for name in template.fields]
            if self.fits(template, states):
                yield from self.render(template, [state for state in states if state])
                for name in template.fields:
                    del left[name]
        yield from map(self.by_label, left.values())

    def fits(self, template: SentenceTemplate, states: list[FieldState | None]) -> bool:
        """Return whether a template fits: none of its fields was rendered yet, and its state, codes and `when` hold."""
        if any(state is None or state.state != template.state for state in states):
            return False
        answer = as_list(states[0].value) if states[0] else ()
        if template.codes and not set(answer) <= template.codes.keys():
            return False
        computed = placeholders(template.text) & _COMPUTED.keys()
        if any(_COMPUTED[name](self.assessment.dates) is None for name in computed):
            return False
        return template.when is None or template.when.holds(self.assessment.reading)

    def render(self, template: SentenceTemplate, states: list[FieldState]) -> Iterator[Sentence]:
        reason = next((each.reason for each in states if each.reason), None)
        quoted = next((str(each.value) for each in states if each.field.name == template.quote), None)
        names = tuple(each.field.name for each in states)
        count = next((len(as_list(each.value)) for each in states if each.field.type.is_list), 0)
        for id, text in self.texts(template, states[0], count):
            yield Sentence(id, states[0].state, names, self.filled(text, states, count), _quote(quoted or reason))

    def texts(self, template: SentenceTemplate, state: FieldState, count: int) -> Iterator[tuple[str, str]]:
        """Yield the id and the translated text of each sentence: one for each code, else one."""
        translate = self.language.translate
        if template.codes:
            yield from ((f"{template.id}.{code}", translate(template.codes[code])) for code in as_list(state.value))
        elif template.plural:
            yield template.id, self.language.translate_plural(template.text, template.plural, count)
        else:
            yield template.id, translate(template.text)

    def filled(self, text: str, states: list[FieldState], count: int) -> tuple[Part, ...]:
        named = placeholders(text)
        values = {each.field.name: self.values(each) for each in states if each.field.name in named}
        days = {name: [Part(self.computed(name))] for name in named & _COMPUTED.keys()}
        return self.fill(text, {**values, **days, _COUNT: [Part(str(count))]})

    def fill(self, text: str, values: Mapping[str, list[Part]]) -> tuple[Part, ...]:
        """Fill a translated text. Return fixed text and values of the city as separate parts."""
        kept: list[Part] = []
        tokens = {name: self.tokens(parts, kept) for name, parts in values.items()}
        pieces = _TOKENS.split(text.format_map(tokens))
        return tuple(
            kept[ord(piece) - _FIRST_TOKEN] if _TOKENS.match(piece) else Part(piece) for piece in pieces if piece
        )

    def tokens(self, parts: list[Part], kept: list[Part]) -> str:
        """Append the values to `kept`; return a list in the reader's language with one token for each value."""
        names = [chr(_FIRST_TOKEN + len(kept) + index) for index in range(len(parts))]
        kept.extend(parts)
        return str(format_list(names, locale=self.language.locale)) if names else ""

    def values(self, state: FieldState) -> list[Part]:
        """Return the values of an answer as parts, with the number of further values last if there are too many."""
        entries = as_list(state.value)
        shown = [Part(self.word(state.field, entry), state.field.name, entry) for entry in entries[:MAX_LISTED]]
        rest = len(entries) - len(shown)
        return [*shown, Part(self.language.translate(_MORE).format(n=rest))] if rest else shown

    def word(self, field: Field, entry: str) -> str:
        if field.type in _COUNTRIES:
            return territory_in_sentence(entry, self.language.locale)
        shown = str(display_answer(self.standard, field, entry, self.language))
        return cut(" ".join(shown.split()).removesuffix("."), MAX_VALUE)

    def computed(self, name: str) -> str:
        day = _COMPUTED[name](self.assessment.dates)
        return date_in_words(day, self.language) if day else ""

    def by_label(self, state: FieldState) -> Sentence:
        """Render a field without a template: its label and answer, or its question if that is open."""
        field, translate = state.field, self.language.translate
        label = [Part(translate(field.label))]
        if state.state in _OPEN:
            parts = self.fill(translate(_OPEN[state.state]), {"question": [Part(translate(field.question))]})
        elif field.type is AnswerType.LONG_TEXT:
            parts = self.fill(translate(_BY_LABEL_QUOTED), {"label": label})
        else:
            parts = self.fill(translate(_BY_LABEL), {"label": label, "answer": self.values(state)})
        quoted = str(state.value) if state.value and field.type is AnswerType.LONG_TEXT else None
        return Sentence(None, state.state, (field.name,), parts, _quote(quoted or state.reason))


def _quote(text: str | None) -> str | None:
    return cut(text, MAX_QUOTE) if text else None


_COMPUTED: Mapping[str, Callable[[Dates], date | None]] = {"retention_due": lambda dates: dates.retention_due}
