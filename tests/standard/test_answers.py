"""Parsing of answers: valid and invalid values of each answer type, and the violated rules."""

import json
import unicodedata

import pytest
from ckanext.opensmartcity.standard import InvalidAnswer
from ckanext.opensmartcity.standard.answers import MAX_ENTRIES, MAX_TEXT, parse_answer, shorten
from ckanext.opensmartcity.standard.model import as_list
from ckanext.opensmartcity.standard.roles import RuleRole
from ckanext.opensmartcity.standard.visible_text import is_visible
from hypothesis import given, settings
from hypothesis import strategies as st
from standard.inputs import FIELD_OF, FIELDS, LISTS, ONE_OF_EACH, SINGLES, STANDARD, json_values


def of_each(types):
    return [pytest.param(name, id=kind) for kind, name in types.items()]


EACH_TYPE = of_each(FIELD_OF)
EACH_LINK = of_each(
    {kind: FIELD_OF[kind] for kind in ("uri", "url", "urls", "text_or_url", "texts_or_uris", "contact")}
)


def given_as(name, text):
    """Give a text to a field, in a list where the field takes one."""
    return [text] if FIELDS[name].type.is_list else text


def refused(parse, name, raw):
    with pytest.raises(InvalidAnswer) as refusal:
        parse(name, raw)
    return STANDARD.rule_roles[refusal.value.role].id


@pytest.mark.parametrize(("name", "answer"), [pytest.param(*pair, id=kind) for kind, pair in ONE_OF_EACH.items()])
def test_an_answer_in_its_stored_form_is_an_answer(parse, name, answer):
    assert parse(name, answer) == answer
    assert parse(name, json.dumps(answer) if isinstance(answer, tuple) else f"  {answer}\n") == answer


@pytest.mark.parametrize("name", EACH_TYPE)
@pytest.mark.parametrize("raw", [None, "", "  ", "\r\n"], ids=["null", "empty", "blank", "line end"])
def test_nothing_is_no_answer(parse, name, raw):
    assert parse(name, raw) is None


@pytest.mark.parametrize("name", of_each(LISTS))
@pytest.mark.parametrize("raw", [[], "[]", [""], [None], '["", null]', ()], ids=repr)
def test_a_list_of_nothing_is_no_answer(parse, name, raw):
    assert parse(name, raw) is None


@pytest.mark.parametrize(
    ("name", "raw", "answer"),
    [
        pytest.param("ownership_owner", "Mobility \n\t Department", "Mobility Department", id="text is one line"),
        pytest.param("fitness_purpose", "a\r\nb\rc", "a\nb\nc", id="long text keeps plain line ends"),
        pytest.param("fitness_purpose", "5 < 6 and <5 is few", "5 < 6 and <5 is few", id="less than is no HTML"),
        pytest.param("ownership_suppliers", "A\nB\r\n\nC", ("A", "B", "C"), id="one entry a line"),
        pytest.param("ownership_suppliers", ["A", "A", " A "], ("A",), id="no entry twice"),
        pytest.param("privacy_legal_basis", ["A6-1-e", "A6-1-c"], ("A6-1-c", "A6-1-e"), id="codes have no order"),
        pytest.param("ownership_suppliers", ["B", "A"], ("B", "A"), id="texts keep their order"),
        pytest.param("privacy_legal_basis", "A6-1-e", ("A6-1-e",), id="one code where a list belongs"),
        pytest.param("privacy_legal_basis", "unknown", ("unknown",), id="unknown alone"),
        pytest.param("sovereignty_storage_countries", "nl\nde", ("DE", "NL"), id="countries in small letters"),
        pytest.param("sovereignty_jurisdictions", ["eu", "GB"], ("EU", "GB"), id="the EU is a jurisdiction"),
        pytest.param("retention_period", "p5y", "P5Y", id="duration in small letters"),
        pytest.param("ownership_contact", "mailto:a@city.example", "a@city.example", id="mailbox as mailto"),
        pytest.param("ownership_contact", "TEL: +31 20 624 1111", "+31 20 624 1111", id="phone as tel"),
        pytest.param("ownership_owner_uri", "URN:ISBN:0395363411", "URN:ISBN:0395363411", id="URN in capitals"),
        pytest.param("ownership_mandate", "Ordinance:\n12", "Ordinance: 12", id="text or link is one line"),
        pytest.param("ownership_mandate", "Data: the law", "Data: the law", id="a word and a colon are no link"),
        pytest.param(
            "sovereignty_local_contexts_project",
            "1F0A2B546C3D4E8F9A7B2D5C8E4F6A10",
            "1f0a2b54-6c3d-4e8f-9a7b-2d5c8e4f6a10",
            id="UUID without hyphens",
        ),
    ],
)
def test_an_answer_is_brought_into_its_stored_form(parse, name, raw, answer):
    assert parse(name, raw) == answer


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        pytest.param("privacy_class", "secret", id="code"),
        pytest.param("privacy_class", "Personal", id="code in capitals"),
        pytest.param("privacy_class", '["personal"]', id="JSON list for one code"),
        pytest.param("privacy_legal_basis", ["A6-1-a", "A6-1-z"], id="code in a list"),
        pytest.param("privacy_legal_basis", '["A6-1-a"', id="JSON that is not"),
        pytest.param("privacy_legal_basis", "A6-1-a, A6-1-b", id="codes with commas"),
        pytest.param("sovereignty_indigenous_notice", "unknown", id="unknown where it is no code"),
    ],
)
def test_osc_002_refuses_an_unknown_code(parse, name, raw):
    assert refused(parse, name, raw) == "OSC-002"


@pytest.mark.parametrize("name", EACH_TYPE)
@pytest.mark.parametrize("raw", [5, 0, 1.5, True, False, {}, {"a": "b"}, {"a": {"b": ["c"]}}], ids=repr)
def test_osc_003_refuses_a_number_or_an_object(parse, name, raw):
    assert refused(parse, name, raw) == "OSC-003"


@pytest.mark.parametrize("name", of_each(SINGLES))
@pytest.mark.parametrize("raw", [[], ["a"], [["a"]]], ids=repr)
def test_osc_003_refuses_a_list_where_one_text_belongs(parse, name, raw):
    assert refused(parse, name, raw) == "OSC-003"


@pytest.mark.parametrize("name", of_each(LISTS))
@pytest.mark.parametrize("raw", [[5], [["a"]], [{"a": 1}], "[5]", '[["a"]]', "[NaN]"], ids=repr)
def test_osc_003_refuses_a_list_of_anything_but_texts(parse, name, raw):
    assert refused(parse, name, raw) == "OSC-003"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        pytest.param("sovereignty_provider_country", "XX", id="no country"),
        pytest.param("sovereignty_provider_country", "UK", id="reserved code"),
        pytest.param("sovereignty_provider_country", "NLD", id="three letters"),
        pytest.param("sovereignty_provider_country", "Netherlands", id="a name"),
        pytest.param("sovereignty_provider_country", "EU", id="the EU is no country"),
        pytest.param("sovereignty_storage_countries", ["NL", "XX"], id="no country in a list"),
        pytest.param("sovereignty_storage_countries", "NL, DE", id="countries with commas"),
        pytest.param("sovereignty_jurisdictions", ["EEA"], id="no jurisdiction"),
        pytest.param("sovereignty_local_contexts_project", "1f0a2b54", id="short UUID"),
        pytest.param("sovereignty_local_contexts_project", "0x" + "1" * 30, id="UUID with 0x"),
        pytest.param("sovereignty_local_contexts_project", "1_1" + "1" * 29, id="UUID with underscore"),
    ],
)
def test_osc_003_refuses_what_is_not_of_the_kind(parse, name, raw):
    assert refused(parse, name, raw) == "OSC-003"


@pytest.mark.parametrize("name", EACH_TYPE)
def test_osc_004_refuses_100_kilobytes_of_text(parse, name):
    assert refused(parse, name, given_as(name, "a" * 100_000)) == "OSC-004"


@pytest.mark.parametrize("name", EACH_TYPE)
@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\x7f", "\x9b", "\ufffe", "\ud800"], ids=ascii)
def test_osc_004_refuses_control_characters_and_lone_surrogates(parse, name, char):
    assert refused(parse, name, given_as(name, f"a{char}b")) == "OSC-004"


@pytest.mark.parametrize("name", EACH_TYPE)
@pytest.mark.parametrize(
    "html", ["<b>x</b>", "<script>alert(1)</script>", "x<img src=x onerror=alert(1)>", "</p", "<!--", "<?php", "<a\n>"]
)
def test_osc_004_refuses_html(parse, name, html):
    assert refused(parse, name, given_as(name, html)) == "OSC-004"


@pytest.mark.parametrize("name", of_each(LISTS))
def test_osc_004_refuses_deep_json(parse, name):
    assert refused(parse, name, "[" * 100_000) == "OSC-004"


@pytest.mark.parametrize("name", of_each(LISTS))
def test_osc_003_refuses_json_that_is_deep_and_whole(parse, name):
    assert refused(parse, name, "[" * 100 + "]" * 100) == "OSC-003"


def test_osc_004_limits_a_text(parse):
    assert parse("fitness_purpose", "a" * MAX_TEXT) == "a" * MAX_TEXT
    assert refused(parse, "fitness_purpose", "a" * (MAX_TEXT + 1)) == "OSC-004"


def test_osc_004_limits_a_list(parse):
    entries = [f"Supplier {number}" for number in range(MAX_ENTRIES + 1)]
    assert len(parse("ownership_suppliers", entries[:-1])) == MAX_ENTRIES
    assert refused(parse, "ownership_suppliers", entries) == "OSC-004"


@pytest.mark.parametrize("name", EACH_LINK)
@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a.example/b",
        "https://",
        "https://user:secret@example.org/",
        "https://exam ple.org",
        "https://example.org/\"onclick='x'",
    ],
)
def test_osc_005_refuses_an_unsafe_link(parse, name, link):
    assert refused(parse, name, given_as(name, link)) == "OSC-005"


@pytest.mark.parametrize("name", of_each({kind: FIELD_OF[kind] for kind in ("uri", "url", "urls")}))
@pytest.mark.parametrize("link", ["example.org", "//example.org", "/path", "ftp://example.org", "mailto:a@b.example"])
def test_osc_005_refuses_what_is_not_a_web_address(parse, name, link):
    assert refused(parse, name, given_as(name, link)) == "OSC-005"


@pytest.mark.parametrize("raw", ["Jan Jansen", "jan@", "@city.example", "12", "call us", "city hall 5"])
def test_osc_005_refuses_what_is_not_a_contact(parse, raw):
    assert refused(parse, "ownership_contact", raw) == "OSC-005"


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-31",
        "31 February 2026",
        "2026-02-29",
        "2026-13-01",
        "2026-1-1",
        "31-12-2026",
        "20261231",
        "2026-W22-1",
        "2026-05-31T00:00:00",
        "0000-01-01",
        "٢٠٢٦-٠٥-٣١",
        "tomorrow",
    ],
)
def test_osc_032_refuses_a_date_that_does_not_exist(parse, raw):
    assert refused(parse, "governance_reviewed_on", raw) == "OSC-032"


@pytest.mark.parametrize(
    "raw", ["5 years", "5", "P", "PT", "P0D", "-P1Y", "P1.5Y", "P1Y x", "P1001Y", "P" + "9" * 30 + "Y"]
)
def test_osc_032_refuses_a_period_that_is_none(parse, raw):
    assert refused(parse, "retention_period", raw) == "OSC-032"


def test_osc_070_refuses_unknown_beside_other_codes(parse):
    assert refused(parse, "privacy_legal_basis", ["A6-1-a", "unknown"]) == "OSC-070"


def test_a_refusal_quotes_a_long_value_in_short(parse):
    with pytest.raises(InvalidAnswer) as refusal:
        parse("privacy_class", "x" * 500)
    assert f"“{'x' * 59}…”" in refusal.value.message.render()


def test_a_quoted_value_is_safe_to_write():
    assert shorten("a\ud800\x00b") == "a\ufffd\ufffdb"


@pytest.mark.parametrize(("answer", "entries"), [(None, ()), ("a", ("a",)), (("a", "b"), ("a", "b"))])
def test_an_answer_has_entries(answer, entries):
    assert as_list(answer) == entries


def parse_or_refuse(name, raw):
    try:
        return parse_answer(FIELDS[name], raw, STANDARD), None
    except InvalidAnswer as refusal:
        return None, refusal


@given(st.sampled_from(sorted(FIELDS)), json_values)
def test_any_json_is_parsed_or_refused_by_a_rule_in_words_that_can_be_written(name, raw):
    _, refusal = parse_or_refuse(name, raw)
    assert refusal is None or refusal.role in STANDARD.rule_roles
    assert refusal is None or refusal.message.render().encode()


@given(st.sampled_from(sorted(FIELDS)), json_values | st.text() | st.text("P0123456789YMWDTHS.,-+:", max_size=20))
def test_a_parsed_answer_parses_to_itself(name, raw):
    answer, _ = parse_or_refuse(name, raw)
    stored = json.dumps(answer) if isinstance(answer, tuple) else answer
    assert parse_or_refuse(name, answer) == parse_or_refuse(name, stored) == (answer, None)


BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NOTHING = BIDI + "\u00ad\u034f\u115f\u1160\u180e\u200b\u200d\u2060\u2800\u3164\ufe0f\ufeff\uffa0\U000e0020"
FILLERS = st.text(st.sampled_from(NOTHING + " "))
FREE_TEXTS = of_each({kind: FIELD_OF[kind] for kind in ("text", "long_text", "text_or_url", "texts", "texts_or_uris")})


@pytest.mark.parametrize("name", FREE_TEXTS)
@settings(max_examples=50)
@given(filler=st.text(st.sampled_from(NOTHING), min_size=1), blank=st.text(st.sampled_from(" \t\u3000"), max_size=2))
def test_osc_071_refuses_what_nobody_can_see(name, filler, blank):
    for raw in (filler, blank + filler, filler + blank):
        assert refused(parse_raw, name, given_as(name, raw)) == "OSC-071"


@pytest.mark.parametrize("name", FREE_TEXTS)
@settings(max_examples=50)
@given(before=FILLERS, word=st.text(min_size=1, max_size=9), after=FILLERS)
def test_a_text_is_kept_in_nfc_without_what_nobody_can_see_at_its_ends(name, before, word, after):
    try:
        (text,) = as_list(parse_raw(name, given_as(name, f"{before}A\u0308{word}{after}")))
    except InvalidAnswer as refusal:
        assert refusal.role is not RuleRole.INVISIBLE  # noqa: PT017  (other rules may refuse the word)
        return
    assert unicodedata.is_normalized("NFC", text)
    assert set(BIDI).isdisjoint(text)
    assert is_visible(text[0])
    assert text.strip() == text


def parse_raw(name, raw):
    return parse_answer(FIELDS[name], raw, STANDARD)


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        ("A\u0308", "Ä"),
        ("\u202emobility\u202c", "mobility"),
        ("\ufeffParks\u200b\u00ad", "Parks"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("I \u2764\ufe0f", "I \u2764\ufe0f"),
        ("co\u00adop", "co\u00adop"),
    ],
    ids=ascii,
)
def test_letters_and_what_joins_them_are_kept(parse, raw, answer):
    assert parse("ownership_owner", raw) == answer
