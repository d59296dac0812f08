"""Representation of assessments in the search index: encoded codes, and facets that depend on the date.

CKAN copies every facet into its full-text field. There `ownership_owner` would be two words, so that a search for
"owner" would match all datasets that do not name theirs. Letters of codes are therefore stored as circled letters
(U+24B6 to U+24E9), which the tokenizer treats as punctuation.

An assessment changes by itself on at most two days, its turns. A facet that depends on the date is stored three times,
for the time before, between and after the turns, and `rewrite` selects the right one when a query is run.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from string import ascii_lowercase, ascii_uppercase

from ..standard import Settings, Standard, standard_digest
from ..standard.predicates import indexed_names
from .fields import ANSWERED, CONCERN, DECLARED, FACT, GROUP_LEVEL, LEVEL, MISSING, UNKNOWN, coded_fields

# The turns of a record: its review falls due, and its retention period ends.
TURNING = (LEVEL, GROUP_LEVEL, MISSING, CONCERN)
TURNS = ("governance_first_turn_date", "governance_second_turn_date")
LATE, LATER = "_late", "_later"

# Index format version. Increment when the indexed representation changes.
_INDEX_FORMAT = 3

_LETTERS = ascii_lowercase + ascii_uppercase
_CIRCLED = "".join(map(chr, (*range(0x24D0, 0x24EA), *range(0x24B6, 0x24D0))))
_ENCODE, _DECODE = str.maketrans(_LETTERS, _CIRCLED), str.maketrans(_CIRCLED, _LETTERS)
_CLAUSE = re.compile(r'\b(vocab_\w+):(\((?:"(?:[^"\\]|\\.)*"|[^()"])*\)|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^\s()]+)')


def encode(code: str) -> str:
    """Return a code in its indexed form."""
    return code.translate(_ENCODE)


def decode(stored: str) -> str:
    """Return the code of an indexed value."""
    return stored.translate(_DECODE)


def is_encoded(standard: Standard, name: str) -> bool:
    """Tell whether the codes of a facet are encoded. Rule ids are not: they do not look like words."""
    return name in (LEVEL, GROUP_LEVEL, MISSING, UNKNOWN, ANSWERED, DECLARED, FACT) or name in coded_fields(standard)


def rewrite(query: str, standard: Standard, today: date) -> str:
    """Return a Solr query with encoded codes, in which date-dependent facets select the phase of today."""
    first, second = (turned(turn, today) for turn in TURNS)

    def rewrite_clause(match: re.Match[str]) -> str:
        name, value = match[1], match[2]
        if is_encoded(standard, name):
            value = _encode_value(value)
        if name not in TURNING:
            return f"{name}:{value}"
        late, later = f"{name}{LATE}:{value} +{first} -{second}", f"{name}{LATER}:{value} +{second}"
        return f"(({name}:{value} -{first}) OR ({late}) OR ({later}))"

    return _CLAUSE.sub(rewrite_clause, query)


def _encode_value(value: str) -> str:
    """Encode the codes in a term, a phrase or a bracketed group; leave ranges and boolean operators as they are."""
    if value.startswith("["):
        return value
    if not value.startswith("("):
        return encode(value)
    words = r'"[^"]*"|\b(?:AND|OR|NOT)\b|[A-Za-z]+'
    return re.sub(words, lambda match: match[0] if match[0] in ("AND", "OR", "NOT") else encode(match[0]), value)


def turned(turn: str, today: date) -> str:
    """Return the query for records that had a turn before today; `turn` is one of TURNS."""
    return f"{turn}:[* TO {solr_day(today)}}}"


def solr_day(day: date) -> str:
    """Return a date in Solr's format, at midnight UTC."""
    return f"{day.isoformat()}T00:00:00Z"


def mark(standard: Standard, settings: Settings) -> str:
    """Return the fingerprint of the standard, the options and the index format by which a record is assessed."""
    options = f"{settings.home or '-'}/{settings.review_months}"
    return f"{standard_digest(standard)}/{options}/{_INDEX_FORMAT}/{' '.join(indexed_names())}"


def phases(name: str) -> Collection[str]:
    """Return the index fields of a facet before, between and after the turns."""
    return name, name + LATE, name + LATER
