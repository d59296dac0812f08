"""Sample records for tests of sentences: a valid value for each answer type, and each code of a field."""

from __future__ import annotations

import re
from datetime import date

from ckanext.opensmartcity.standard import AnswerType, Settings, assess, language, render_sentences

SETTINGS = Settings(home="NL", today=date(2026, 6, 1))
# Plain-language rule: words in the longest sentence that a page may have.
MAX_WORDS = 20
SAMPLES = {
    AnswerType.TEXT: "Mobility Department",
    AnswerType.LONG_TEXT: "We count bicycles to plan new parking places for them.",
    AnswerType.TEXT_OR_URL: "https://city.example/law",
    AnswerType.TEXTS: ["MeterWorks Ltd", "Wieltel"],
    AnswerType.TEXTS_OR_URIS: ["GTFS Schedule"],
    AnswerType.URI: "https://city.example/id/1",
    AnswerType.URL: "https://city.example/study",
    AnswerType.URLS: ["https://city.example/a", "https://city.example/b"],
    AnswerType.CONTACT: "data@city.example",
    AnswerType.DATE: "2025-03-16",
    AnswerType.DURATION: "P7Y",
    AnswerType.COUNTRY: "NL",
    AnswerType.COUNTRIES: ["NL", "US"],
    AnswerType.JURISDICTIONS: ["EU", "NL"],
    AnswerType.UUID: "1f0a2b54-6c3d-4e8f-9a7b-2d5c8e4f6a10",
    AnswerType.ALGORITHMS: ["permit-check"],
}


def codes_by_field(standard, kind):
    """Return the codes of each coded field of a type of record."""
    fields = standard.records[kind].fields.values()
    return {field.name: list(standard.vocabulary_of(field).codes) for field in fields if field.type.is_coded}


def full_record(standard, kind):
    """Return a record with all questions answered, coded fields with their first code."""
    fields, codes = standard.records[kind].fields.values(), codes_by_field(standard, kind)
    answers = {field.name: codes[field.name][0] if field.name in codes else SAMPLES[field.type] for field in fields}
    return {"type": kind, **answers}


def sentences_of(standard, record, code="en"):
    """Return the sentences of a record and its assessment."""
    assessment = assess(standard, record, SETTINGS)
    sentences = render_sentences(standard, assessment, language(code))
    return [sentence for group in sentences.values() for sentence in group], assessment


def too_long(texts):
    """Return the sentences with more than MAX_WORDS words."""
    sentences = [sentence for text in texts for sentence in re.split(r"(?<=[.?!])\s", text)]
    return [sentence for sentence in sentences if len(sentence.split()) > MAX_WORDS]
