"""Predicates on answers: codes, whether a question is answered, countries, personal mailboxes and dates."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from .contacts import looks_personal
from .countries import EUROPEAN_UNION, country_codes
from .durations import add_months
from .expressions import Expression, RecordSchema, Schema, SearchIndex, Words
from .i18n import N_
from .model import AnswerType, Situation, as_list
from .predicates import FieldPredicate, Names, register
from .yaml_source import Section, nearest


@dataclass(frozen=True)
class HasCode(Expression):
    """The answer is one of some codes, or contains one: `FIELD: CODE` or `FIELD: [CODE, …]`."""

    field: str
    codes: frozenset[str]
    # The codes in the order of the YAML, which is the order of the text.
    listed: tuple[str, ...]

    example = "`FIELD: CODE` or `FIELD: [CODE, …]`"
    meaning = "the answer is this code, or one of these; a list contains at least one of them"

    @classmethod
    def compile(cls, section: Section, field: str, names: Names) -> Expression:
        """Compile `section[field]`. Raise SourceError if it is invalid."""
        value, codes = section[field], names.codes[field]
        if codes is None:
            raise section.error(f"'{field}' has no vocabulary: use a predicate such as {{answered: true}}", field)
        if not isinstance(value, (str, list)):
            raise section.error(f"'{field}' must be a code or a list of codes; put yes and no in quotes", field)
        listed = [value] if isinstance(value, str) else section.texts(field)
        if invalid := sorted(set(listed) - set(codes)):
            raise section.error(f"'{field}' has no code '{invalid[0]}'{nearest(invalid[0], codes)}", field)
        return cls(field, frozenset(listed), tuple(listed))

    @property
    def fields(self) -> frozenset[str]:
        return frozenset({self.field})

    def holds(self, situation: Situation) -> bool:
        answer = situation.answers.get(self.field)
        if isinstance(answer, str):
            return answer in self.codes
        return answer is not None and not self.codes.isdisjoint(answer)

    def in_words(self, words: Words) -> str:
        answers = words.codes(self.field, self.listed)
        return words.fill(N_("“{field}” is {answers}"), field=words.field(self.field), answers=answers)

    def json_schema(self, record: RecordSchema) -> Schema:
        return record.matches(self.field, {"enum": list(self.listed)})

    def solr_query(self, index: SearchIndex) -> str:
        return index.codes(self.field, self.listed)


@register
class Answered(FieldPredicate):
    """The question has a valid answer."""

    name = "answered"
    example = "`FIELD: {answered: true}`"
    meaning = "the question has a valid answer, also the code `unknown`"
    words = N_("“{field}” is answered")
    negated_words = N_("“{field}” is not answered")

    depends_on_day = False

    def holds(self, situation: Situation) -> bool:
        return self.field in situation.answers

    def json_schema(self, record: RecordSchema) -> Schema:
        return record.answered(self.field)

    def solr_query(self, index: SearchIndex) -> str:
        return index.answered(self.field)


@register
class Missing(FieldPredicate):
    """The question is neither answered nor declared unknown or not applicable."""

    name = "missing"
    example = "`FIELD: {missing: true}`"
    meaning = "the question has no answer and no declaration (unknown, not applicable)"
    words = N_("“{field}” is left open")
    negated_words = N_("“{field}” is not left open")

    depends_on_day = False

    def holds(self, situation: Situation) -> bool:
        return self.field not in situation.answers and self.field not in situation.declared

    def json_schema(self, record: RecordSchema) -> Schema:
        return {"not": {"anyOf": [record.answered(self.field), record.declared(self.field)]}}

    def solr_query(self, index: SearchIndex) -> str:
        return f"(*:* NOT {index.answered(self.field)} NOT {index.declared(self.field)})"


@register
class OutsideHome(FieldPredicate):
    """A country of the answer is not part of the home jurisdiction. Without a home, nothing is outside."""

    name = "outside_home"
    example = "`FIELD: {outside_home: true}`"
    meaning = "a country of the answer is outside the configured home; never, if no home is set"
    words = N_("“{field}” names a country outside the home jurisdiction")
    negated_words = N_("“{field}” names no country outside the home jurisdiction")
    accepts = frozenset({AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})

    depends_on_day = False

    def holds(self, situation: Situation) -> bool:
        return bool(situation.home) and not situation.home.issuperset(as_list(situation.answers.get(self.field)))

    def json_schema(self, record: RecordSchema) -> Schema:
        if not record.home:
            return {"not": {}}
        # A blank text is not an answer.
        return record.matches(self.field, {"type": "string", "pattern": r"\S", "not": {"enum": sorted(record.home)}})

    def solr_query(self, index: SearchIndex) -> str:
        abroad = (country_codes() | {EUROPEAN_UNION}) - index.home if index.home else ()
        return index.codes(self.field, sorted(abroad))


@register
class Personal(FieldPredicate):
    """The answer is a mailbox that is named like a person."""

    name = "personal"
    example = "`FIELD: {personal: true}`"
    meaning = "the mailbox is named like a person"
    words = N_("“{field}” looks like a person's own address")
    negated_words = N_("“{field}” does not look like a person's own address")
    accepts = frozenset({AnswerType.CONTACT, AnswerType.TEXT, AnswerType.LONG_TEXT, AnswerType.TEXT_OR_URL,
                         AnswerType.TEXTS, AnswerType.TEXTS_OR_URIS})  # fmt: skip
    indexed = True

    def holds(self, situation: Situation) -> bool:
        answer = situation.answers.get(self.field)
        return answer is not None and any(map(looks_personal, as_list(answer)))


@dataclass(frozen=True)
class DateComparison(FieldPredicate):
    """Base of comparisons with another date: `FIELD: {NAME: OTHER}`. False unless both are answered."""

    other: str

    accepts: ClassVar[frozenset[AnswerType]] = frozenset({AnswerType.DATE})

    depends_on_day = False

    @classmethod
    def compile(cls, field: str, section: Section, names: Names) -> Expression:
        other = section.text(cls.name)
        for compared in (field, other):
            if names.types.get(compared) not in cls.accepts:
                raise section.error(f"'{compared}' is not a date field", cls.name)
        return cls(field, other)

    @property
    def fields(self) -> frozenset[str]:
        return frozenset({self.field, self.other})

    def holds(self, situation: Situation) -> bool:
        left, right = situation.answers.get(self.field), situation.answers.get(self.other)
        if not isinstance(left, str) or not isinstance(right, str):
            return False
        return self.compare(situation, date.fromisoformat(left), date.fromisoformat(right))

    @abstractmethod
    def compare(self, situation: Situation, left: date, right: date) -> bool:
        """Return whether the two dates are as the predicate says."""

    def in_words(self, words: Words) -> str:
        return words.fill(self.words, field=words.field(self.field), other=words.field(self.other))


@register
class Before(DateComparison):
    """The date is before another one."""

    name = "before"
    example = "`FIELD: {before: OTHER}`"
    meaning = "the first date is before the second; both must be answered"
    words = N_("“{field}” is before “{other}”")

    def compare(self, situation: Situation, left: date, right: date) -> bool:
        return left < right


@register
class MonthsAfter(DateComparison):
    """The date is more than the configured number of months after another one."""

    name = "months_after"
    example = "`FIELD: {months_after: OTHER}`"
    meaning = "the first date is later than the second plus the configured months (`review_months`)"
    words = N_("“{field}” is later than the configured number of months after “{other}”")

    def compare(self, situation: Situation, left: date, right: date) -> bool:
        return left > add_months(right, situation.review_months)


@register
class AfterToday(FieldPredicate):
    """The date is after the day on which the record is judged. Never, if it is not answered."""

    name = "after_today"
    example = "`FIELD: {after_today: true}`"
    meaning = "the date has not come yet"
    words = N_("“{field}” is a day that has not come yet")
    negated_words = N_("“{field}” is not a day that has not come yet")
    accepts = frozenset({AnswerType.DATE})

    @property
    def fields_due(self) -> frozenset[str]:
        return self.fields

    def holds(self, situation: Situation) -> bool:
        answer = situation.answers.get(self.field)
        return isinstance(answer, str) and date.fromisoformat(answer) > situation.today


@register
@dataclass(frozen=True)
class BeforeDay(FieldPredicate):
    """The date is before a fixed day: `FIELD: {before_day: DAY}`. False if it is not answered."""

    day: str

    name = "before_day"
    example = "`FIELD: {before_day: DAY}`"
    meaning = "the date is before this day, such as 1900-01-01"
    words = N_("“{field}” is before {day}")
    accepts = frozenset({AnswerType.DATE})

    depends_on_day = False

    @classmethod
    def compile(cls, field: str, section: Section, names: Names) -> Expression:
        cls.check_type(field, section, names)
        try:
            return cls(field, date.fromisoformat(section.text(cls.name)).isoformat())
        except ValueError:
            raise section.error(f"'{cls.name}' must be a day such as 1900-01-01", cls.name) from None

    def holds(self, situation: Situation) -> bool:
        answer = situation.answers.get(self.field)
        # Dates in the format YYYY-MM-DD sort as texts.
        return isinstance(answer, str) and answer < self.day

    def in_words(self, words: Words) -> str:
        return words.fill(self.words, field=words.field(self.field), day=self.day)
