"""Sentences of the transparency page: each question once, nothing empty, duplicated or contradictory."""

import re
from collections import Counter
from dataclasses import replace
from itertools import chain, combinations, product

import pytest
from ckanext.opensmartcity.standard import (
    SourceError,
    assess,
    load_standard,
    render_sentences,
    shipped_folder,
    shipped_languages,
)
from ckanext.opensmartcity.standard.countries import _ARTICLES, EUROPEAN_UNION, country_codes
from ckanext.opensmartcity.standard.i18n import language
from ckanext.opensmartcity.standard.sentences import MAX_LISTED, MAX_QUOTE, MAX_VALUE, cut
from hypothesis import given, settings
from hypothesis import strategies as st
from support.sample_records import SAMPLES, SETTINGS, codes_by_field, full_record, sentences_of, too_long

KINDS = pytest.mark.parametrize("kind", ["dataset", "algorithm"])
# Lists that are rendered as lists, by their labels, and not code by code.
LISTED = {"privacy_personal_data", "privacy_data_subjects"}
# Pairs of sentences that contradict each other, by the prefixes of their ids.
OPPOSED = {
    "people.non_personal": ("facts", "subjects"),
    "use.none_known": ("systems-in-use", "systems-planned", "systems-retired", "role.", "elsewhere"),
    "use.retired": ("systems-in-use", "systems-planned", "role."),
    "use.planned": ("systems-in-use", "systems-retired", "role."),
    "keeping.indefinite": ("afterwards.", "ends", "ended", "period", "until", "event"),
    "keeping.not_retained": ("afterwards.", "ends", "ended", "period", "until", "event"),
    "keeping.undetermined": ("ends", "ended", "period", "until", "event"),
    "storage.own_premises": ("kept-by", "provider"),
    "assessment.not_done": ("assessment-link",),
    "assessment.planned": ("assessment-link",),
    "assessment.not_required": ("assessment-link",),
    "fairness.not_done": ("fairness-link",),
    "fairness.planned": ("fairness-link",),
    "status.planned": ("started", "started-once", "stopped"),
    "status.development": ("started", "started-once", "stopped"),
    "status.operational": ("started-once", "stopped"),
    "status.retired": ("started",),
}


def opposed(ids):
    """Return pairs of sentences that contradict each other."""
    exact = {f"{id}-missing" for ends in OPPOSED.values() for id in ends}
    return [
        (one, other)
        for one, ends in OPPOSED.items()
        if one in ids
        for other in ids - exact
        for end in ends
        if other == end or (end.endswith(".") and other.startswith(end))
    ]


def check(standard, record, code="en"):
    check_sentences(*sentences_of(standard, record, code))


def check_sentences(sentences, assessment):
    by_fields = {(sentence.fields, (sentence.id or "").partition(".")[0]) for sentence in sentences}
    rendered = Counter(name for fields, _ in by_fields for name in fields)
    expected = {name for name, state in assessment.states.items() if state.state != "not_required"}
    assert rendered == Counter(expected), "each question that is to be shown is rendered once, no other"
    states = assessment.states
    assert all(sentence.state == states[name].state for sentence in sentences for name in sentence.fields)
    texts = [sentence.text for sentence in sentences]
    assert all(text.strip() and not re.search(r"[{}\ue000-\uf8ff]|\s\s|\s[.,]|\.\.", text) for text in texts), texts
    doubled = [text for text, number in Counter((each.text, each.quote) for each in sentences).items() if number > 1]
    assert doubled == []
    assert opposed({sentence.id for sentence in sentences if sentence.id}) == []


def pairs(standard, kind):
    """Return every pair of codes of two questions of a group, as answers to them, and the group."""
    codes = codes_by_field(standard, kind)
    for group in standard.records[kind].groups:
        names = [field.name for field in group.fields if field.name in codes]
        for one, other in combinations(names, 2):
            for left, right in product(codes[one], codes[other]):
                yield {one: left, other: right}, group


@KINDS
def test_every_pair_of_codes_of_a_group_is_told_well(standard, kind):
    record = full_record(standard, kind)
    for pair, _ in pairs(standard, kind):
        check(standard, record | pair)


@KINDS
def test_every_pair_of_codes_of_a_group_is_told_well_in_every_language(standard, kind):
    record = full_record(standard, kind)
    for pair, group in pairs(standard, kind):
        assessment = assess(standard, record | pair, SETTINGS)
        # The sentences of the other groups do not depend on these answers.
        kept = replace(assessment, groups=tuple(each for each in assessment.groups if each.group.id == group.id))
        for code in shipped_languages():
            check_sentences([*chain(*render_sentences(standard, kept, language(code)).values())], kept)


@KINDS
@pytest.mark.parametrize("code", shipped_languages())
def test_every_code_is_told_well_in_every_language(standard, kind, code):
    bare = {"type": kind}
    for name, codes in codes_by_field(standard, kind).items():
        for each in codes:
            check(standard, full_record(standard, kind) | {name: each}, code)
            check(standard, bare | {name: each}, code)
    check(standard, bare, code)


# Verbs in the present tense that begin a sentence about what a system does, by language.
PRESENT = {
    "en": r"\bIt (shows|proposes|decides|follows|works|makes|joins|affects)\b|(?<!no longer )uses this system\b",
    "de": r"\bEs (zeigt|schlägt|entscheidet|befolgt|arbeitet|erzeugt|verbindet|betrifft)\b|setzt das System ein",
    "es": r"^(Muestra|Propone|Decide|Sigue|Funciona|Crea|Une|Afecta)\b|^Esta organización usa\b",
    "fr": r"^Le système (montre|propose|décide|suit|utilise|crée|réunit|touche)\b|qui utilise ce système",
    "nl": r"\bHet (laat|stelt|besluit|volgt|werkt|maakt|combineert|heeft)\b|gebruikt dit systeem(?! niet meer)",
}
AUTOMATION = [
    {
        "algorithm_decision": decision,
        "algorithm_technique": technique,
        "algorithm_risk": risk,
        "algorithm_bias_check": check,
    }
    for decision, technique, risk, check in (
        ("informs", "rule_based", "minimal", "done"),
        ("recommends", "statistical", "high", "planned"),
        ("decides", "generative", "prohibited", "not_done"),
        ("decides", "mixed", "transparency_required", "done"),
        ("recommends", "machine_learning", "not_assessed", "done"),
    )
]
TENSES = [
    ("planned", "planned"),
    ("development", "planned"),
    ("retired", "stopped"),
    ("pilot", ""),
    ("operational", ""),
]


@pytest.mark.parametrize("code", shipped_languages())
@pytest.mark.parametrize(("status", "tense"), TENSES, ids=[status for status, _ in TENSES])
def test_a_system_is_described_in_the_tense_of_its_status(standard, status, tense, code):
    days = {"algorithm_started_on": "2024-01-01", "algorithm_ended_on": "2025-01-01"}
    for answers in AUTOMATION:
        record = full_record(standard, "algorithm") | days | answers | {"algorithm_status": status}
        sentences, _ = sentences_of(standard, record, code)
        present = [each.text for each in sentences if re.search(PRESENT[code], each.text)]
        assert bool(present) is (not tense), present


@pytest.mark.parametrize("tense", ["planned", "stopped"])
def test_a_sentence_with_a_tense_of_its_own_is_not_said_in_the_present(standard, tense):
    statuses = [status for status, each in TENSES if each == tense]
    with_tense = {
        each.id.removesuffix(f"-{tense}") for each in standard.presentation.sentences if each.id.endswith(f"-{tense}")
    }
    assert len(with_tense) > 15
    fields = standard.records["algorithm"].fields
    for status in statuses:
        unknown = {"governance_declared": {name: {"state": "unknown"} for name in fields if name != "algorithm_status"}}
        for record in (full_record(standard, "algorithm"), {"type": "algorithm"}, {"type": "algorithm"} | unknown):
            sentences, _ = sentences_of(standard, record | {"algorithm_status": status}, "en")
            assert with_tense.isdisjoint((sentence.id or "").partition(".")[0] for sentence in sentences)


KEPT = {
    "en": r"It is kept|are destroyed|is removed|takes over|somebody decides|ends on",
    "de": r"Daten werden|vernichtet\.|entfernt\.|übernimmt|entscheidet|endet am",
    "es": r"Se conservan|se destruyen|se quita|se hace cargo|alguien decide|termina el",
    "fr": r"sont conservées|sont détruites|est supprimé|reprend les|quelqu’un décide|se termine le",
    "nl": r"worden .*bewaard\.|worden de gegevens|wordt alles|neemt .* over|besluit iemand|eindigt op",
}
PROMISES = {
    "period": {"retention_type": "fixed_period", "retention_period": "P1Y", "retention_starts_on": "{}"},
    "day": {"retention_type": "until_date", "retention_until": "{}"},
}


@pytest.mark.parametrize("code", shipped_languages())
@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("disposition", ["delete", "anonymise", "archive", "review"])
def test_a_promise_that_is_over_is_told_in_the_past(standard, disposition, promise, code):
    texts = {}
    for over, day in ((True, "2024-05-31"), (False, "2026-05-30" if promise == "period" else "2027-05-30")):
        answers = {name: value.format(day) for name, value in PROMISES[promise].items()}
        sentences, assessment = sentences_of(standard, answers | {"retention_disposition": disposition}, code)
        assert assessment.dates.disposal_overdue is over
        group = [each.text for each in sentences if any(name.startswith("retention_") for name in each.fields)]
        texts[over] = [text for text in group if re.search(KEPT[code], text)]
    assert texts[True] == []
    assert texts[False] != []


@pytest.mark.parametrize("code", shipped_languages())
@pytest.mark.parametrize("use", ["in_use", "planned", "retired"])
def test_systems_are_counted(standard, use, code):
    def said(names):
        sentences, _ = sentences_of(standard, {"algorithm_use": use, "algorithm_systems": names}, code)
        return [each for each in sentences if "algorithm_systems" in each.fields]

    (one,), (three,) = said(["a"]), said(["a", "b", "c"])
    assert {"algorithm_use", "algorithm_systems"} == set(one.fields)
    assert "3" in three.text
    assert "1" in one.text
    assert one.text.replace("1", "3").replace("a", "") != three.text.replace("a", "")


@pytest.mark.parametrize("name", ["retention_starts_on", "governance_reviewed_on"])
def test_a_day_to_come_is_not_told_as_past(standard, name):
    record = {"retention_type": "fixed_period", "retention_period": "P1Y", name: "2026-06-02"}
    sentences, _ = sentences_of(standard, record, "en")
    (text,) = [each.text for each in sentences if name in each.fields]
    assert not re.search(r"\bbegan\b|\bchecked\b", text)


@KINDS
@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_whatever_is_answered_left_out_or_declared_is_told_once(standard, kind, data):
    record, codes, declared = {"type": kind}, codes_by_field(standard, kind), {}
    for field in standard.records[kind].fields.values():
        how = data.draw(st.sampled_from(["stated", "silent", "unknown", "not_applicable"]))
        if how == "stated" and field.name in codes:
            several = st.lists(st.sampled_from(codes[field.name]), min_size=1, max_size=4, unique=True)
            record[field.name] = data.draw(several if field.type.is_list else st.sampled_from(codes[field.name]))
        elif how == "stated":
            record[field.name] = SAMPLES[field.type]
        elif how != "silent":
            declared[field.name] = {"state": how, "reason": f"Because of {field.name}."}
    check(standard, record | {"governance_declared": declared})


@KINDS
def test_shipped_questions_have_sentences_of_their_own(standard, kind):
    templates = standard.presentation.sentences
    for field in standard.records[kind].fields.values():
        about = [each for each in templates if field.name in each.fields]
        stated, missing = ([each for each in about if each.state == state] for state in ("stated", "missing"))
        assert stated, f"write a sentence with `fields: [{field.name}]` in schemas/sentences.yaml"
        assert missing or field.obligation is None, f"write one with `state: missing` for {field.name}"
        if field.type.is_coded and field.name not in LISTED:
            with_sentence = {code for each in about for code in each.codes}
            without = standard.vocabulary_of(field).codes.keys() - with_sentence - {"unknown"}
            assert not without, f"write a sentence for {sorted(without)} at {field.name} in schemas/sentences.yaml"


@pytest.mark.parametrize("code", shipped_languages())
def test_no_sentence_is_longer_than_twenty_words(standard, code):
    translate = language(code).translate
    templates = [text for each in standard.presentation.sentences for text in (each.text, *each.codes.values()) if text]
    plurals = [
        language(code).translate_plural(each.text, each.plural, 2)
        for each in standard.presentation.sentences
        if each.plural
    ]
    assert too_long(plurals) == []
    assert len(templates) > 150
    assert too_long(map(translate, templates)) == []


@pytest.mark.parametrize(
    "text", ["{privacy_class}", "\ue000\ue001", "{ Parks", "%s %(x)s", "x" * 5000, "line\n" * 1500]
)
def test_what_a_steward_writes_is_never_read_as_a_template(standard, text):
    sentences, _ = sentences_of(standard, {"ownership_owner": text, "fitness_purpose": text})
    owner = next(each for each in sentences if each.id == "owner")
    assert owner.parts[0].text == cut(" ".join(text.split()), MAX_VALUE)
    assert owner.parts[1].text == " is responsible for this data and answers for mistakes."
    assert len(next(each for each in sentences if each.id == "made-for").quote) <= MAX_QUOTE


def test_a_long_list_is_cut_and_says_how_much_is_left_out(standard):
    sentences, _ = sentences_of(standard, {"ownership_suppliers": [f"Firm {number}" for number in range(60)]})
    text = next(each for each in sentences if each.id == "suppliers").text
    assert text.count("Firm") == MAX_LISTED
    assert text.endswith(f" and {60 - MAX_LISTED} more.")


def test_the_reason_of_a_declaration_is_said_below_it(standard):
    declared = {"sovereignty_exit": {"state": "not_applicable", "reason": "We keep it ourselves."}}
    sentences, _ = sentences_of(standard, {"governance_declared": declared})
    found = next(each for each in sentences if "sovereignty_exit" in each.fields)
    assert (found.state, found.quote) == ("not_applicable", "We keep it ourselves.")


def test_countries_have_their_article_within_a_sentence(standard):
    sentences, _ = sentences_of(standard, {"sovereignty_storage_countries": ["NL", "DE", "US"]})
    kept = next(each for each in sentences if each.id == "kept")
    assert kept.text == "This data is kept in Germany, the Netherlands and the United States."
    known = country_codes() | {EUROPEAN_UNION}
    assert {code for words in _ARTICLES.values() for codes in words.values() for code in codes.split()} <= known


ADDED = """\
dataset_fields:
  - {field_name: ownership_council, preset: opensmartcity_text, group: ownership, label: Council committee,
     question: "Which committee watches over it?", help_text: Name it., reason: People can write to it.,
     obligation: always}
"""


def city(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_standard(shipped_folder(), tmp_path)


def about(standard, record, field="ownership_council"):
    return [sentence for sentence in sentences_of(standard, record)[0] if field in sentence.fields]


def test_a_citys_own_question_gets_a_fair_sentence_by_itself(tmp_path):
    own = city(tmp_path, dataset=ADDED)
    (stated,) = about(own, {"ownership_council": "Finance"})
    assert (stated.text, stated.id) == ("Council committee: Finance", None)
    (missing,) = about(own, {})
    assert missing.text == "The city has not answered yet: “Which committee watches over it?”"


def test_a_city_writes_a_sentence_of_its_own(tmp_path):
    words = """\
sentences:
  - {id: council, after: owner, fields: [ownership_council], sentence: "The council committee is {ownership_council}."}
  - {id: owner, sentence: "{ownership_owner} decides."}
"""
    own = city(tmp_path, dataset=ADDED, sentences=words)
    texts = [each.text for each in sentences_of(own, {"ownership_council": "Finance", "ownership_owner": "Parks"})[0]]
    assert texts[:2] == ["Parks decides.", "The council committee is Finance."]


def test_sentences_about_a_dropped_question_go_with_it(tmp_path):
    own = city(tmp_path, dataset="drop: [fitness_alternatives, ownership_suppliers]\n")
    assert not [each for each in own.presentation.sentences if "fitness_alternatives" in each.fields]
    assert "handled" in {step.id for step in own.presentation.path}
    check(own, {})


MISTAKES = {
    "{id: x, fields: [privacy_clas], sentence: Hm.}": "unknown field 'privacy_clas': did you mean 'privacy_class'?",
    "{id: x, fields: [privacy_class, ownership_owner], sentence: Hm.}": "must be of one group",
    "{id: x, fields: [privacy_class], sentence: Hm., sentense: Hm.}": "unknown key 'sentense'",
    "{id: x, fields: [privacy_class]}": "give either a 'sentence' or 'codes'",
    "{id: x, fields: [privacy_class], state: mising, sentence: Hm.}": "'state' must be one of",
    "{id: x, fields: [privacy_class], sentence: 'It is {ownership_owner}.'}": "may name its own fields only",
    "{id: x, fields: [privacy_class], state: missing, sentence: '{privacy_class}'}": "only where they are stated",
    "{id: x, fields: [privacy_class], sentence: 'It is {privacy_class!r}.'}": "must be the name of a field",
    "{id: x, fields: [privacy_class], sentence: 'It is {.'}": "the sentence cannot be read",
    "{id: x, fields: [privacy_class], quote: privacy_class, sentence: 'It:'}": "must be a text",
    "{id: x, fields: [privacy_class], when: {privacy_class: persnal}, sentence: Hm.}": "has no code 'persnal'",
    "{id: x, fields: [privacy_class], codes: [{code: persnal, sentence: Hm.}]}": "has no code 'persnal'",
    "{id: x, fields: [ownership_owner], codes: [{code: a, sentence: Hm.}]}": "for one field with a vocabulary",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_sentence_stops_with_file_line_and_reason(tmp_path, mistake):
    with pytest.raises(SourceError, match=r"^sentences\.yaml:2: ") as stopped:
        city(tmp_path, sentences=f"sentences:\n  - {mistake}\n")
    assert MISTAKES[mistake] in str(stopped.value)
