"""Placeholders: words in the place of an answer, such as "tbd", and answers that say less than their question needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from unicodedata import east_asian_width

from .yaml_source import Section

# Blanks and punctuation, which make no difference. Python and ECMA-262 in Unicode mode differ about \s.
_SEPARATOR = (
    r"[\t-\r !-/:-@\[-`{-~\u00a0\u00a1\u00ab\u00b7\u00bb\u00bf\u2000-\u200a\u2010-\u2029\u202f-\u205f\u3000-\u3002]"
)
_ABBREVIATION = 4  # letters at most, as in "n/a", "N.A." and "k. A."
_SEPARATORS = re.compile(f"^{_SEPARATOR}*$")


@dataclass(frozen=True, eq=False)
class Placeholders:
    """Words that count as not known, by language, and the letters that an answer needs, by answer type."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum_letters: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def pattern(self) -> str:
        """Regular expression of all placeholders, for Python and ECMA-262; a text of punctuation alone is one too."""
        words = dict.fromkeys(_spellings(word) for words in self.words.values() for word in words)
        return f"^{_SEPARATOR}*(({'|'.join(words)}){_SEPARATOR}*)?$" if words else "^[^\\s\\S]$"

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def _longest(self) -> int:
        # With blanks and punctuation between its letters. In longer answers, the search would cost too much.
        return 4 * max((len(word) for words in self.words.values() for word in words), default=0)

    def match(self, text: str) -> bool:
        """Return whether a text consists of a placeholder."""
        expression = self._expression if len(text) <= self._longest else _SEPARATORS
        return bool(expression.search(text))

    def says_little(self, text: str, answer_type: str) -> bool:
        """Return whether a text has fewer letters and digits than answers of a type need."""
        least, letters = self.minimum_letters.get(answer_type, 0), 0
        for each in text:
            if letters >= least:
                return False
            if each.isalnum():
                letters += 2 if east_asian_width(each) in "WF" else 1
        return letters < least


def load_placeholders(section: Section | None) -> Placeholders:
    """Load `placeholders.yaml`, the shape of which was checked. None is a standard without placeholders."""
    if section is None:
        return Placeholders()
    words = {item.text("language"): tuple(item.texts("words")) for item in section.sections("languages")}
    return Placeholders(words, dict(section.get("minimum_letters") or {}))


def _spellings(placeholder: str) -> str:
    """Return the regular expression of a placeholder: anything may separate its words, and letters that abbreviate."""
    words = re.findall(r"[^\W_]+", placeholder)
    if sum(map(len, words)) <= _ABBREVIATION:
        words = list("".join(words))
    return f"{_SEPARATOR}*".join("".join(map(_any_case, word)) for word in words)


def _any_case(letter: str) -> str:
    lower, upper = letter.lower(), letter.upper()
    if len(upper) > 1:  # such as ß, which is SS in capitals
        return f"({letter}|{''.join(map(_any_case, upper))})"
    return f"[{lower}{upper}]" if lower != upper else letter
