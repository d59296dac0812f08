"""What the dataset form asks: choices, examples, declarations, and errors with the place of their input."""
# MERGED What the pages of the form ask of one another: where each question stands, what applies, what is still open.

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from unicodedata import combining, normalize

import ckan.plugins.toolkit as tk

from ... import config
from ...standard import AnswerType, Field, Group, assess, display_answer, language
from ...standard.answers import UNKNOWN, parse_answer
from ...standard.condition_text import condition_in_words
from ...standard.countries import EUROPEAN_UNION, country_codes, territory_name
from ...standard.durations import duration_in_words
from ...standard.model import Condition
from ..forms import OWN_FIELDS_MARK, declaration_in
from ..governance import request_language

_EMPTY_FIELDS = 3
_INPUT_IDS: Mapping[str, str] = {"owner_org": "organizations", "tags": "tag_string"}
COMMON_PERIODS = ("P30D", "P6M", "P1Y", "P2Y", "P3Y", "P5Y", "P7Y", "P10Y", "P15Y", "P20Y", "P30Y", "P50Y", "P100Y")


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
    ordered = sorted(names, key=lambda code: (code != EUROPEAN_UNION, _folded(names[code])))
    return [{"value": code, "label": names[code], "definition": ""} for code in ordered]


def _folded(name: str) -> str:
    """Return a name without accents, so that Åland stands among the A's."""
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter)).casefold()


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
    """Say when a question that is only sometimes required is required."""
    if not isinstance(field.obligation, Condition):
        return ""
    source = field.obligation.source
    unless = source["not"] if source.keys() == {"not"} else None
    condition = condition_in_words(config.standard(), unless or source, language(request_language()))
    text = tk._("Not needed if {condition}.") if unless else tk._("Only if {condition}.")
    return str(text).format(condition=condition)


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


def opensmartcity_periods() -> list[dict[str, str]]:
    """Return common retention periods with their words, as suggestions."""
    locale = language(request_language()).locale
    return [{"value": period, "label": duration_in_words(period, locale)} for period in COMMON_PERIODS]


# Where CKAN's own fields have an input of another name than theirs, or a field that the schema does not list.
_PAGE_INPUT_IDS: Mapping[str, str] = {"owner_org": "organizations", "tags": "tag_string", "private": "private"}
OWN_FIELDS = "own"
DATA = "data"


def opensmartcity_own_fields_mark() -> str:
    """Return the name of the input by which the page of CKAN's own fields says that it shows no questions."""
    return OWN_FIELDS_MARK


def opensmartcity_pages(record: Mapping[str, Any], record_type: str, active: str) -> list[dict[str, Any]]:
    """Return the pages of a form in order; without an address while the record is not saved yet."""
    levels = _levels(record, record_type) if record.get("type") else {}
    reader = language(request_language())
    pages = [{"id": OWN_FIELDS, "label": tk._("Description"), "url": _url(record, record_type, OWN_FIELDS)}]
    for group in config.standard().records[record_type].groups:
        url, label = _url(record, record_type, group.id), reader.translate(group.label)
        pages.append({"id": group.id, "label": label, "url": url, "level": levels.get(group.id)})
    if _waits_for_data(record, record_type):
        pages.append({"id": DATA, "label": tk._("Data"), "url": _url(record, record_type, DATA)})
    return [page | {"active": page["id"] == active} for page in pages]


def _levels(record: Mapping[str, Any], record_type: str) -> dict[str, str]:
    assessment = assess(config.standard(), {**record, "type": record_type}, config.settings())
    return {assessed.group.id: assessed.level for assessed in assessment.groups}


def _waits_for_data(record: Mapping[str, Any], record_type: str) -> bool:
    """Tell whether the record is a draft, or will be one, of a type that has data."""
    schema = tk.h.scheming_get_dataset_schema(record_type) or {}
    return not schema.get("resources_optional") and record.get("state", "draft") in ("draft", "none")


def _url(record: Mapping[str, Any], record_type: str, page: str) -> str:
    """Return the address of a page; the id stays what it is while a new name is being typed."""
    if not record.get("id"):
        return ""
    if page == OWN_FIELDS:
        return str(tk.url_for(f"{record_type}.edit", id=record["id"]))
    if page == DATA:
        return str(tk.url_for(f"{record_type}_resource.new", id=record["id"]))
    return str(tk.url_for("opensmartcity_form.page", package_type=record_type, id=record["id"], group=page))


def opensmartcity_may_publish(record: Mapping[str, Any]) -> bool:
    """Tell whether a draft can become active from the form's own pages, because its data is there or not needed."""
    if record["state"] != "draft":
        return False
    needs_data = _waits_for_data(record, record["type"]) and tk.config["ckan.dataset.create_on_ui_requires_resources"]
    return bool(record.get("resources")) or not needs_data


def opensmartcity_is_last(record: Mapping[str, Any], group: Group) -> bool:
    """Tell whether no page of questions comes behind this one."""
    return config.standard().records[record["type"]].groups[-1].id == group.id


def opensmartcity_applies(checked: dict[str, Any], group: Group) -> dict[str, bool]:
    """Tell of each question of a page whether it applies: one that holds something always does."""
    states = {field["name"]: field for shown in checked["groups"] for field in shown["fields"]}
    refused = {name for error in checked["errors"] for name in error["fields"]}
    return {
        field.name: not isinstance(field.obligation, Condition)
        or states[field.name]["required"]
        or states[field.name]["state"] != "not_required"
        or field.name in refused
        for field in group.fields
    }


def opensmartcity_about(
    checked: dict[str, Any], group: Group, offers: Mapping[str, Any], taken: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return for each question of a page whether it applies, and what is offered or was just filled in."""
    states = {field["name"]: field["state"] for shown in checked["groups"] for field in shown["fields"]}
    refused = {name for error in checked["errors"] for name in error["fields"]}
    return {
        name: {
            "applies": applies,
            "offer": offers.get(name) if is_open(states[name]) and name not in refused else None,
            "taken": name in taken,
        }
        for name, applies in opensmartcity_applies(checked, group).items()
    }


def is_open(state: str) -> bool:
    """Tell whether a question in this state holds nothing."""
    return state in ("missing", "not_required")


def opensmartcity_record_types() -> list[dict[str, Any]]:
    """Return the kinds of records with their groups."""
    labels = {"dataset": tk._("Datasets"), "algorithm": tk._("Algorithms")}
    return [
        {"id": name, "label": labels.get(name, name), "groups": known.groups}
        for name, known in config.standard().records.items()
    ]


def opensmartcity_standing(checked: dict[str, Any], group_id: str) -> str:
    """Say level and open points of one page and of the record, for a reader who hears the page."""
    group = next(shown for shown in checked["groups"] if shown["id"] == group_id)
    here = tk._("This page: {level}. {open}").format(
        level=tk.h.opensmartcity_level(group["level"])["label"], open=tk.h.opensmartcity_group_note(checked, group)
    )
    whole = tk._("All pages: {level}.").format(level=tk.h.opensmartcity_level(checked["level"])["label"])
    refused = tk.ungettext("{n} answer would be refused.", "{n} answers would be refused.", len(checked["errors"]))
    said = [here.strip(), refused.format(n=len(checked["errors"])) if checked["errors"] else "", whole]
    return " ".join(part for part in said if part)


def opensmartcity_open_points(checked: dict[str, Any], group: Group) -> list[dict[str, str]]:
    """Return what is refused, missing or of concern on one page, each with the place of its question."""
    names = {field.name: field for field in group.fields}
    reader = language(request_language())
    found = [("error", error["fields"], error["message"], error["rule"]) for error in checked["errors"]]
    found += [("missing", [name], tk._("Not answered yet."), "") for name in checked["missing"]]
    found += [("concern", each["fields"], each["message"], each["rule"]) for each in checked["concerns"]]
    return [
        {
            "kind": kind,
            "label": reader.translate(names[name].label),
            "text": text,
            "rule": rule,
            "url": f"#field-{name}",
        }
        for kind, fields, text, rule in found
        for name in fields
        if name in names
    ]


def opensmartcity_problems(
    errors: dict[str, Any], fields: Iterable[dict[str, Any]], record: Mapping[str, Any], record_type: str, page: str
) -> list[dict[str, str]]:
    """Return label, problem and place of the input for every error of a form, in the order of its fields."""
    asked = {field["field_name"]: field for field in fields}
    order = {name: position for position, name in enumerate(asked)}
    return [
        {
            "label": _label(asked.get(name), name),
            "problem": " ".join(_texts(errors[name])),
            "url": _place(asked.get(name), name, record, record_type, page),
        }
        for name in sorted(errors, key=lambda name: order.get(name, len(order)))
    ]


def _label(field: dict[str, Any] | None, name: str) -> str:
    if field:
        return str(tk.h.scheming_language_text(field["label"]))
    return str(tk._("Visibility") if name == "private" else tk._(name))


def opensmartcity_is_saved(errors: Mapping[str, Any], record_type: str, page: str) -> bool:
    """Tell whether the data was saved and only open questions keep the record from becoming public."""
    return page == DATA and errors.keys() <= config.standard().records[record_type].fields.keys()


def _texts(problem: Any) -> Iterator[str]:
    """Yield every text in what CKAN says about a field, however deeply it is nested."""
    if isinstance(problem, str):
        yield problem
    else:
        for part in problem.values() if isinstance(problem, dict) else problem or ():
            yield from _texts(part)


def _place(field: dict[str, Any] | None, name: str, record: Mapping[str, Any], record_type: str, here: str) -> str:
    """Return where the input of a field is: on this page or on another; nothing where it has none."""
    if name not in _PAGE_INPUT_IDS and (field is None or field.get("form_snippet", "") is None):
        return ""
    if field and "upload_field" in field:
        return "#field-resource-url"
    there = str((field or {}).get("group", here if here == DATA else OWN_FIELDS))
    address = "" if there == here else _url(record, record_type, there)
    return f"{address}#field-{_PAGE_INPUT_IDS.get(name, name)}" if address or there == here else ""
