"""SVG images are well-formed, fit their width, and contain no scripts or bidi controls."""

from xml.etree import ElementTree

import pytest
from ckanext.opensmartcity.governance.svg import Station, clean, draw_flow, draw_sign, width, wrap
from hypothesis import given
from hypothesis import strategies as st

SVG = "{http://www.w3.org/2000/svg}"


@given(st.text(max_size=300), st.lists(st.text(max_size=200), min_size=1, max_size=3).map(tuple))
def test_any_text_makes_a_well_formed_picture(label, lines):
    drawn = ElementTree.fromstring(draw_flow([Station(label, lines), Station("b", ("c",), open=True)], "t", "d"))
    assert len(drawn.findall(f"{SVG}g")) == 2
    assert drawn.find(f"{SVG}title").text == "t"
    assert not [element for element in drawn.iter() if element.tag in (f"{SVG}script", f"{SVG}a", f"{SVG}image")]


@given(st.text(max_size=400), st.integers(5, 40), st.integers(1, 4))
def test_wrapped_lines_fit(text, available, max_lines):
    lines = wrap(text, available, max_lines)
    assert len(lines) <= max_lines
    assert all(width(line) <= available for line in lines)


def test_bidi_controls_do_not_reach_the_image():
    assert clean("a\u202eb\u2066c\x00d") == "abcd"
    assert "\u202e" not in draw_flow([Station("x", ("\u202eevil",))], "t", "d").partition("</desc>")[2]


def test_markup_is_text():
    assert "<script>" not in draw_flow([Station("<script>", ("<b onclick='x'>",))], "<script>", "<script>")
    assert "<script>" not in draw_sign("https://city.example/", "<script>")


@pytest.mark.parametrize(
    "address", ["https://city.example/dataset/x/transparency", f"https://city.example/{'a' * 900}"]
)
def test_a_sign_says_its_address_in_letters_too(address):
    drawn = ElementTree.fromstring(draw_sign(address, "Who governs this? " * 20))
    printed = "".join(text.text for text in drawn.findall(f"{SVG}text") if text.get("class") == "address")
    assert printed == address or printed.endswith("…")
    assert drawn.find(f"{SVG}desc").text == address
