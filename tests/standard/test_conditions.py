"""The condition language: evaluation, the fields that a condition reads, and compile errors."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

import pytest
from ckanext.opensmartcity.standard import AnswerType, Settings, SourceError, read_record
from ckanext.opensmartcity.standard.conditions import compile_condition
from ckanext.opensmartcity.standard.countries import home_area
from ckanext.opensmartcity.standard.predicates import FIELD_PREDICATES, Fact, Names
from ckanext.opensmartcity.standard.yaml_source import read
from support.conditions import compiled, random_condition, random_record, shipped_conditions

TYPES = {
    "use": AnswerType.CODE,
    "basis": AnswerType.CODES,
    "owner": AnswerType.TEXT,
    "mails": AnswerType.TEXTS,
    "countries": AnswerType.COUNTRIES,
    "reviewed": AnswerType.DATE,
    "due": AnswerType.DATE,
    "open_format": AnswerType.TEXT,
}
CODES = {"use": ("open", "shared", "closed", "no"), "basis": ("a", "b", "c")}
NAMES = Names(TYPES, {name: CODES.get(name) for name in TYPES})


@dataclass(frozen=True)
class Record:
    """The parts of a record that conditions can test."""

    answers: dict = field(default_factory=dict)
    declared: tuple = ()
    facts: dict = field(default_factory=lambda: {"public_link": True, "licence_open": False})
    home: frozenset = home_area("NL")
    review_months: int = 24
    today: date = date(2026, 6, 1)


@pytest.fixture
def condition(tmp_path):
    """Compile a condition written as YAML."""

    def condition(text, **options):
        path = tmp_path / "condition.yaml"
        path.write_text(text)
        return compile_condition(read(path), NAMES, **options)

    return condition


HOLDS = [
    pytest.param("use: open", {"use": "open"}, True, id="code"),
    pytest.param("use: open", {"use": "closed"}, False, id="other code"),
    pytest.param("use: open", {}, False, id="code of no answer"),
    pytest.param("use: [open, shared]", {"use": "shared"}, True, id="one of"),
    pytest.param("use: [open, shared]", {"use": "closed"}, False, id="none of"),
    pytest.param('use: "no"', {"use": "no"}, True, id="code no in quotes"),
    pytest.param("basis: a", {"basis": ("b", "a")}, True, id="list holds code"),
    pytest.param("basis: a", {"basis": ("b", "c")}, False, id="list lacks code"),
    pytest.param("basis: [a, b]", {"basis": ("b", "c")}, True, id="list holds one of"),
    pytest.param("owner: {answered: true}", {"owner": "Parks"}, True, id="answered"),
    pytest.param("owner: {answered: true}", {}, False, id="not answered"),
    pytest.param("owner: {answered: false}", {}, True, id="wanted unanswered"),
    pytest.param("owner: {missing: true}", {}, True, id="missing"),
    pytest.param("owner: {missing: true}", {"owner": "Parks"}, False, id="not missing"),
    pytest.param("countries: {outside_home: true}", {"countries": ("NL", "US")}, True, id="one country abroad"),
    pytest.param("countries: {outside_home: true}", {"countries": ("NL", "IS")}, False, id="all in the EEA"),
    pytest.param("countries: {outside_home: true}", {}, False, id="no countries"),
    pytest.param("owner: {personal: true}", {"owner": "jan.jansen@city.example"}, True, id="personal"),
    pytest.param("owner: {personal: true}", {"owner": "parks@city.example"}, False, id="shared mailbox"),
    pytest.param(
        "mails: {personal: true}", {"mails": ("x@city.example", "j.jansen@city.example")}, True, id="one of two"
    ),
    pytest.param("due: {before: reviewed}", {"due": "2025-12-31", "reviewed": "2026-01-01"}, True, id="before"),
    pytest.param("due: {before: reviewed}", {"due": "2026-01-01", "reviewed": "2026-01-01"}, False, id="same day"),
    pytest.param("due: {before: reviewed}", {"due": "2025-12-31"}, False, id="before nothing"),
    pytest.param("due: {months_after: reviewed}", {"due": "2026-01-02", "reviewed": "2024-01-01"}, True, id="too far"),
    pytest.param("due: {months_after: reviewed}", {"due": "2026-01-01", "reviewed": "2024-01-01"}, False, id="in time"),
    pytest.param("due: {after_today: true}", {"due": "2026-06-02"}, True, id="after today"),
    pytest.param("due: {after_today: true}", {"due": "2026-06-01"}, False, id="today"),
    pytest.param("due: {after_today: true}", {}, False, id="no day"),
    pytest.param("due: {before_day: 1900-01-01}", {"due": "1899-12-31"}, True, id="before a day"),
    pytest.param("due: {before_day: 1900-01-01}", {"due": "1900-01-01"}, False, id="that day"),
    pytest.param("due: {before_day: 1900-01-01}", {}, False, id="no day before a day"),
    pytest.param("public_link: true", {}, True, id="fact"),
    pytest.param("public_link: false", {}, False, id="fact denied"),
    pytest.param("licence_open: false", {}, True, id="absent fact"),
    pytest.param("use: open\npublic_link: true", {"use": "open"}, True, id="both"),
    pytest.param("use: open\nlicence_open: true", {"use": "open"}, False, id="one of two"),
    pytest.param("owner: {answered: true, personal: true}", {"owner": "Parks"}, False, id="one of two predicates"),
    pytest.param("any: [{use: open}, {public_link: true}]", {}, True, id="any"),
    pytest.param("any: [{use: open}, {licence_open: true}]", {}, False, id="not any"),
    pytest.param("all: [{use: open}, {public_link: true}]", {"use": "open"}, True, id="all"),
    pytest.param("all: [{use: open}, {public_link: true}]", {}, False, id="not all"),
    pytest.param("not: {use: open}", {}, True, id="not"),
    pytest.param("not: {use: open, public_link: true}", {"use": "open"}, False, id="not both"),
]


@pytest.mark.parametrize("name", FIELD_PREDICATES)
@pytest.mark.parametrize("side", [True, False])
def test_every_predicate_has_an_example_that_holds_and_one_that_does_not(name, side):
    examples = [text for text, _, expected in (case.values for case in HOLDS) if expected is side]
    assert any(f"{name}: " in text for text in examples), f"add an example of '{name}' that is {side} to HOLDS"


@pytest.mark.parametrize(("text", "answers", "expected"), HOLDS)
def test_a_condition_holds_or_not(condition, text, answers, expected):
    assert condition(text).holds(Record(answers)) is expected


def test_a_declared_question_is_neither_answered_nor_missing(condition):
    record = Record(declared=("owner",))
    assert not condition("owner: {missing: true}").holds(record)
    assert not condition("owner: {answered: true}").holds(record)


@pytest.mark.parametrize("code", ["NL", "US", "EU"])
def test_nothing_lies_outside_a_home_that_is_not_set(condition, code):
    assert not condition("countries: {outside_home: true}").holds(Record({"countries": (code,)}, home=frozenset()))


def test_the_months_between_reviews_are_a_setting(condition):
    record = Record({"due": "2026-01-01", "reviewed": "2024-01-01"}, review_months=23)
    assert condition("due: {months_after: reviewed}").holds(record)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("use: open", {"use"}),
        ("public_link: true", set()),
        ("due: {before: reviewed}", {"due", "reviewed"}),
        ("any: [{use: open}, {not: {owner: {answered: true}}}]", {"use", "owner"}),
    ],
)
def test_a_condition_knows_the_fields_that_it_reads(condition, text, fields):
    assert condition(text).fields == fields


@pytest.mark.parametrize(
    ("text", "depends"),
    [
        ("use: open", False),
        ("public_link: true", False),
        ("owner: {answered: true}", False),
        ("owner: {missing: true}", False),
        ("countries: {outside_home: true}", False),
        ("due: {before: reviewed}", False),
        ("due: {months_after: reviewed}", False),
        ("due: {before_day: 2026-01-01}", False),
        ("due: {after_today: true}", True),
        ("review_overdue: true", True),
        ("review_overdue: false", True),
        ("disposal_overdue: true", True),
        ("any: [{use: open}, {all: [{public_link: true}, {not: {disposal_overdue: true}}]}]", True),
        ("all: [{use: open}, {any: [{public_link: true}, {owner: {missing: false}}]}]", False),
    ],
)
def test_a_condition_knows_whether_it_depends_on_the_day(condition, text, depends):
    assert condition(text).expression.depends_on_day is depends


def test_a_predicate_that_says_nothing_of_the_day_may_depend_on_it():
    class Weekend(Fact):
        name = "weekend"
        words = "it is weekend"

        @staticmethod
        def measure(record, dates):
            return dates.today.weekday() > 4

    assert Weekend().depends_on_day


def test_what_does_not_depend_on_the_day_is_the_same_on_every_day(standard):
    chance = Random(20260603)
    for kind in standard.records:
        conditions = [compiled(standard, kind, random_condition(chance, standard, kind)) for _ in range(60)]
        conditions += shipped_conditions(standard, kind)
        for _ in range(40):
            record = random_record(chance, standard, kind)
            readings = [
                read_record(standard, record, Settings(home="NL", today=date(year, 6, 1)))
                for year in (2024, 2026, 2029)
            ]
            for condition in conditions:
                held = {condition.holds(reading) for reading in readings}
                assert len(held) == 1 or condition.expression.depends_on_day, condition.source


def test_a_condition_keeps_its_source_as_plain_values(condition):
    source = condition("use: [open]\nnot: {public_link: true}").source
    assert source == {"use": ["open"], "not": {"public_link": True}}
    assert type(source["not"]) is dict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("uses: open", "unknown field or fact 'uses'", id="unknown field"),
        pytest.param("use: opened", "'use' has no code 'opened'", id="unknown code"),
        pytest.param("use: [open, opened]", "'use' has no code 'opened'", id="unknown code in a list"),
        pytest.param("use: no", "put yes and no in quotes", id="no without quotes"),
        pytest.param("use: 5", "must be a code or a list of codes", id="number"),
        pytest.param("use:", "must be a code or a list of codes", id="nothing"),
        pytest.param("use: []", "must be a list of texts", id="empty list"),
        pytest.param("use: [[open]]", "must be a list of texts", id="list in a list"),
        pytest.param("owner: Parks", "'owner' has no vocabulary", id="code of a text field"),
        pytest.param("owner: {}", "must not be empty", id="no predicate"),
        pytest.param("owner: {empty: true}", "unknown key 'empty'", id="unknown predicate"),
        pytest.param("owner: {answered: maybe}", "'answered' must be true or false", id="predicate of a text"),
        pytest.param("owner: {answered: 1}", "'answered' must be true or false", id="predicate of a number"),
        pytest.param("owner: {outside_home: true}", "'owner' is of type text", id="countries of a text"),
        pytest.param("countries: {personal: true}", "'countries' is of type countries", id="mailbox of countries"),
        pytest.param("open_format: true", "the name of a field and of a fact", id="field named like a fact"),
        pytest.param("due: {before: owner}", "'owner' is not a date field", id="before a text"),
        pytest.param("owner: {before: due}", "'owner' is not a date field", id="text before a date"),
        pytest.param("due: {before: last}", "'last' is not a date field", id="before an unknown field"),
        pytest.param("due: {months_after: [reviewed]}", "'months_after' must be a text", id="after a list"),
        pytest.param("public_link: yes please", "the fact 'public_link' must be true or false", id="fact of a text"),
        pytest.param("any: {use: open}", "'any' must be a list of mappings", id="any of no list"),
        pytest.param("all: []", "'all' must be a list of mappings", id="all of nothing"),
        pytest.param("any: [{}]", "must not be empty", id="empty in any"),
        pytest.param("not: open", "'not' must hold a condition", id="not a text"),
        pytest.param("not: {}", "must not be empty", id="not nothing"),
        pytest.param("{}", "must not be empty", id="empty"),
    ],
)
def test_a_condition_that_says_what_it_may_not_is_refused(condition, text, reason):
    with pytest.raises(SourceError) as stopped:
        condition(text)
    assert reason in stopped.value.reason
    assert (stopped.value.file, stopped.value.line) == ("condition.yaml", 1)
