"""How governance stands in the search index: facets that turn with the days, and codes that are no words to search for.

CKAN's index copies every facet into the text that a visitor searches. There `ownership_owner` would be two words, and
whoever searches for "owner" would find all datasets that do not name theirs. So letters of codes are stored as circled
letters, which the index takes for punctuation: readable, but never found by words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from string import ascii_lowercase, ascii_uppercase

from ..standard import Settings, Standard, standard_digest
from .fields import ANSWERED, CONCERN, FACT, GROUP_LEVEL, LEVEL, MISSING, UNKNOWN, coded_fields

# A record's assessment changes by itself at most twice: when its review falls due and when its time of keeping ends.
TURNING = (LEVEL, GROUP_LEVEL, MISSING, CONCERN)
TURNS = ("governance_first_turn_date", "governance_second_turn_date")
LATE, LATER = "_late", "_later"

# Counts up when records are indexed in another way, so that those of before are known.
_FORM = 2

_LETTERS = ascii_lowercase + ascii_uppercase
_CIRCLED = "".join(map(chr, (*range(0x24D0, 0x24EA), *range(0x24B6, 0x24D0))))
_ENCODE, _DECODE = str.maketrans(_LETTERS, _CIRCLED), str.maketrans(_CIRCLED, _LETTERS)
_CLAUSE = re.compile(r'\b(vocab_\w+):(\((?:"(?:[^"\\]|\\.)*"|[^()"])*\)|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^\s()]+)')


def encode(code: str) -> str:
    """Return a code as it stands in the index."""
    return code.translate(_ENCODE)


def decode(stored: str) -> str:
    """Return the code that stands in the index."""
    return stored.translate(_DECODE)


def is_encoded(standard: Standard, name: str) -> bool:
    """Tell whether the codes of a facet are encoded; rule ids are not, they are no words."""
    return name in (LEVEL, GROUP_LEVEL, MISSING, UNKNOWN, ANSWERED, FACT) or name in coded_fields(standard)


def rewrite(query: str, standard: Standard, today: date) -> str:
    """Return a query in Solr's syntax that asks for what facets say today."""
    return _CLAUSE.sub(lambda match: _clause(match[1], match[2], standard, today), query)


def _clause(name: str, value: str, standard: Standard, today: date) -> str:
    if is_encoded(standard, name):
        value = _encode_value(value)
    if name not in TURNING:
        return f"{name}:{value}"
    first, second = (turned(turn, today) for turn in TURNS)
    return (
        f"(({name}:{value} -{first}) OR ({name}{LATE}:{value} +{first} -{second}) OR ({name}{LATER}:{value} +{second}))"
    )


def _encode_value(value: str) -> str:
    if value.startswith("["):
        return value
    if value.startswith("("):
        return re.sub(r'"[^"]*"|\b(?:AND|OR|NOT)\b|[A-Za-z]+', _encode_word, value)
    return encode(value)


def _encode_word(match: re.Match[str]) -> str:
    return match[0] if match[0] in ("AND", "OR", "NOT") else encode(match[0])


def turned(turn: str, today: date) -> str:
    """Return the query for records whose turn was before today."""
    return f"{turn}:[* TO {solr_day(today)}}}"


def solr_day(day: date) -> str:
    """Return a day as Solr writes it."""
    return f"{day.isoformat()}T00:00:00Z"


def mark(standard: Standard, settings: Settings) -> str:
    """Return what tells whether a record was assessed by the rules of today: the standard, and the options it reads."""
    return f"{standard_digest(standard)}/{settings.home or '-'}/{settings.review_months}/{_FORM}"


def phases(name: str) -> Collection[str]:
    """Return the fields of the index that hold a facet before, between and after its turns."""
    return name, name + LATE, name + LATER
