"""What templates may ask: choices, declarations, links and words; templates themselves decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
from babel.lists import format_list

from . import config
from .logic.forms import declaration_in
from .logic.governance import request_language
from .standard import LEVELS, AnswerType, Field, Level, date_in_words, display_answer, language
from .standard.answers import UNKNOWN, parse_answer
from .standard.conditions import Condition
from .standard.contacts import contact_link, is_mailbox, is_phone, is_web_address
from .standard.countries import EUROPEAN_UNION, country_codes, territory_name
from .standard.durations import duration_in_words
from .standard.messages import N_

_LEVEL_WORDS: Mapping[Level, tuple[str, str]] = {
    "silent": (N_("Silent"), N_("The city has not answered yet.")),
    "started": (N_("Started"), N_("The city has answered a part. Required answers are missing or not known.")),
    "answered": (N_("Answered"), N_("Every required question is answered. Something still asks for attention.")),
    "current": (N_("Current"), N_("Every required question is answered, nothing is of concern, no review is overdue.")),
}
# What residents look for first: does it touch me, who answers for it, where can I ask or object.
_FIRST_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "dataset": ("privacy_class", "ownership_owner", "ownership_contact", "privacy_objection"),
    "algorithm": ("algorithm_decision", "algorithm_owner", "algorithm_contact", "algorithm_objection"),
}
_RULE_DISPOSAL, _RULE_REVIEW = "OSC-031", "OSC-051"
_EMPTY_FIELDS = 3
_INPUT_IDS: Mapping[str, str] = {"owner_org": "organizations", "tags": "tag_string"}
COMMON_PERIODS = ("P30D", "P6M", "P1Y", "P2Y", "P3Y", "P5Y", "P7Y", "P10Y", "P15Y", "P20Y", "P30Y", "P50Y", "P100Y")


def opensmartcity_is_governed(record_type: str) -> bool:
    """Tell whether the standard knows a type of dataset."""
    return record_type in config.standard().records


def opensmartcity_level(level: Level) -> dict[str, str]:
    """Return the label of a level and what it means."""
    label, meaning = _LEVEL_WORDS[level]
    return {"label": tk._(label), "meaning": tk._(meaning)}


def opensmartcity_record_note(governance: dict[str, Any]) -> str:
    """Say what the level of a whole record means: it is that of its weakest group, whatever the others say."""
    if governance["level"] == "silent" and any(group["level"] != "silent" for group in governance["groups"]):
        return str(tk._("The city has not said a word about some of the questions below."))
    return opensmartcity_level(governance["level"])["meaning"]


def opensmartcity_levels() -> list[dict[str, str]]:
    """Return all levels from the lowest to the highest, with their words."""
    return [{"level": level, **opensmartcity_level(level)} for level in LEVELS]


def opensmartcity_concerns(governance: dict[str, Any]) -> list[dict[str, Any]]:
    """Return title, text, questions and rule of each concern: what it means to a reader, not what a steward must do."""
    rules, reader = config.standard().rules, language(request_language())
    return [
        {
            "title": reader.translate(rules[concern["rule"]].title),
            "text": _overdue(governance, concern["rule"]) or reader.translate(rules[concern["rule"]].clause),
            "fields": opensmartcity_named(governance, concern["fields"]),
            "rule": concern["rule"],
        }
        for concern in governance["concerns"]
    ]


def _overdue(governance: dict[str, Any], rule_id: str) -> str:
    """Say since when something is overdue; nothing for a rule that is about something else."""
    if rule_id == _RULE_REVIEW and governance["review_overdue"]:
        text = tk._("The city should have checked these answers again by {date}. They may be out of date.")
        return str(text).format(date=opensmartcity_date(governance["review_due"]))
    if rule_id == _RULE_DISPOSAL and governance["disposal_overdue"]:
        text = tk._("The time for keeping this data ended on {date}.")
        return str(text).format(date=opensmartcity_date(governance["retention_due"]))
    return ""


def opensmartcity_first_answers(governance: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the answers that come first on the page, each with its question and what a chosen code means."""
    reader = language(request_language())
    record_type = str(governance["dataset"]["type"])
    questions, shown = config.standard().records[record_type].fields, _shown(governance)
    return [
        {
            "field": shown[name],
            "question": reader.translate(questions[name].question),
            "definition": reader.translate(_definition(questions[name], shown[name]["value"])),
        }
        for name in _FIRST_QUESTIONS.get(record_type, ())
        if name in shown
    ]


def _shown(governance: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the questions that have a place on the page, by name."""
    fields = (field for group in governance["groups"] for field in group["fields"])
    return {field["name"]: field for field in fields if field["state"] != "not_required"}


def _definition(field: Field, code: Any) -> str:
    if field.type is not AnswerType.CODE or not code:
        return ""
    return config.standard().vocabulary_of(field).codes[code].definition


def opensmartcity_named(governance: dict[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """Return those of the named questions that have a place on the page."""
    shown = _shown(governance)
    return [shown[name] for name in names if name in shown]


def opensmartcity_group_note(governance: dict[str, Any], group: dict[str, Any]) -> str:
    """Say what a group leaves open, in numbers; nothing where it leaves nothing open."""
    names = {field["name"] for field in group["fields"]}
    missing, unknown = (len(names.intersection(governance[state])) for state in ("missing", "unknown"))
    concerns = sum(not names.isdisjoint(concern["fields"]) for concern in governance["concerns"])
    counted = (
        (missing, tk.ungettext("{n} answer is missing.", "{n} answers are missing.", missing)),
        (unknown, tk.ungettext("{n} answer is not known yet.", "{n} answers are not known yet.", unknown)),
        (concerns, tk.ungettext("{n} concern.", "{n} concerns.", concerns)),
        (group["level"] == "answered" and governance["review_overdue"], tk._("The review is overdue.")),
    )
    return " ".join(words.format(n=count) for count, words in counted if count)


def opensmartcity_date(day: str) -> str:
    """Say an ISO date in the reader's language."""
    return date_in_words(date.fromisoformat(day), language(request_language()))


def opensmartcity_field(name: str, record_type: str) -> Field | None:
    """Return the standard's field, None where the form's schema has a field that the standard does not know."""
    known = config.standard().records.get(record_type)
    return known.fields.get(name) if known else None


def opensmartcity_choices(field: Field) -> list[dict[str, str]]:
    """Return value, label and definition of every answer to choose from."""
    reader = language(request_language())
    if field.type.is_coded:
        return [
            {"value": code.code, "label": reader.translate(code.label), "definition": reader.translate(code.definition)}
            for code in config.standard().vocabulary_of(field).codes.values()
        ]
    union = {EUROPEAN_UNION} if field.type is AnswerType.JURISDICTIONS else set()
    names = {code: territory_name(code, reader.locale) for code in country_codes() | union}
    ordered = sorted(names, key=lambda code: (code != EUROPEAN_UNION, names[code]))
    return [{"value": code, "label": names[code], "definition": ""} for code in ordered]


def opensmartcity_example(field: Field) -> str:
    """Say the example of a question as a reader would see the answer, a period beside how it is typed."""
    answer = parse_answer(field, field.example, config.standard())
    if answer is None:
        return ""
    reader = language(request_language())
    shown = display_answer(config.standard(), field, answer, reader)
    said = shown if isinstance(shown, str) else ", ".join(shown)
    return f"{field.example} ({said})" if field.type is AnswerType.DURATION else reader.translate(said)


def opensmartcity_obligation(field: Field) -> str:
    """Return `always`, `conditional` or `optional`."""
    if field.obligation is None:
        return "optional"
    return "always" if field.obligation == "always" else "conditional"


def opensmartcity_needed(field: Field) -> str:
    """Say when a question that is only sometimes required is required; nothing where that takes more than a line."""
    if not isinstance(field.obligation, Condition):
        return ""
    source = field.obligation.source
    unless = source.get("not") if len(source) == 1 else None
    answers = _answers_in_words(field, unless or source)
    if not answers:
        return ""
    text = tk._("Required unless {answers}.") if unless else tk._("Required if {answers}.")
    return str(text).format(answers=answers)


def _answers_in_words(field: Field, source: Mapping[str, Any]) -> str:
    """Say `{question: [codes]}` as “Question” is “one” or “other”; nothing for any other condition."""
    [(name, wanted), *more] = source.items()
    questions = next(record.fields for record in config.standard().records.values() if field.name in record.fields)
    if more or name not in questions or isinstance(wanted, Mapping):
        return ""
    reader = language(request_language())
    codes = config.standard().vocabulary_of(questions[name]).codes
    labels = [reader.translate(codes[code].label) for code in ([wanted] if isinstance(wanted, str) else wanted)]
    choice = format_list([f"“{label}”" for label in labels], style="or", locale=reader.locale)
    question = reader.translate(questions[name].label)
    return str(tk._("“{question}” is {answers}")).format(question=question, answers=choice)


def opensmartcity_licenses(offered: Iterable[tuple[str, str]], stored: str | None) -> list[tuple[str, str]]:
    """Return title and id of the licences to choose from, and the stored one even if the portal no longer offers it."""
    licenses = list(offered)
    known = not stored or stored in (license_id for _, license_id in licenses)
    return licenses if known else [*licenses, (str(stored), str(stored))]


def opensmartcity_custom_fields(extras: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return CKAN's free fields for the form, those of several lines first, and at least one empty one at the end."""
    fields = [dict(extra, lines="\n" in str(extra.get("value") or "")) for extra in extras or ()]
    ordered = sorted(fields, key=lambda field: not field["lines"])
    return [*ordered, *[{"lines": False}] * max(1, _EMPTY_FIELDS - len(ordered))]


def opensmartcity_enforcement() -> str:
    """Return what missing answers do here: `advise` or `publish`."""
    return config.enforcement()


def opensmartcity_is_day(value: Any) -> bool:
    """Tell whether a browser's date input can show a value; it would empty any other."""
    try:
        return not value or date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        return False


def opensmartcity_error_summary(errors: dict[str, Any], fields: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Return label, problem and place of the input for every error of a form, in the order of its fields."""
    asked = {field["field_name"]: field for field in fields}
    ordered = sorted(errors, key=lambda name: list(asked).index(name) if name in asked else len(asked))
    return [
        {
            "label": str(tk.h.scheming_language_text(asked[name]["label"]) if name in asked else tk._(name)),
            "problem": " ".join(_texts(errors[name])),
            "input": _input_id(name, asked),
        }
        for name in ordered
    ]


def _texts(problem: Any) -> Iterator[str]:
    """Yield every text in what CKAN says about a field, however deeply it is nested."""
    if isinstance(problem, str):
        yield problem
    else:
        for part in problem.values() if isinstance(problem, dict) else problem or ():
            yield from _texts(part)


def _input_id(name: str, asked: Mapping[str, dict[str, Any]]) -> str:
    """Return the id of a field's input on the form; nothing where it has none."""
    if name in _INPUT_IDS:
        return f"field-{_INPUT_IDS[name]}"
    if name not in asked or asked[name].get("form_snippet", "") is None:
        return ""
    return "field-resource-url" if "upload_field" in asked[name] else f"field-{name}"


def opensmartcity_may_declare_unknown(field: Field) -> bool:
    """Tell whether "we do not know yet" must be offered beside the answers, because no answer says it."""
    return not field.type.is_coded or UNKNOWN not in config.standard().vocabulary_of(field).codes


def opensmartcity_declaration(data: dict[str, Any], name: str) -> dict[str, str]:
    """Return state and reason that the form shows for one question."""
    return declaration_in(data, name)


def opensmartcity_entries(value: Any) -> list[str]:
    """Return the entries of a list field as the form shows them, whatever was typed."""
    if value is None or value == "":
        return []
    return [str(entry) for entry in value] if isinstance(value, (list, tuple)) else str(value).splitlines()


def opensmartcity_link(answer: str) -> str | None:
    """Return where an answer can be followed to: an http(s) address, a mailbox or a phone number; else None."""
    if is_web_address(answer) or is_mailbox(answer):
        return contact_link(answer)
    return contact_link(answer) if answer.startswith("+") and is_phone(answer) else None


def opensmartcity_periods() -> list[dict[str, str]]:
    """Return common retention periods with their words, as suggestions."""
    locale = language(request_language()).locale
    return [{"value": period, "label": duration_in_words(period, locale)} for period in COMMON_PERIODS]


def get_helpers() -> dict[str, Callable[..., Any]]:
    """Return the helpers by name."""
    return {
        helper.__name__: helper
        for helper in (
            opensmartcity_choices,
            opensmartcity_concerns,
            opensmartcity_custom_fields,
            opensmartcity_date,
            opensmartcity_declaration,
            opensmartcity_enforcement,
            opensmartcity_entries,
            opensmartcity_error_summary,
            opensmartcity_example,
            opensmartcity_field,
            opensmartcity_first_answers,
            opensmartcity_group_note,
            opensmartcity_is_day,
            opensmartcity_is_governed,
            opensmartcity_level,
            opensmartcity_levels,
            opensmartcity_licenses,
            opensmartcity_link,
            opensmartcity_may_declare_unknown,
            opensmartcity_named,
            opensmartcity_needed,
            opensmartcity_obligation,
            opensmartcity_periods,
            opensmartcity_record_note,
        )
    }
