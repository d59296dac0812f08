"""Import of values from other registers: markup, contacts, dates, codes, links, chains and invalid input."""

import time

import pytest
from ckanext.opensmartcity.exchange.registers import RegisterError, export_record, import_record
from ckanext.opensmartcity.exchange.registers.conversions import strip_markup
from ckanext.opensmartcity.exchange.tags import parse_tags
from ckanext.opensmartcity.standard import Settings, assess, load_standard, shipped_folder


def imported(register="nl", **fields):
    return import_record(register, {"name": "Test", **fields})


def reasons(result):
    return {entry.theirs: entry.reason.render() for entry in result.unmapped}


def notes(result):
    return {value.theirs: value.note.render() for value in result.mapped if value.note}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        ("One<br>Two", "One\nTwo"),
        ("a < b and c > d", "a < b and c > d"),
        ("a <b and &lt;i&gt;", "a < b and < i>"),
        ("bell\x07 and\r\nbreak", "bell and\nbreak"),
        ("<p></p>", None),
    ],
)
def test_html_becomes_plain_text(raw, text):
    result = imported(goal=raw)
    assert result.record.get("algorithm_purpose") == text
    assert export_record("nl", result.record)["goal"] == raw


def test_a_text_that_is_too_long_is_truncated_with_a_note():
    result = imported(goal="word " * 4000)
    assert len(result.record["algorithm_purpose"]) <= 8000
    assert result.record["algorithm_purpose"].endswith("…")
    assert "8000" in notes(result)["goal"]
    assert export_record("nl", result.record)["goal"] == "word " * 4000


def test_a_section_that_does_not_fit_is_unmapped():
    result = imported(methods_and_models="x" * 7000, source_data="y" * 2000)
    assert result.record["algorithm_explanation"] == "x" * 7000
    assert "room" in reasons(result)["source_data"]
    changed = result.record | {"algorithm_explanation": "Shorter."}
    back = export_record("nl", changed)
    assert (back["methods_and_models"], back["source_data"]) == ("Shorter.", "y" * 2000)


@pytest.mark.parametrize(
    ("raw", "contact"),
    [
        ("info@city.example", "info@city.example"),
        ("mailto:info@city.example", "info@city.example"),
        ("Write to info@city.example.", "info@city.example"),
        ("See https://city.example/contact, or not", "https://city.example/contact"),
        ("<a href='mailto:x@y.example'>info@city.example</a>", "info@city.example"),
        ("+31 10 1234567", "+31 10 1234567"),
        ("one@city.example or two@city.example", None),
        ("the desk in the hall", None),
        ({"mail": "info@city.example"}, None),
    ],
)
def test_a_contact_is_found_or_reported(raw, contact):
    result = imported(contact_email=raw)
    assert result.record.get("algorithm_contact") == contact
    assert ("contact_email" in reasons(result)) is (contact is None)


def test_a_personal_address_is_imported_with_a_note(standard):
    result = imported(contact_email="jan.jansen@city.example")
    assert result.record["algorithm_contact"] == "jan.jansen@city.example"
    assert "person" in notes(result)["contact_email"]
    assert [one.rule for one in assess(standard, result.record, Settings()).concerns] == ["OSC-060"]


@pytest.mark.parametrize(
    ("field", "raw", "day"),
    [
        ("begin_date", "2024-02", "2024-02-01"),
        ("begin_date", "02-2024", "2024-02-01"),
        ("end_date", "2024-02", "2024-02-29"),
        ("begin_date", "2024-02-17", "2024-02-17"),
        ("begin_date", "2024-02-17T08:00:00Z", "2024-02-17"),
        ("begin_date", "2024-13", None),
        ("begin_date", "0000-01", None),
        ("begin_date", "2024", None),
        ("begin_date", "spring", None),
    ],
)
def test_a_month_becomes_a_day(field, raw, day):
    result = imported(**{field: raw})
    ours = "algorithm_started_on" if field == "begin_date" else "algorithm_ended_on"
    assert result.record.get(ours) == day
    assert (field in reasons(result)) is (day is None)


def test_a_changed_day_is_exported_as_its_month():
    result = imported(begin_date="2024-02")
    assert export_record("nl", result.record | {"algorithm_started_on": "2024-03-09"})["begin_date"] == "2024-03"


@pytest.mark.parametrize(
    ("register", "field", "ours", "pairs"),
    [
        ("nl", "status", "algorithm_status", {" in GEBRUIK": "operational", "Buiten gebruik": "retired", "weg": None}),
        (
            "nl",
            "publication_category",
            "algorithm_risk",
            {"Hoog-risico AI-systeem": "high", "Overige algoritmes": None},
        ),
        ("atrs", "phase", "algorithm_status", {"Production": "operational", "Beta/Pilot": "pilot"}),
        ("atrs", "model_type", "algorithm_technique", {"Expert system": "rule_based", "magic": None}),
        ("eurocities", "risk_category", "algorithm_risk", {"limited risk": "transparency_required"}),
        ("eurocities", "type", "algorithm_decision", {"predictive": "informs", "prescriptive": "unknown"}),
    ],
)
def test_codes_are_mapped_by_their_table(register, field, ours, pairs):
    for theirs, code in pairs.items():
        assert imported(register, **{field: theirs}).record.get(ours) == code


def test_a_changed_code_is_exported_as_their_word():
    result = imported(status="In ontwikkeling")
    for ours, theirs in {"pilot": "In gebruik", "retired": "Buiten gebruik", "development": "In ontwikkeling"}.items():
        assert export_record("nl", result.record | {"algorithm_status": ours})["status"] == theirs


def test_phrases_for_unknown_are_declarations():
    declared = imported(goal="Onbekend", risks="<p>x</p>", organization="n.v.t.").record["governance_declared"]
    assert declared == {
        "algorithm_purpose": {"state": "unknown"},
        "algorithm_owner": {"state": "not_applicable", "reason": "n.v.t."},
    }


def test_an_answer_takes_precedence_over_a_declaration():
    result = imported("eurocities", contact_email="n/a", contact_phone="+31 10 1234567")
    assert result.record["algorithm_contact"] == "+31 10 1234567"
    assert "governance_declared" not in result.record
    assert "contact_email" in reasons(result)


def test_missing_safeguards_of_an_algorithm_that_decides_are_declared_unknown(standard):
    chain = {"title": "T", "elements": [{"element_id": "agentic_mode", "context_type_id": "autonomous"}]}
    record = import_record("dtpr", chain).record
    assert record["algorithm_decision"] == "decides"
    assert set(record["governance_declared"]) == {
        "algorithm_justification",
        "algorithm_oversight",
        "algorithm_objection",
    }
    assert assess(standard, record, Settings()).errors == ()


def test_texts_under_headings_return_to_their_fields():
    result = imported(methods_and_models="<p>Rules.</p>", source_data="Lists.")
    assert result.record["algorithm_explanation"] == "Rules.\n\nGegevens: Lists."
    changed = result.record | {"algorithm_explanation": "Rules.\n\nGegevens: Other lists."}
    back = export_record("nl", changed)
    assert (back["methods_and_models"], back["source_data"]) == ("<p>Rules.</p>", "Other lists.")


def test_links_in_a_text_are_exported_as_links():
    links = [{"title": "RDW", "link": "https://rdw.example"}, {"title": "NPR", "link": None}]
    result = imported(source_data_grouping=links)
    assert result.record["algorithm_explanation"] == "Gegevensbronnen: RDW (https://rdw.example)\nNPR"
    changed = result.record["algorithm_explanation"] + "\nKNMI (https://knmi.example)"
    back = export_record("nl", result.record | {"algorithm_explanation": changed})
    assert back["source_data_grouping"] == [*links, {"title": "KNMI", "link": "https://knmi.example"}]


def test_studies_keep_their_titles_when_one_is_added():
    studies = [{"title": "DPIA", "link": "https://city.example/dpia"}, {"title": "IAMA", "link": ""}]
    result = imported(impacttoetsen_grouping=studies)
    assert result.record["algorithm_assessments"] == ["https://city.example/dpia"]
    ours = result.record | {"algorithm_assessments": ["https://city.example/dpia", "https://city.example/new"]}
    new = {"title": "https://city.example/new", "link": "https://city.example/new"}
    assert export_record("nl", ours)["impacttoetsen_grouping"] == [*studies, new]


def test_a_contact_inside_a_text_is_replaced_there():
    result = imported("eurocities", objection_procedure="Write to a@city.example in time.")
    assert result.record["algorithm_objection"] == "a@city.example"
    back = export_record("eurocities", result.record | {"algorithm_objection": "b@city.example"})
    assert back["objection_procedure"] == "Write to b@city.example in time."


def test_the_second_text_for_one_question_is_unmapped():
    result = imported("atrs", tool_name="Test", title="Body: Test")
    assert "title" in reasons(result)
    assert "tool_name" not in reasons(result)


def test_an_unknown_field_is_unmapped_and_exported_again():
    result = imported(colour={"deep": [1, None, "x"]})
    assert "colour" in reasons(result)
    assert export_record("nl", result.record)["colour"] == {"deep": [1, None, "x"]}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Café Zoetermeer: check!", "cafe-zoetermeer-check"),
        ("x" * 300, "x" * 100),
        ("市役所", None),
        ("-", None),
    ],
)
def test_the_name_can_be_an_address(title, name):
    found = import_record("eurocities", {"name": title}).record["name"]
    assert found == name if name else found.startswith("algorithm-")


def test_a_record_without_a_name_still_has_a_title():
    record = import_record("nl", {"goal": "To help."}).record
    assert record["title"] == record["name"]
    assert export_record("nl", record) == {"goal": "To help."}


def test_a_chain_in_several_languages_keeps_them_all():
    chain = {"title": [{"locale": "fr", "value": "Feu"}, {"locale": "en", "value": "Light"}], "elements": []}
    result = import_record("dtpr", chain)
    assert result.record["title"] == "Light"
    assert "title@fr" in reasons(result)
    back = export_record("dtpr", result.record | {"title": "Lamp"})
    assert back["title"] == [{"locale": "fr", "value": "Feu"}, {"locale": "en", "value": "Lamp"}]


def test_repeated_and_unknown_elements_are_unmapped():
    element = {"element_id": "inform", "variables": [{"id": "additional_description", "value": "x"}]}
    chain = {"title": "T", "elements": [element, element, {"element_id": "new_one"}, 7]}
    result = import_record("dtpr", chain)
    assert set(reasons(result)) == {"purpose.inform#2.additional_description", "elements[2]", "elements[3]"}
    assert export_record("dtpr", result.record) == chain


def test_many_equal_elements_take_linear_time():
    chain = {"title": "T", "elements": [{"element_id": "inform"}] * 20_000}
    assert len(import_record("dtpr", chain).unmapped) == 20_000


@pytest.mark.parametrize("record", [None, [], "x", {1: "x"}, {"x": float("nan")}, {"x": {1, 2}}, {"x": (1,)}])
def test_invalid_records_are_rejected(record):
    with pytest.raises(RegisterError):
        import_record("nl", record)


def test_a_recursive_record_is_rejected():
    record = {}
    record["x"] = record
    with pytest.raises(RegisterError):
        import_record("nl", record)


@pytest.mark.parametrize(
    "value", ["", "{", "[]", '{"register": "atrs", "record": {}}', '{"register": "nl", "record": 1}']
)
def test_an_invalid_extra_or_one_of_another_register_is_ignored(value):
    record = {"title": "T", "extras": [{"key": "register_source", "value": value}, None]}
    assert export_record("nl", record) == {"lang": "NLD", "standard_version": "1.0", "name": "T"}


def test_a_city_that_dropped_a_question_gets_no_answer_to_it(tmp_path):
    (tmp_path / "algorithm.yaml").write_text("drop: [algorithm_supplier]\n")
    city = load_standard(shipped_folder(), tmp_path)
    result = import_record("nl", {"name": "T", "provider": "Soft BV"}, standard=city)
    assert "algorithm_supplier" not in result.record
    assert "provider" in reasons(result)
    assert export_record("nl", result.record, standard=city) == {"name": "T", "provider": "Soft BV"}


@pytest.mark.parametrize("elements", ["x", 7, {"element_id": "inform"}])
def test_elements_that_are_not_a_list_are_never_overwritten(elements):
    result = import_record("dtpr", {"title": "T", "elements": elements})
    back = export_record(
        "dtpr", result.record | {"title": "U", "algorithm_purpose": "To help.", "algorithm_decision": "decides"}
    )
    assert back == {"title": "U", "elements": elements}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("See <https://city.example/a> or <desk@city.example>.", "See https://city.example/a or desk@city.example."),
        ("If a<b and c>d, below <5%.", "If a< b and c>d, below <5%."),
        ('<p>Read <a href="https://city.example/r">the rules</a></p>', "Read the rules (https://city.example/r)"),
        ("<a href=https://city.example/r>https://city.example/r</a>", "https://city.example/r"),
        ('<a href="#top">Top</a> of <a name="x">it</a>', "Top of it"),
        ('<a href="https://city.example/r">never closed', "https://city.example/r never closed"),
        ('A <img src="m.png" alt="map of the city"/> here', "A map of the city here"),
        ("keep <this> & <that>", "keep < this> & < that>"),
    ],
)
def test_only_markup_leaves_a_text(text, plain):
    assert strip_markup(text) == plain
    assert strip_markup(plain) == plain


def test_markup_without_end_takes_linear_time():
    start = time.monotonic()
    for text in ("<a href=x>", "<!--", "<a@", "<b a=b ", "<img alt ", '<b a="'):
        strip_markup(text * 20_000)
    assert time.monotonic() - start < 10


def test_words_become_tags_and_each_change_is_told():
    tags, messages = parse_tags(["a/b", "R&D desk", "x", "", " fine tag ", "a b", "y" * 101])
    assert tags == ("a b", "R D desk", "fine tag", "y" * 100)
    assert [message.values["value"] for message in messages] == ["a/b", "R&D desk", "x", "y" * 59 + "…"]
