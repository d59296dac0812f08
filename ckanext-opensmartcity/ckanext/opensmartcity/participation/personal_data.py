"""Personal data in texts that will be public: identification numbers, bank accounts, phone numbers, e-mail addresses.

Their authors are warned before they publish it. What was found is never stored or logged, only named by its kind.
Numbers are accepted by their check digits (python-stdnum) or numbering plans (phonenumbers); some numbers that mean
something else fit by chance, so that the warning can be overruled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import phonenumbers
from stdnum import iban, luhn
from stdnum.be import nn
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.us import ssn

from .. import config
from ..standard.countries import EUROPEAN_UNION
from ..standard.i18n import N_

PARAMETER = "publish_anyway"
KINDS: Mapping[str, str] = {
    "email": N_("an e-mail address"),
    "phone": N_("a phone number"),
    "account": N_("a bank account or card"),
    "identification": N_("an identification number of a person"),
}
_EMAIL = re.compile(r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\].,;:!?]{2,}")
# Parts of long numbers, which people separate by a space, a full stop, a slash or a hyphen.
_RUN = re.compile(r"[A-Za-z0-9]+(?:[ ./-][A-Za-z0-9]+)*")
_PART = re.compile(r"(?=\w*\d)\w{1,34}|[A-Z]{1,4}")
_MAX_PARTS, _LENGTHS, _MIN_DIGITS = 10, range(8, 35), 6
_DIGITS_OF_CARD = range(13, 20)
_IDENTIFICATION: tuple[Callable[[str], bool], ...] = tuple(
    module.is_valid for module in (bsn, nn, idnr, dni, nie, nir, nhs, codicefiscale)
)
# National insurance number of the United Kingdom, which has no check digit.
_NINO = re.compile(r"(?i)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")


def kinds_in(text: str, region: str | None) -> list[str]:
    """Return the kinds of personal data in a text, in the order of KINDS.

    `region` is the country (ISO 3166-1 alpha-2) whose phone numbers are recognised without their international prefix.
    """
    found = set(_kinds(text, region))
    return [kind for kind in KINDS if kind in found]


def _kinds(text: str, region: str | None) -> Iterator[str]:
    if _EMAIL.search(text):
        yield "email"
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
        if match.number is not None:
            yield "phone"
    for number in set(_numbers(text)):
        compact = re.sub(r"[ ./-]", "", number)
        is_card = compact.isdigit() and len(compact) in _DIGITS_OF_CARD and luhn.is_valid(compact)
        if iban.is_valid(compact) or is_card:
            yield "account"
        elif (
            any(is_valid(compact) for is_valid in _IDENTIFICATION)
            or _NINO.fullmatch(compact)
            or (_SSN.fullmatch(number) and ssn.is_valid(number))
        ):
            yield "identification"


def _numbers(text: str) -> Iterator[str]:
    """Yield everything in a text that may be one number: neighbouring parts with digits, or short and in capitals."""
    for run in _RUN.finditer(text):
        parts = list(re.finditer(r"[A-Za-z0-9]+", run[0]))
        for start, first in enumerate(parts):
            for last in parts[start : start + _MAX_PARTS]:
                if not _PART.fullmatch(last[0]):
                    break
                number = run[0][first.start() : last.end()]
                compact = re.sub(r"[ ./-]", "", number)
                if len(compact) >= _LENGTHS.stop:
                    break
                if len(compact) in _LENGTHS and sum(map(str.isdigit, compact)) >= _MIN_DIGITS:
                    yield number


def warn(data_dict: Mapping[str, Any], *names: str) -> None:
    """Raise ValidationError if one of the named texts seems to hold personal data and its author did not confirm it."""
    if data_dict.get(PARAMETER):
        return
    home = config.settings().home
    region = home if home and home != EUROPEAN_UNION else None
    kinds = {kind for name in names for kind in kinds_in(str(data_dict.get(name) or ""), region)}
    if kinds:
        listed = ", ".join(tk._(text) for kind, text in KINDS.items() if kind in kinds)
        message = tk._("Everybody can read your text, and it seems to contain {kinds}. Take it out, or confirm it.")
        raise tk.ValidationError({PARAMETER: [message.format(kinds=listed)]})
