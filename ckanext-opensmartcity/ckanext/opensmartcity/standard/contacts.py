"""Contacts: validation of mailboxes, web addresses and phone numbers, and detection of personal mailboxes."""

from __future__ import annotations

import re
from urllib.parse import quote

_MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{1,28}[0-9]")
_WEB = re.compile(r"https?://[^\s/?#<>\"'@:]+(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)

# first.last@, f.last@ and f.m.last@: two or more name-like parts, the last one longer than an initial.
_PERSONAL = re.compile(r"(?:[^\W\d_]+\.){1,3}[^\W\d_]{2,}(?:-[^\W\d_]+)?\d{0,2}")
_SHARED_WORDS = frozenset(
    """
    admin algorithm algorithms algoritmes assistance beheer bureau care center centre city college contact customer data
    datenschutz datos department desk dienst donnees dpo environment finance forms gdpr gemeente gis green health help
    helpdesk info information kantoor klant klantcontact library loket mail mailbox mairie marketing mobility noreply
    office open opendata parking permit permits planning post press privacy public questions register registry reply
    research rgpd sales secretariat secretary security service services servicio stad stadt support tax team traffic
    transport unit urban verkeer waste water web webmaster works zentrale
    """.split()
)


def is_mailbox(text: str) -> bool:
    """Return whether the text is one e-mail address (the common subset of RFC 5321)."""
    return _MAILBOX.fullmatch(text) is not None and len(text) <= 254


def is_phone(text: str) -> bool:
    """Return whether the text is a phone number (the common subset of ITU-T E.123)."""
    return _PHONE.fullmatch(text) is not None and 3 <= sum(map(str.isdigit, text)) <= 15


def is_web_address(text: str) -> bool:
    """Return whether the text is an absolute http(s) URL with a host (RFC 9110, 4.2) and without credentials."""
    return _WEB.fullmatch(text) is not None and len(text) <= 2000


def normalize_contact(text: str) -> str | None:
    """Return a contact without `mailto:` or `tel:`, None if it is not a mailbox, phone number or web address."""
    bare = re.sub(r"^(?:mailto|tel):", "", text, flags=re.IGNORECASE).strip()
    return bare if is_mailbox(bare) or is_phone(bare) or is_web_address(bare) else None


def contact_link(contact: str) -> str:
    """Return the `mailto:`, `tel:` or web link of a valid contact."""
    if is_mailbox(contact):
        return "mailto:" + quote(contact, safe="@+")
    if not is_phone(contact):
        return contact
    # In +31 (0)20 1234567 the bracketed zero is dialled inside the country only.
    number = contact.replace("(0)", "") if contact.startswith("+") else contact
    return "tel:" + re.sub(r"[^\d+]", "", number)


def looks_personal(contact: str) -> bool:
    """Return whether a mailbox has the form of a person's name (first.last@) and no word for a department or role."""
    if not is_mailbox(contact):
        return False
    local = contact.partition("@")[0].lower()
    return _PERSONAL.fullmatch(local) is not None and _SHARED_WORDS.isdisjoint(re.split(r"[.\d]", local))
