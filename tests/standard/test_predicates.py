"""Predicates: every one evaluates, words itself and writes its JSON Schema alike; the registry and its reference."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from random import Random

import jsonschema
import pytest
from ckanext.opensmartcity.standard import Settings, language, read_record, shipped_languages
from ckanext.opensmartcity.standard import predicates as registry
from ckanext.opensmartcity.standard.condition_text import condition_in_words, mark_in_words
from ckanext.opensmartcity.standard.countries import country_codes, home_area
from ckanext.opensmartcity.standard.expressions import InexpressibleError, Not
from ckanext.opensmartcity.standard.json_schema import RecordSchemas, json_schema
from ckanext.opensmartcity.standard.predicates import FACTS, FIELD_PREDICATES, Fact, FieldPredicate, from_mark, register
from hypothesis import given, settings
from hypothesis import strategies as st
from standard.inputs import STANDARD
from support.conditions import VALUES, compiled, random_condition, random_leaf, random_record, shipped_conditions

SETTINGS = Settings(review_months=24, today=date(2026, 6, 1))
HOMES = (None, "NL", "US", "EU")
KINDS = tuple(STANDARD.records)
NAMES = [*FIELD_PREDICATES, *FACTS]
SHIPPED = {kind: list(shipped_conditions(STANDARD, kind)) for kind in KINDS}


@cache
def definitions():
    return json_schema(STANDARD, "dataset")["$defs"]


def validator(expression, kind, home):
    """Return the validator of an expression, None if JSON Schema cannot express it."""
    try:
        schema = expression.json_schema(RecordSchemas(STANDARD.records[kind], home_area(home)))
    except InexpressibleError:
        return None
    return jsonschema.Draft202012Validator({"$defs": definitions(), "allOf": [schema]})


@cache
def shipped_validators(kind, home):
    return [(each, validator(each.expression, kind, home)) for each in SHIPPED[kind]]


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_evaluation_and_json_schema_agree_on_conditions_of_the_standard_and_others(seed):
    chance = Random(seed)
    kind, home = chance.choice(KINDS), chance.choice(HOMES)
    generated = [compiled(STANDARD, kind, random_condition(chance, STANDARD, kind)) for _ in range(8)]
    pairs = shipped_validators(kind, home) + [(each, validator(each.expression, kind, home)) for each in generated]
    record = random_record(chance, STANDARD, kind)
    reading = read_record(STANDARD, record, replace(SETTINGS, home=home))
    assert reading.invalid == ()
    disagreeing = [
        condition.source
        for condition, by_schema in pairs
        if by_schema and by_schema.is_valid(record) is not condition.holds(reading)
    ]
    assert disagreeing == [], record


def leaves():
    chance = Random(20260601)
    for _ in range(1500):
        kind = chance.choice(KINDS)
        source = random_leaf(chance, STANDARD, list(STANDARD.records[kind].fields.values()))
        yield kind, source, chance


def test_the_generated_conditions_have_records_on_both_sides_of_every_predicate():
    seen = set()
    for kind, source, chance in leaves():
        reading = read_record(STANDARD, random_record(chance, STANDARD, kind), replace(SETTINGS, home="NL"))
        (key, value), *_ = source.items()
        name = next(iter(value)) if isinstance(value, dict) else key if key in FACTS else "code"
        seen.add((name, compiled(STANDARD, kind, source).holds(reading)))
    assert {(name, side) for name in [*NAMES, "code"] for side in (True, False)} - seen == set()


@pytest.mark.parametrize("code", shipped_languages())
def test_a_predicate_and_its_negation_have_texts_of_their_own_in_every_language(code):
    reader = language(code)
    for kind, source, _ in leaves():
        expression = compiled(STANDARD, kind, source).expression
        positive = condition_in_words(STANDARD, expression, reader)
        assert positive != condition_in_words(STANDARD, Not(expression), reader)
        assert positive == condition_in_words(STANDARD, Not(Not(expression)), reader)
        assert "{" not in positive


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", [code for code in shipped_languages() if code != "en"])
def test_the_texts_of_a_predicate_are_translated(name, code):
    predicate = {**FIELD_PREDICATES, **FACTS}[name]
    texts = [text for text in (predicate.words, predicate.negated_words) if text]
    untranslated = [text for text in texts if language(code).translate(text) == text]
    assert not untranslated, f"translate {untranslated} in i18n/{code}, then run make i18n"


@pytest.mark.parametrize("name", FIELD_PREDICATES)
def test_conditions_are_generated_with_every_predicate(name):
    fields = STANDARD.records["dataset"].fields.values()
    accepted = next((each for each in fields if each.type in FIELD_PREDICATES[name].accepts), None)
    assert accepted, f"no question of the standard has answers that '{name}' accepts"
    for value in VALUES[name](fields) if name in VALUES else (True, False):
        assert compiled(STANDARD, "dataset", {accepted.name: {name: value}}).fields >= {accepted.name}


@pytest.mark.parametrize("name", NAMES)
def test_a_predicate_says_truly_what_it_can_be_written_as(name):
    """An indicator is refused by `solr_query`, the reference is written by `is_countable` and `has_json_schema`."""
    fields = list(STANDARD.records["dataset"].fields.values())
    if name in FACTS:
        predicate = FACTS[name]()
    else:
        accepted = [each for each in fields if each.type in FIELD_PREDICATES[name].accepts]
        value = VALUES[name](fields)[0] if name in VALUES else True
        predicate = compiled(STANDARD, "dataset", {accepted[0].name: {name: value}}).expression
    assert (validator(predicate, "dataset", "NL") is not None) is predicate.has_json_schema()
    assert str(predicate).endswith(name)


class Index:
    """Search index whose queries are the parts of SearchIndex."""

    home = frozenset({"NL"})

    def codes(self, field, codes):
        return f"{field}={'/'.join(codes)}"

    answered, declared, marked = "answered={}".format, "declared={}".format, "marked={}".format
    overdue = "overdue={}".format


@pytest.mark.parametrize(
    ("source", "query"),
    [
        ({"privacy_class": "personal"}, "privacy_class=personal"),
        ({"privacy_class": ["personal", "unknown"]}, "privacy_class=personal/unknown"),
        ({"not": {"privacy_class": "personal"}}, "(*:* NOT privacy_class=personal)"),
        ({"ownership_owner": {"answered": False}}, "(*:* NOT answered=ownership_owner)"),
        ({"ownership_owner": {"missing": True}}, "(*:* NOT answered=ownership_owner NOT declared=ownership_owner)"),
        ({"ownership_contact": {"personal": True}}, "marked=ownership_contact:personal"),
        ({"public_link": True, "open_format": True}, "(marked=public_link AND marked=open_format)"),
        ({"all": [{"public_link": True}, {"review_overdue": True}]}, "(marked=public_link AND overdue=review)"),
        ({"any": [{"public_link": True}, {"disposal_overdue": True}]}, "(marked=public_link OR overdue=disposal)"),
        ({"any": [{"licence_open": True}]}, "(marked=licence_open)"),
    ],
)
def test_a_condition_is_written_as_a_solr_query(source, query):
    assert compiled(STANDARD, "dataset", source).expression.solr_query(Index()) == query


def test_every_country_but_those_of_the_home_is_abroad_in_solr():
    query = compiled(STANDARD, "dataset", {"sovereignty_provider_country": {"outside_home": True}}).expression
    field, _, abroad = query.solr_query(Index()).partition("=")
    assert (field, set(abroad.split("/"))) == ("sovereignty_provider_country", (country_codes() | {"EU"}) - {"NL"})


def test_a_mark_leads_back_to_its_predicate_and_its_text():
    for name, fact in FACTS.items():
        assert from_mark(fact().mark) == fact()
        assert mark_in_words(STANDARD, name, language("en")) == fact.words
    assert from_mark("ownership_contact:personal") == FIELD_PREDICATES["personal"]("ownership_contact")
    for unknown in ("nothing", "ownership_contact:nothing"):
        with pytest.raises(KeyError):
            from_mark(unknown)


@pytest.fixture
def registered():
    """Register predicates for the time of a test."""
    before = dict(FACTS), dict(FIELD_PREDICATES)
    yield register
    for known, old in zip((FACTS, FIELD_PREDICATES), before, strict=True):
        known.clear()
        known.update(old)


def predicate(base=FieldPredicate, **attributes):
    body = {"name": "shouted", "example": "x", "meaning": "x", "words": "“{field}” shouts", "negated_words": "-"}
    if base is Fact:
        body["measure"] = staticmethod(lambda record, dates: True)
    else:
        body["holds"] = lambda self, situation: True
    return type("Shouted", (base,), {key: value for key, value in (body | attributes).items() if value is not None})


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        pytest.param({"name": None}, "the predicate Shouted lacks name", id="no name"),
        pytest.param({"example": ""}, "the predicate Shouted lacks example", id="no example"),
        pytest.param({"meaning": None}, "the predicate Shouted lacks meaning", id="no meaning"),
        pytest.param({"words": None}, "the predicate Shouted lacks words", id="no text"),
        pytest.param({"holds": None}, "the predicate Shouted lacks holds", id="no evaluation"),
        pytest.param({"base": Fact, "measure": None}, "the predicate Shouted lacks measure", id="no measurement"),
        pytest.param({"name": "Shouted"}, "'Shouted' cannot be the name of a predicate", id="capital"),
        pytest.param({"name": "a-b"}, "'a-b' cannot be the name of a predicate", id="hyphen"),
        pytest.param({"name": "not"}, "'not' cannot be the name of a predicate", id="word of the language"),
        pytest.param({"name": "answered"}, "there are two predicates with the name 'answered'", id="name taken"),
        pytest.param({"base": Fact, "name": "answered"}, "two predicates with the name 'answered'", id="by a fact"),
        pytest.param({"name": "licence_open"}, "two predicates with the name 'licence_open'", id="of a fact"),
        pytest.param({"base": registry.Predicate}, "neither a FieldPredicate nor a Fact", id="other base"),
    ],
)
def test_an_unusable_predicate_is_refused_with_the_reason(registered, attributes, reason):
    with pytest.raises(ValueError, match=reason):
        registered(predicate(**attributes))


def test_a_class_that_is_registered_twice_is_registered_once(registered):
    shouted = predicate()
    registered(registered(shouted))
    assert FIELD_PREDICATES["shouted"] is shouted


def test_a_registered_predicate_is_in_every_use_of_a_condition(registered):
    @dataclass(frozen=True)
    class Shouted(FieldPredicate):
        name = "shouted"
        example, meaning = "`FIELD: {shouted: true}`", "the answer is in capitals"
        words, negated_words = "“{field}” shouts", "“{field}” does not shout"
        indexed = True

        def holds(self, situation):
            return str(situation.answers.get(self.field, "")).isupper()

    registered(Shouted)
    condition = compiled(STANDARD, "dataset", {"ownership_owner": {"shouted": True}})
    loud = read_record(STANDARD, {"ownership_owner": "PARKS"}, SETTINGS)
    assert condition.holds(loud)
    assert not condition.holds(read_record(STANDARD, {"ownership_owner": "Parks"}, SETTINGS))
    label = STANDARD.records["dataset"].fields["ownership_owner"].label
    assert condition_in_words(STANDARD, condition.expression, language("en")) == f"“{label}” shouts"
    assert list(registry.marks(STANDARD.records["dataset"].fields.values(), loud)) == ["ownership_owner:shouted"]
    assert "shouted" in registry.indexed_names()
    with pytest.raises(InexpressibleError, match="ownership_owner:shouted"):
        condition.expression.json_schema(RecordSchemas(STANDARD.records["dataset"], frozenset()))


def test_a_registered_fact_is_measured(registered):
    registered(predicate(Fact, measure=staticmethod(lambda record, dates: record.get("title") == "LOUD")))
    condition = compiled(STANDARD, "dataset", {"shouted": True})
    assert condition.holds(read_record(STANDARD, {"title": "LOUD"}, SETTINGS))
    assert not condition.holds(read_record(STANDARD, {"title": "quiet"}, SETTINGS))
