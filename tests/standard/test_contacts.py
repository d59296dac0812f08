"""Contacts: validation, links, and detection of personal mailboxes."""

import pytest
from ckanext.opensmartcity.standard.contacts import (
    contact_link,
    is_mailbox,
    is_phone,
    is_web_address,
    looks_personal,
    normalize_contact,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "text", ["a@b.nl", "open.data+city@sub.city.example", "o'hara@city.example", "DESK@CITY.EXAMPLE"]
)
def test_a_mailbox(text):
    assert is_mailbox(text)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a@b",
        "a@b.c",
        "@b.nl",
        "a@-b.nl",
        "a@b..nl",
        "a b@c.nl",
        "a@b.nl, c@d.nl",
        "<a@b.nl>",
        "a" * 65 + "@b.nl",
        "a@" + "b." * 126 + "nl",
    ],
)
def test_not_a_mailbox(text):
    assert not is_mailbox(text)


@pytest.mark.parametrize(
    "text", ["112", "311", "020 624 1111", "+31 20 624 1111", "+31 (0)20 624 1111", "(416) 392-2489", "030/901820"]
)
def test_a_phone_number(text):
    assert is_phone(text)


@pytest.mark.parametrize(
    "text", ["1", "12", "1-2", "020 62 CITY", "++31 20", "31+20", "1" * 16, "()", "+", "٠٢٠ ٦٢٤ ١١١١"]
)
def test_not_a_phone_number(text):
    assert not is_phone(text)


@pytest.mark.parametrize(
    "text", ["https://city.example", "HTTP://city.example/a?b=c#d", "http://localhost:5000/x", "https://gemeente.nl/ë"]
)
def test_a_web_address(text):
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "city.example",
        "https:/city.example",
        "https://",
        "https:///path",
        "https://a b",
        "https://user@city.example",
        "https://user:secret@city.example",
        "https://city.example/<b>",
        'https://city.example/"',
        "https://city.example/\n",
        "ftp://city.example",
        "https://city.example/" + "a" * 2000,
    ],
)
def test_not_a_web_address(text):
    assert not is_web_address(text)


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("mailto:desk@city.example", "desk@city.example"),
        ("MAILTO: desk@city.example", "desk@city.example"),
        ("tel:+31206241111", "+31206241111"),
        ("https://city.example/ask", "https://city.example/ask"),
        ("mailto:mailto:desk@city.example", None),
        ("mailto:desk@city.example?bcc=x@y.example", None),
        ("Jan Jansen", None),
        ("", None),
    ],
)
def test_a_contact_is_kept_without_its_scheme(text, contact):
    assert normalize_contact(text) == contact


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        pytest.param("desk+data@city.example", "mailto:desk+data@city.example", id="mailbox"),
        pytest.param("a?bcc=x@city.example", "mailto:a%3Fbcc%3Dx@city.example", id="mailbox with a header in it"),
        pytest.param("020 624 1111", "tel:0206241111", id="phone"),
        pytest.param("+31 20-624.1111", "tel:+31206241111", id="international phone"),
        pytest.param("+31 (0)20 624 1111", "tel:+31206241111", id="zero for inside the country"),
        pytest.param("(0)20 624 1111", "tel:0206241111", id="zero inside the country"),
        pytest.param("https://city.example/ask", "https://city.example/ask", id="web address"),
    ],
)
def test_a_contact_can_be_followed(contact, link):
    assert contact_link(contact) == link


@pytest.mark.parametrize(
    "contact",
    ["jan.jansen@city.example", "J.Jansen@city.example", "j.p.jansen@city.example", "anne.van-dijk@city.example",
     "jan.jansen2@city.example", "anna.de.vries@city.example"],
)  # fmt: skip
def test_first_dot_last_looks_personal(contact):
    assert looks_personal(contact)


@pytest.mark.parametrize(
    "contact",
    ["mobility@city.example", "open.data@city.example", "service.desk@city.example", "jansen@city.example",
     "privacy.officer@city.example", "data-team@city.example", "+31 20 624 1111", "https://jan.jansen.example"],
)  # fmt: skip
def test_a_desk_does_not_look_personal(contact):
    assert not looks_personal(contact)


@given(st.text() | st.emails() | st.from_regex(r"(mailto:|tel:)?[0-9()+ .@a-z-]{0,30}", fullmatch=True))
def test_a_contact_is_its_own_contact_and_can_be_followed(text):
    contact = normalize_contact(text)
    if contact is not None:
        assert normalize_contact(contact) == contact
        assert contact_link(contact).lower().startswith(("mailto:", "tel:", "http://", "https://"))
