"""An Assessment in sentences, group by group: what is answered, and what is not, said as plainly."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from babel.lists import format_list

from .answers import as_list
from .assessment import Assessment, FieldState, GroupAssessment, State
from .countries import territory_in_sentence
from .display import date_in_words, display_answer
from .facts import Dates
from .i18n import N_, Language
from .loader import placeholders
from .model import AnswerType, Field, SentenceTemplate, Standard

# Longer answers and lists are cut in a sentence; all of them stand among the full answers.
MOST_LETTERS = 200
MOST_QUOTED = 700
MOST_ENTRIES = 6

_COUNTRIES = (AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS)
# Private letters stand for the values until the words around them are in place: no answer can be taken for them.
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


@dataclass(frozen=True)
class Part:
    """A piece of a sentence: words of ours, or with a `field` a value of its answer (`value` as stored)."""

    text: str
    field: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Sentence:
    """One sentence about some answers; `quote` follows it in the city's own words, `id` is None for words by label."""

    id: str | None
    state: State
    fields: tuple[str, ...]
    parts: tuple[Part, ...]
    quote: str | None = None

    @property
    def text(self) -> str:
        """The sentence as one text."""
        return "".join(part.text for part in self.parts)


def tell(standard: Standard, assessment: Assessment, language: Language) -> dict[str, tuple[Sentence, ...]]:
    """Return the sentences of each group of an assessed record, by group id."""
    kind = assessment.reading.record_type.type
    return {
        group.group.id: tuple(
            _Teller(standard, assessment, language).group(group, standard.sentences_of[kind, group.group.id])
        )
        for group in assessment.groups
    }


def cut(text: str, most: int) -> str:
    """Return a text of at most so many letters, cut behind a word where it is longer."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    return (short.rpartition(" ")[0] or short).rstrip(" ,.;:") + "…"


class _Teller:
    def __init__(self, standard: Standard, assessment: Assessment, language: Language) -> None:
        self.standard = standard
        self.assessment = assessment
        self.language = language

    def group(self, group: GroupAssessment, templates: Iterable[SentenceTemplate]) -> Iterator[Sentence]:
        """Say every question of a group that has to be said, each once: by its sentence, else by its label."""
        left = {state.field.name: state for state in group.fields if state.state != "not_required"}
        for template in templates:
            states = [left.get(name) for name in template.fields]
            if self.fits(template, states):
                yield from self.say(template, [state for state in states if state])
                for name in template.fields:
                    del left[name]
        yield from map(self.by_label, left.values())

    def fits(self, template: SentenceTemplate, states: list[FieldState | None]) -> bool:
        """Tell whether a template says something true of fields that nothing said yet."""
        if any(state is None or state.state != template.state for state in states):
            return False
        answer = as_list(states[0].value) if states[0] else ()
        if template.codes and not set(answer) <= template.codes.keys():
            return False
        computed = placeholders(template.text) & _COMPUTED.keys()
        if any(_COMPUTED[name](self.assessment.dates) is None for name in computed):
            return False
        return template.when is None or template.when.holds(self.assessment.reading)

    def say(self, template: SentenceTemplate, states: list[FieldState]) -> Iterator[Sentence]:
        reason = next((each.reason for each in states if each.reason), None)
        quoted = next((str(each.value) for each in states if each.field.name == template.quote), None)
        names = tuple(each.field.name for each in states)
        for id, text in self.texts(template, states[0]):
            yield Sentence(id, states[0].state, names, self.filled(text, states), _quote(quoted or reason))

    def texts(self, template: SentenceTemplate, state: FieldState) -> Iterator[tuple[str, str]]:
        if template.codes:
            yield from ((f"{template.id}.{code}", template.codes[code]) for code in as_list(state.value))
        else:
            yield template.id, template.text

    def filled(self, text: str, states: list[FieldState]) -> tuple[Part, ...]:
        named = placeholders(text)
        values = {each.field.name: self.values(each) for each in states if each.field.name in named}
        days = {name: [Part(self.computed(name))] for name in named & _COMPUTED.keys()}
        return self.fill(text, {**values, **days})

    def fill(self, text: str, values: Mapping[str, list[Part]]) -> tuple[Part, ...]:
        """Fill a translated template, and keep apart what the city wrote from the words around it."""
        kept: list[Part] = []
        letters = {name: self.letters(parts, kept) for name, parts in values.items()}
        pieces = _TOKENS.split(self.language.translate(text).format_map(letters))
        return tuple(
            kept[ord(piece) - _FIRST_TOKEN] if _TOKENS.match(piece) else Part(piece) for piece in pieces if piece
        )

    def letters(self, parts: list[Part], kept: list[Part]) -> str:
        """Keep the values of a list; return the list in the reader's language with a letter in the place of each."""
        names = [chr(_FIRST_TOKEN + len(kept) + index) for index in range(len(parts))]
        kept.extend(parts)
        return str(format_list(names, locale=self.language.locale)) if names else ""

    def values(self, state: FieldState) -> list[Part]:
        """Return the values of an answer as parts, and how many more there are."""
        entries = as_list(state.value)
        shown = [Part(self.word(state.field, entry), state.field.name, entry) for entry in entries[:MOST_ENTRIES]]
        rest = len(entries) - len(shown)
        return [*shown, Part(self.language.translate(_MORE).format(n=rest))] if rest else shown

    def word(self, field: Field, entry: str) -> str:
        if field.type in _COUNTRIES:
            return territory_in_sentence(entry, self.language.locale)
        shown = str(display_answer(self.standard, field, entry, self.language))
        return cut(" ".join(shown.split()).removesuffix("."), MOST_LETTERS)

    def computed(self, name: str) -> str:
        day = _COMPUTED[name](self.assessment.dates)
        return date_in_words(day, self.language) if day else ""

    def by_label(self, state: FieldState) -> Sentence:
        """Say a question that has no sentence of its own: an answer by its label, else the question that is open."""
        field, translate = state.field, self.language.translate
        label = [Part(translate(field.label))]
        if state.state in _OPEN:
            parts = self.fill(_OPEN[state.state], {"question": [Part(translate(field.question))]})
        elif field.type is AnswerType.LONG_TEXT:
            parts = self.fill(_BY_LABEL_QUOTED, {"label": label})
        else:
            parts = self.fill(_BY_LABEL, {"label": label, "answer": self.values(state)})
        quoted = str(state.value) if state.value and field.type is AnswerType.LONG_TEXT else None
        return Sentence(None, state.state, (field.name,), parts, _quote(quoted or state.reason))


def _quote(text: str | None) -> str | None:
    return cut(text, MOST_QUOTED) if text else None


_COMPUTED: Mapping[str, Callable[[Dates], date | None]] = {"retention_due": lambda dates: dates.retention_due}
