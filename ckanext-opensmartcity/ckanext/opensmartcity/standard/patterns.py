"""Regular expressions that are valid both in ECMA-262, in Unicode mode, and in Python, for the JSON Schema."""

from __future__ import annotations

from .answers import UNSAFE_SCHEMES
from .durations import SHAPE

# Leap years are divisible by 4; full centuries must be divisible by 400.
_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_LONG = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
_SHORT = "(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_FEBRUARY = "02-(0[1-9]|1[0-9]|2[0-8])"
DATE = f"^(?!0000)([0-9]{{4}}-({_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP}-02-29)$"

_NOT_ZERO = "(?=[^1-9]*[1-9])"
DURATION = f"^{_NOT_ZERO}{SHAPE}$"


def any_case(*words: str) -> str:
    """Return a case-insensitive pattern for words; JSON Schema has no flag for that."""
    return "|".join("".join(map(_any_case, word)) for word in words)


def _any_case(character: str) -> str:
    if character.isalpha():
        return f"[{character}{character.upper()}]"
    return f"[{character}]" if character == "." else character


_HTTP = f"{any_case('http')}[sS]?"
_HOST = _HTTP + r"""://[^\s/?#<>"'@:]+(:[0-9]{1,5})?([/?#][^\s<>"]*)?"""
WEB = f"^{_HOST}$"
STARTS_AS_WEB = rf"^\s*{_HTTP}:\S"
UNSAFE = rf"^\s*({any_case(*sorted(UNSAFE_SCHEMES))}):\S"
URN = rf"^{any_case('urn')}:[a-zA-Z0-9][a-zA-Z0-9-]{{0,31}}:\S+$"
UUID = "^[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}$"

_PREFIX = f"(({any_case('mailto', 'tel')}):)?"
_DOMAIN = "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]{2,63}"
_MAILBOX = f"(?=.{{1,254}}$)[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_DOMAIN}"
_PHONE = "(?=([^0-9]*[0-9]){3,15}[^0-9]*$)[+]?[0-9(][0-9 ()./-]{1,28}[0-9]"
CONTACT = f"^{_PREFIX}({_MAILBOX}|{_PHONE}|(?=.{{1,2000}}$){_HOST})$"

# Only ECMA-262 counts the byte order mark among the blanks.
BLANK = r"^[^\S\ufeff]*$"
# HTML tags and control characters. In Unicode mode, ECMA-262 matches only lone surrogates: a pair is one code point.
MARKUP = "<[a-zA-Z/!?]"
CONTROL = r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]"
