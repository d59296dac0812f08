"""Characters that show nothing, and the normal form of texts: NFC, without bidi controls and invisible ends."""

from __future__ import annotations

import re
import unicodedata

# Ranges of Default_Ignorable_Code_Point of Unicode 15, interlinear annotations, and the empty pattern of Braille.
_INVISIBLE_RANGES = (
    *("\u00ad", "\u034f", "\u061c", "\u115f\u1160", "\u17b4\u17b5", "\u180b\u180f", "\u200b\u200f", "\u202a\u202e"),
    *("\u2060\u206f", "\u2800", "\u3164", "\ufe00\ufe0f", "\ufeff", "\uffa0", "\ufff0\ufffb"),
    *("\U0001bca0\U0001bca3", "\U0001d159", "\U0001d173\U0001d17a", "\U000e0000\U000e0fff"),
)
# Joiners and variation selectors belong to the letter before them, also at the end of a text.
_JOINING = "\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"

# The inside of a character class, valid both in ECMA-262 in Unicode mode and in Python.
# They share no escape beyond U+FFFF.
INVISIBLE = "".join(
    "-".join(f"\\u{ord(each):04x}" if each <= "\uffff" else each for each in characters)
    for characters in _INVISIBLE_RANGES
)
VISIBLE = rf"[^\s{INVISIBLE}]"

_VISIBLE = re.compile(VISIBLE)
_BIDI_CONTROL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ENDS = re.compile(rf"^[\s{INVISIBLE}]+|(?:(?![{_JOINING}])[\s{INVISIBLE}])+$")


def normalize(text: str) -> str:
    """Return a text in NFC, without bidi controls and without blanks and invisible characters at its ends."""
    if text.isascii():
        return text.strip()
    return _ENDS.sub("", unicodedata.normalize("NFC", _BIDI_CONTROL.sub("", text)))


def is_visible(text: str) -> bool:
    """Return whether a text has a character that shows something."""
    return bool(_VISIBLE.search(text))


def count_visible(text: str) -> int:
    """Return the number of characters of a text that show something."""
    return sum(1 for _ in _VISIBLE.finditer(text))
