"""Answers of every type, made from the standard itself: what a city's own field of that type could hold as well."""

import random

from ckanext.opensmartcity.standard import DECLARED_FIELD, AnswerType
from ckanext.opensmartcity.standard.answers import UNKNOWN
from ckanext.opensmartcity.standard.migration import VERSION_FIELD

TEXTS = (
    'Parks & "Trees": a < b',
    'line one\n\n  line two\ttab \\ back\\slash \\n \'quote\' """',
    "公園課 🌳 שמאלה é",
    "https is no link; a@b is no mailbox; ends in backslash \\",
)
_LISTS = (("MeterWorks Ltd: reads meters", "A second, first by name"), ("zebra",))
_VALUES = {
    AnswerType.TEXT: ("Mobility Department", '"Quoted" \\ Ltd', "交通局"),
    AnswerType.LONG_TEXT: TEXTS,
    AnswerType.TEXT_OR_URL: (
        "Parking Ordinance 2024, article 12",
        "https://law.example/12?a=b&c=(d)#e",
        "urn-like: no",
    ),
    AnswerType.TEXTS: _LISTS,
    AnswerType.TEXTS_OR_URIS: (
        ("GTFS Schedule", "https://std.example/z", "urn:ietf:rfc:3986"),
        ("https://std.example/a",),
    ),
    AnswerType.URI: ("https://data.example.org/id/department/mobility", "urn:city:mobility", "https://x.example/{a}|b"),
    AnswerType.URL: ("https://www.example.org/dpia?x=[1]|2", "http://x.example"),
    AnswerType.URLS: (("https://b.example/2", "https://a.example/1"), ("https://a.example/{x}",)),
    AnswerType.CONTACT: ("mobility@city.example", "https://city.example/ask", "+31 (0)20 123 4567"),
    AnswerType.DATE: ("2026-05-01", "0999-12-31"),
    AnswerType.DURATION: ("P18M", "P7Y", "P30D", "P1Y6M"),
    AnswerType.COUNTRY: ("NL", "US"),
    AnswerType.COUNTRIES: (("DE", "NL"), ("US",)),
    AnswerType.JURISDICTIONS: (("EU", "NL"), ("CA",)),
    AnswerType.UUID: ("1f0a2b54-6c3d-4e8f-9a7b-2d5c8e4f6a10",),
    AnswerType.ALGORITHMS: (("parking-permit-check", "a system/with a slash"), ("route-planner",)),
}


def values_of(standard, field):
    """Return answers to one field, as a record stores them."""
    if field.type is AnswerType.CODE:
        return list(standard.vocabulary_of(field).codes)
    if field.type is AnswerType.CODES:
        codes = sorted(set(standard.vocabulary_of(field).codes) - {UNKNOWN})
        return [codes[:2], codes[-1:], codes]
    return [list(value) if isinstance(value, tuple) else value for value in _VALUES[field.type]]


def made_up(standard, number, kind="dataset"):
    """Return answers of a record: most questions answered, some declared, some silent; the same for a number."""
    chance = random.Random(f"{kind} {number}")
    record, declared = {"type": kind, VERSION_FIELD: standard.version}, {}
    for name, field in standard.records[kind].fields.items():
        lot = chance.random()
        if lot < 0.7:
            record[name] = chance.choice(values_of(standard, field))
        elif lot < 0.8:
            declared[name] = {"state": "unknown"}
        elif lot < 0.9:
            declared[name] = {"state": "not_applicable", "reason": chance.choice(TEXTS)}
    return record | ({DECLARED_FIELD: declared} if declared else {})
