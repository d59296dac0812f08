"""Template helpers of the governance form: choices, examples, declarations, errors, and the state of its pages."""

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
from ...standard.expressions import Not
from ...standard.model import Condition
from .. import form_pages
from ..forms import OWN_FIELDS_MARK, declaration_in
from ..governance import ALGORITHM_TYPE, request_language

_EMPTY_FIELDS = 3
# Most records that the picker of algorithms lists.
_MAX_CHOICES = 1000
_INPUT_IDS: Mapping[str, str] = {"owner_org": "organizations", "tags": "tag_string"}
COMMON_PERIODS = ("P30D", "P6M", "P1Y", "P2Y", "P3Y", "P5Y", "P7Y", "P10Y", "P15Y", "P20Y", "P30Y", "P50Y", "P100Y")


def opensmartcity_field(name: str, record_type: str) -> Field | None:
    """Return a field of the standard, None for a field of the form's schema that the standard does not have."""
    kind = config.standard().types.get(record_type)
    return kind.fields.get(name) if kind else None


def opensmartcity_choices(field: Field) -> list[dict[str, str]]:
    """Return value, label and definition of each possible answer; countries sorted by name, after the EU."""
    reader = language(request_language())
    if field.type.is_coded:
        return [
            {"value": code.code, "label": reader.translate(code.label), "definition": reader.translate(code.definition)}
            for code in config.standard().vocabulary_of(field).codes.values()
        ]
    union = {EUROPEAN_UNION} if field.type is AnswerType.JURISDICTIONS else set()
    names = {code: territory_name(code, reader.locale) for code in country_codes() | union}
    # Without accents, so that Åland is sorted under A.
    folded = {
        code: "".join(letter for letter in normalize("NFKD", name) if not combining(letter)).casefold()
        for code, name in names.items()
    }
    ordered = sorted(names, key=lambda code: (code != EUROPEAN_UNION, folded[code]))
    return [{"value": code, "label": names[code], "definition": ""} for code in ordered]


def opensmartcity_example(field: Field) -> str:
    """Return the example answer of a question as displayed; a duration also as it is typed."""
    answer = parse_answer(field, field.example, config.standard())
    if answer is None:
        return ""
    reader = language(request_language())
    displayed = display_answer(config.standard(), field, answer, reader)
    text = displayed if isinstance(displayed, str) else ", ".join(displayed)
    return f"{field.example} ({text})" if field.type is AnswerType.DURATION else reader.translate(text)


def opensmartcity_labels(fields: Iterable[Field]) -> dict[str, str]:
    """Return the translated labels of fields by name."""
    reader = language(request_language())
    return {field.name: reader.translate(field.label) for field in fields}


def opensmartcity_obligation(field: Field) -> str:
    """Return `always`, `conditional` or `optional`."""
    if field.obligation is None:
        return "optional"
    return "always" if field.obligation == "always" else "conditional"


def opensmartcity_needed(field: Field) -> str:
    """Return the condition under which a question is required as text; empty if it always or never is."""
    if not isinstance(field.obligation, Condition):
        return ""
    expression = field.obligation.expression
    unless = expression.part if isinstance(expression, Not) else None
    condition = condition_in_words(config.standard(), unless or expression, language(request_language()))
    text = tk._("Not needed if {condition}.") if unless else tk._("Only if {condition}.")
    return str(text).format(condition=condition)


def opensmartcity_licenses(offered: Iterable[tuple[str, str]], stored: str | None) -> list[tuple[str, str]]:
    """Return (title, id) of the available licences, with the stored one even if the portal no longer offers it."""
    licenses = list(offered)
    is_offered = not stored or stored in (license_id for _, license_id in licenses)
    return licenses if is_offered else [*licenses, (str(stored), str(stored))]


def opensmartcity_custom_fields(extras: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return CKAN's custom fields for the form: multi-line ones first, with at least one empty field at the end."""
    fields = [dict(extra, lines="\n" in str(extra.get("value") or "")) for extra in extras or ()]
    ordered = sorted(fields, key=lambda field: not field["lines"])
    return [*ordered, *[{"lines": False}] * max(1, _EMPTY_FIELDS - len(ordered))]


def opensmartcity_enforcement() -> str:
    """Return how missing answers are enforced on this portal: `advise` or `publish`."""
    return config.enforcement()


def opensmartcity_is_day(value: Any) -> bool:
    """Tell whether a browser's date input can show a value; it would show any other as empty."""
    try:
        return not value or date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        return False


def opensmartcity_may_declare_unknown(field: Field) -> bool:
    """Tell whether the form must offer "we do not know yet", because the vocabulary has no code for it."""
    return not field.type.is_coded or UNKNOWN not in config.standard().vocabulary_of(field).codes


def opensmartcity_declaration(data: dict[str, Any], name: str) -> dict[str, str]:
    """Return state and reason that the form shows for one question."""
    return declaration_in(data, name)


def opensmartcity_entries(value: Any) -> list[str]:
    """Return the entries of a list field for the form, also of invalid input."""
    if value is None or value == "":
        return []
    return [str(entry) for entry in value] if isinstance(value, (list, tuple)) else str(value).splitlines()


def opensmartcity_algorithm_choices(value: Any) -> list[dict[str, Any]] | None:
    """Return value, label and chosen of each algorithm record that the user may see, by title; None if too many.

    Entries that are no such record stay among the choices as they are, so that nothing is lost when the page is saved.
    """
    query = {"fq": f"+dataset_type:{ALGORITHM_TYPE}", "fl": "id,name,title", "rows": _MAX_CHOICES}
    query |= {"include_private": True, "sort": "title_string asc", "facet": False}
    found = tk.get_action("package_search")({}, query)
    if found["count"] > _MAX_CHOICES:
        return None
    entries = dict.fromkeys(opensmartcity_entries(value))
    choices = []
    for record in found["results"]:
        named = [entry for entry in entries if entry in (record["name"], record["id"])]
        label = record.get("title") or record["name"]
        choices.append({"value": (named or [record["name"]])[0], "label": label, "chosen": bool(named)})
        for entry in named:
            del entries[entry]
    return choices + [{"value": entry, "label": entry, "chosen": True} for entry in entries]


def opensmartcity_periods() -> list[dict[str, str]]:
    """Return common retention periods (ISO 8601 durations) with labels, as suggestions."""
    locale = language(request_language()).locale
    return [{"value": period, "label": duration_in_words(period, locale)} for period in COMMON_PERIODS]


# Ids of inputs that differ from the name of their field, and of fields that the schema does not list.
_PAGE_INPUT_IDS: Mapping[str, str] = {"owner_org": "organizations", "tags": "tag_string", "private": "private"}
DATA = "data"
PUBLICATION = "publish"


def opensmartcity_own_fields_mark() -> str:
    """Return the name of the hidden input on the page of CKAN's own fields, which has no questions."""
    return OWN_FIELDS_MARK


def opensmartcity_own_page(dataset_type: str, number: Any) -> form_pages.OwnPage:
    """Return a page of own fields by its number; the first one if there is no such page."""
    pages = form_pages.own_pages(dataset_type)
    return next((page for page in pages if str(page.number) == str(number)), pages[0])


def opensmartcity_pages(record: Mapping[str, Any], record_type: str, active: str) -> list[dict[str, Any]]:
    """Return the pages of a form in order, with the level of each group; without URLs until the record is saved."""
    levels: dict[str, str] = {}
    if record.get("type"):
        assessment = assess(config.standard(), {**record, "type": record_type}, config.settings())
        levels = {assessed.group.id: assessed.level for assessed in assessment.groups}
    reader = language(request_language())
    pages: list[dict[str, Any]] = [
        {"id": page.id, "label": page.label, "url": _url(record, record_type, page.id)}
        for page in form_pages.own_pages(record_type)
    ]
    for group in form_pages.groups(record_type):
        url, label = _url(record, record_type, group.id), reader.translate(group.label)
        pages.append({"id": group.id, "label": label, "url": url, "level": levels.get(group.id)})
    if _needs_resources(record, record_type):
        pages.append({"id": DATA, "label": tk._("Data"), "url": _url(record, record_type, DATA)})
    return [page | {"active": page["id"] == active} for page in pages]


def _needs_resources(record: Mapping[str, Any], record_type: str) -> bool:
    """Tell whether the record is a draft, or will be one, of a type that has resources."""
    schema = tk.h.scheming_get_dataset_schema(record_type) or {}
    return not schema.get("resources_optional") and record.get("state", "draft") in ("draft", "none")


def _url(record: Mapping[str, Any], record_type: str, page: str) -> str:
    """Return the URL of a page, an empty string for an unsaved record. The id is stable while the name is edited."""
    if not record.get("id"):
        return ""
    own, _, number = page.partition("-")
    if own == form_pages.OWN_FIELDS:
        return form_pages.own_page_url(record_type, record["id"], int(number or 0), record.get("state"))
    if page == DATA:
        return str(tk.url_for(f"{record_type}_resource.new", id=record["id"]))
    return str(tk.url_for("opensmartcity_form.page", package_type=record_type, id=record["id"], group=page))


def opensmartcity_may_publish(record: Mapping[str, Any]) -> bool:
    """Tell whether a draft can be published from the governance form: its resources exist or are not required."""
    if record["state"] != "draft":
        return False
    needs_data = _needs_resources(record, record["type"]) and tk.config["ckan.dataset.create_on_ui_requires_resources"]
    return bool(record.get("resources")) or not needs_data


def opensmartcity_is_last(record: Mapping[str, Any], group: Group) -> bool:
    """Tell whether a group is the last page of questions."""
    return form_pages.groups(record["type"])[-1].id == group.id


def opensmartcity_applies(checked: dict[str, Any], group: Group) -> dict[str, bool]:
    """Return for each question of a page whether it applies; a question with an answer always does."""
    states = {field["name"]: field for checked_group in checked["groups"] for field in checked_group["fields"]}
    invalid = {name for error in checked["errors"] for name in error["fields"]}
    return {
        field.name: not isinstance(field.obligation, Condition)
        or states[field.name]["required"]
        or states[field.name]["state"] != "not_required"
        or field.name in invalid
        for field in group.fields
    }


def opensmartcity_about(
    checked: dict[str, Any],
    group: Group,
    offers: Mapping[str, Any],
    taken: Collection[str] = (),
    conflicts: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return for each question of a page whether it applies, its default answer, and whether that was filled in.

    `conflict` is the stored answer of somebody else, if the question was changed since the page was rendered.
    """
    states = {field["name"]: field["state"] for checked_group in checked["groups"] for field in checked_group["fields"]}
    invalid = {name for error in checked["errors"] for name in error["fields"]}
    return {
        name: {
            "applies": applies,
            "offer": offers.get(name) if is_open(states[name]) and name not in invalid else None,
            "taken": name in taken,
            "conflict": (conflicts or {}).get(name),
        }
        for name, applies in opensmartcity_applies(checked, group).items()
    }


def is_open(state: str) -> bool:
    """Tell whether a question in this state has no answer or declaration."""
    return state in ("missing", "not_required")


def opensmartcity_record_types() -> list[dict[str, Any]]:
    """Return id, label and groups of each record type."""
    labels = {"dataset": tk._("Datasets"), "algorithm": tk._("Algorithms")}
    return [
        {"id": name, "label": labels.get(name, name), "groups": kind.groups}
        for name, kind in config.standard().records.items()
    ]


def opensmartcity_standing(checked: dict[str, Any], group_id: str) -> str:
    """Return level and open points of one page and of the record as text for screen readers."""
    group = next(each for each in checked["groups"] if each["id"] == group_id)
    here = tk._("This page – {level}. {open}").format(
        level=tk.h.opensmartcity_level(group["level"])["label"], open=tk.h.opensmartcity_group_note(checked, group)
    )
    whole = tk._("All pages – {level}.").format(level=tk.h.opensmartcity_level(checked["level"])["label"])
    errors = len(checked["errors"])
    refused = tk.ungettext("{n} answer would be refused.", "{n} answers would be refused.", errors).format(n=errors)
    sentences = [here.strip(), refused if errors else "", whole]
    return " ".join(filter(None, sentences))


def opensmartcity_open_points(checked: dict[str, Any], group: Group) -> list[dict[str, str]]:
    """Return the errors, missing answers and concerns of one page, each with a link to its question."""
    names = {field.name: field for field in group.fields}
    reader = language(request_language())
    points = [("error", error["fields"], error["message"], error["rule"]) for error in checked["errors"]]
    points += [("missing", [name], tk._("Not answered yet."), "") for name in checked["missing"]]
    points += [("concern", each["fields"], each["message"], each["rule"]) for each in checked["concerns"]]
    return [
        {
            "kind": kind,
            "label": reader.translate(names[name].label),
            "text": text,
            "rule": rule,
            "url": f"#field-{name}",
        }
        for kind, fields, text, rule in points
        for name in fields
        if name in names
    ]


def opensmartcity_problems(
    errors: dict[str, Any], fields: Iterable[dict[str, Any]], record: Mapping[str, Any], record_type: str, page: str
) -> list[dict[str, str]]:
    """Return label, message and link to the input for each error of a form, in the order of its fields."""
    by_name = {field["field_name"]: field for field in fields}
    order = {name: position for position, name in enumerate(by_name)}
    problems = []
    for name in sorted(errors, key=lambda name: order.get(name, len(order))):
        field = by_name.get(name)
        if field:
            label = str(tk.h.scheming_language_text(field["label"]))
        else:
            label = str(tk._("Visibility") if name == "private" else tk._(name))
        url = _input_url(field, name, record, record_type, page)
        problems.append({"label": label, "problem": " ".join(_texts(errors[name])), "url": url})
    return problems


def opensmartcity_is_saved(errors: Mapping[str, Any], record_type: str, page: str) -> bool:
    """Tell whether everything was saved and only errors of questions keep the record from being published."""
    return page in (DATA, PUBLICATION) and errors.keys() <= config.standard().types[record_type].fields.keys()


def _texts(problem: Any) -> Iterator[str]:
    """Yield all messages in CKAN's errors of a field, which can be nested."""
    if isinstance(problem, str):
        yield problem
    else:
        for part in problem.values() if isinstance(problem, dict) else problem or ():
            yield from _texts(part)


def _input_url(field: dict[str, Any] | None, name: str, record: Mapping[str, Any], record_type: str, here: str) -> str:
    """Return the URL of a field's input on this page or on another; an empty string if it has none."""
    if name not in _PAGE_INPUT_IDS and (field is None or field.get("form_snippet", "") is None):
        return ""
    if field and "upload_field" in field:
        return "#field-resource-url"
    question = opensmartcity_field(name, record_type)
    if question is not None:
        page = question.group
    else:
        page = here if here == DATA else form_pages.own_page_of(name, record_type, here).id
    url = "" if page == here else _url(record, record_type, page)
    return f"{url}#field-{_PAGE_INPUT_IDS.get(name, name)}" if url or page == here else ""
