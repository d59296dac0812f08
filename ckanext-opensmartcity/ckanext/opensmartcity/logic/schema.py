"""What each action accepts."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ..model.pages import LAST
from ..standard import LEVELS, shipped_languages
from . import params
from .audit import filters
from .voices import reasons, texts

_DIGITS = len(str(LAST))


@validator_args
def governance_standard_show(ignore_empty: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, params.language]}


@validator_args
def governance_show(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id`: id or name of a dataset or algorithm; `lang`: a language code."""
    return {"id": [not_empty, params.query], "lang": [ignore_empty, params.language]}


@validator_args
def governance_history(
    not_empty: Validator,
    ignore_empty: Validator,
    default: ValidatorFactory,
) -> Schema:
    """`id` of a dataset, also of one that is gone; `limit` and `cursor` of the page; `lang`."""
    return {
        "id": [not_empty, params.query],
        "limit": [default(20), _number(100)],
        "cursor": [ignore_empty, _number(LAST)],
        "lang": [ignore_empty, params.language],
    }


@validator_args
def governance_changes(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`since` an event or a time; `limit` and `cursor` of the page; `lang`."""
    return {
        "since": [ignore_empty, params.query],
        "limit": [default(100), _number(1000)],
        "cursor": [ignore_empty, _number(LAST)],
        "lang": [ignore_empty, params.language],
    }


@validator_args
def governance_checkpoint_show(ignore_empty: Validator) -> Schema:
    """`size` of the log at the checkpoint, the newest where none is given."""
    return {"size": [ignore_empty, _number(LAST)]}


@validator_args
def governance_proof(ignore_empty: Validator) -> Schema:
    """`event` or `from_size`, and the `size` of the checkpoint."""
    size = [ignore_empty, _number(LAST)]
    return {"event": [ignore_empty, params.query, _event_id], "from_size": size, "size": size}


@validator_args
def governance_event_show(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of an event; `lang`: a language code."""
    return {"id": [not_empty, params.query, _event_id], "lang": [ignore_empty, params.language]}


@validator_args
def governance_checkpoint_list(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`limit` and `cursor` of the page."""
    return {"limit": [default(20), _number(100)], "cursor": [ignore_empty, _number(LAST)]}


@validator_args
def governance_question_create(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of a record; `text` of the question; `email` for the answer; `lang` of that mail."""
    return {
        "id": [not_empty, params.query],
        "text": [not_empty, texts.written(texts.QUESTION)],
        "email": [ignore_empty, texts.email],
        "lang": [ignore_empty, params.language],
    }


@validator_args
def governance_question_list(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`id` of a record, or `state`, `overdue`, `organization`, or `to_do`; `limit` and `cursor` of the page."""
    return {
        "id": [ignore_empty, params.query],
        "state": [ignore_empty, params.one_of("open", "answered")],
        "overdue": [ignore_empty, params.true_or_false],
        "organization": [ignore_empty, params.query],
        "to_do": [ignore_empty, params.true_or_false],
        "limit": [default(20), _number(100)],
        "cursor": [ignore_empty, _number(LAST)],
    }


@validator_args
def governance_question_answer(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of a question; `answer`; whether it `changes_record`, and by which `event`."""
    return {
        "id": [not_empty, params.query, _voice_id],
        "answer": [not_empty, texts.written(texts.ANSWER)],
        "changes_record": [ignore_empty, params.true_or_false],
        "event": [ignore_empty, params.query, _event_id],
    }


@validator_args
def governance_question_pass_on(not_empty: Validator) -> Schema:
    """`id` of a question; the `organization` that is to answer."""
    return {"id": [not_empty, params.query, _voice_id], "organization": [not_empty, params.query]}


@validator_args
def governance_question_hide(not_empty: Validator) -> Schema:
    """`id` of a question; `reason` from the list."""
    return {"id": [not_empty, params.query, _voice_id], "reason": [not_empty, params.one_of(*reasons.REASONS)]}


@validator_args
def governance_question_allow(not_empty: Validator) -> Schema:
    """`id` of a question."""
    return {"id": [not_empty, params.query, _voice_id]}


@validator_args
def governance_story_create(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of a record; `kind`, `title` and `text` of the story; a `link`."""
    return {
        "id": [not_empty, params.query],
        "kind": [not_empty, params.one_of(*reasons.KINDS)],
        "title": [not_empty, texts.written(texts.TITLE, lines=False)],
        "text": [not_empty, texts.written(texts.STORY)],
        "link": [ignore_empty, texts.link],
    }


@validator_args
def governance_story_list(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`id` of a record; `q`: words; `kind`; or `to_do`; `limit` and `cursor` of the page."""
    return {
        "id": [ignore_empty, params.query],
        "q": [ignore_empty, params.query, texts.asked],
        "kind": [ignore_empty, params.one_of(*reasons.KINDS)],
        "to_do": [ignore_empty, params.true_or_false],
        "limit": [default(20), _number(100)],
        "cursor": [ignore_empty, _number(LAST)],
    }


@validator_args
def governance_story_moderate(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of a story; the `decision`; the `reason` to hide it."""
    return {
        "id": [not_empty, params.query, _voice_id],
        "decision": [not_empty, params.one_of("show", "hide")],
        "reason": [ignore_empty, params.one_of(*reasons.REASONS)],
    }


def _voice_id(value: Any) -> str:
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError) as error:
        raise tk.Invalid(tk._("This is not the id of a question or story.")) from error


def _event_id(value: Any) -> str:
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError) as error:
        raise tk.Invalid(tk._("This is not the id of an event.")) from error


def _number(most: int) -> Validator:
    def read(value: Any) -> int:
        number = _whole(value)
        if number is None or not 1 <= number <= most:
            raise tk.Invalid(tk._("Give a number from 1 to {most}.").format(most=most))
        return number

    return read


def _whole(value: Any) -> int | None:
    """Return a whole number that the database can hold, None for anything else."""
    if isinstance(value, int):
        return value if not isinstance(value, bool) and abs(value) <= LAST else None
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if len(text) <= _DIGITS and text.isascii() and text.isdigit() else None


@validator_args
def governance_defaults_show(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id`: id or name of an organisation; `type`: a kind of record, `dataset` by default; `lang`: a language code."""
    return {
        "id": [not_empty, params.query],
        "type": [ignore_empty, params.query],
        "lang": [ignore_empty, params.language],
    }


@validator_args
def governance_stats(ignore_empty: Validator, ignore_missing: Validator) -> Schema:
    """`q`, `fq`: queries; `by`: what to count by; `include_private`: whether private records count, if you see them."""
    return {
        "q": [ignore_empty, params.query],
        "fq": [ignore_empty, params.query],
        "by": [ignore_empty, params.dimensions],
        "include_private": [ignore_missing, params.true_or_false],
    }


@validator_args
def governance_city_show(ignore_empty: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, params.language]}


@validator_args
def governance_audit(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """The filters of an audit; `limit` and `cursor` of the page; `lang`."""
    return {
        **audit_filters(),
        "limit": [default(100), _number(1000)],
        "cursor": [ignore_empty, params.query],
    }


@validator_args
def audit_filters(ignore_empty: Validator, ignore_missing: Validator) -> Schema:
    """What an audit or an export is narrowed to, and in which language it is explained."""
    return {
        "q": [ignore_empty, params.query],
        "fq": [ignore_empty, params.query],
        "group": [ignore_empty, params.choice(filters.groups)],
        "level": [ignore_empty, params.choices(lambda: LEVELS)],
        "missing": [ignore_empty, params.choices(filters.questions)],
        "concern": [ignore_empty, params.choices(filters.rules)],
        "overdue": [ignore_empty, params.choices(lambda: filters.OVERDUE)],
        "organization": [ignore_empty, params.query],
        "include_private": [ignore_missing, params.true_or_false],
        "lang": [ignore_empty, params.choice(shipped_languages)],
    }


@validator_args
def governance_links_show(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id`: id or name of a dataset; `lang`: a language code."""
    return {"id": [not_empty, params.query], "lang": [ignore_empty, params.language]}


@validator_args
def governance_links_list(ignore_empty: Validator, default: ValidatorFactory, one_of: ValidatorFactory) -> Schema:
    """`state` of the links; `limit` and `cursor` of the page; `lang`."""
    return {
        "state": [default("failed"), params.query, one_of(["failed", "reached"])],
        "limit": [default(50), _number(100)],
        "cursor": [ignore_empty, params.query],
        "lang": [ignore_empty, params.language],
    }


@validator_args
def governance_compare_show(ignore_empty: Validator) -> Schema:
    """`lang`: a language code, English where none is given."""
    return {"lang": [ignore_empty, params.language]}
