"""Schemas of the actions of participation."""

from __future__ import annotations

import uuid
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ..governance import params
from ..governance.model import MAX_BIGINT
from ..governance.params import event_id, number
from . import moderation


@validator_args
def governance_question_create(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of a record; `text`; `email` for the answer; `lang` of that mail; `publish_anyway` after a warning."""
    return {
        "id": [not_empty, params.query],
        "text": [not_empty, moderation.text_validator(moderation.QUESTION)],
        "email": [ignore_empty, moderation.email],
        "lang": [ignore_empty, params.language],
        "publish_anyway": [ignore_empty, params.true_or_false],
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
        "limit": [default(20), number(100)],
        "cursor": [ignore_empty, number(MAX_BIGINT)],
    }


@validator_args
def governance_question_answer(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of a question; `answer`; whether it `changes_record`, and by which `event`."""
    return {
        "id": [not_empty, _participation_id],
        "answer": [not_empty, moderation.text_validator(moderation.ANSWER)],
        "changes_record": [ignore_empty, params.true_or_false],
        "event": [ignore_empty, event_id],
    }


@validator_args
def governance_question_pass_on(not_empty: Validator) -> Schema:
    """`id` of a question; the `organization` that is to answer."""
    return {"id": [not_empty, _participation_id], "organization": [not_empty, params.query]}


@validator_args
def governance_question_hide(not_empty: Validator) -> Schema:
    """`id` of a question; `reason` from the list."""
    return {
        "id": [not_empty, _participation_id],
        "reason": [not_empty, params.one_of(*moderation.REASONS)],
    }


@validator_args
def governance_question_allow(not_empty: Validator) -> Schema:
    """`id` of a question."""
    return {"id": [not_empty, _participation_id]}


@validator_args
def governance_story_create(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of a record; `kind`, `title` and `text` of the story; a `link`; `publish_anyway` after a warning."""
    return {
        "id": [not_empty, params.query],
        "kind": [not_empty, params.one_of(*moderation.KINDS)],
        "title": [not_empty, moderation.text_validator(moderation.TITLE, multiline=False)],
        "text": [not_empty, moderation.text_validator(moderation.STORY)],
        "link": [ignore_empty, moderation.link],
        "publish_anyway": [ignore_empty, params.true_or_false],
    }


@validator_args
def governance_story_list(ignore_empty: Validator, default: ValidatorFactory) -> Schema:
    """`id` of a record; `q`: words; `kind`; or `to_do`; `limit` and `cursor` of the page."""
    return {
        "id": [ignore_empty, params.query],
        "q": [ignore_empty, moderation.search_terms],
        "kind": [ignore_empty, params.one_of(*moderation.KINDS)],
        "to_do": [ignore_empty, params.true_or_false],
        "limit": [default(20), number(100)],
        "cursor": [ignore_empty, number(MAX_BIGINT)],
    }


@validator_args
def governance_story_moderate(not_empty: Validator, ignore_empty: Validator) -> Schema:
    """`id` of a story; the `decision`; the `reason` to hide it."""
    return {
        "id": [not_empty, _participation_id],
        "decision": [not_empty, params.one_of("show", "hide")],
        "reason": [ignore_empty, params.one_of(*moderation.REASONS)],
    }


@validator_args
def governance_receipt_show(not_empty: Validator) -> Schema:
    """`code` of a receipt."""
    return {"code": [not_empty, params.query, moderation.receipt_code]}


@validator_args
def governance_receipt_delete(not_empty: Validator) -> Schema:
    """`code` of a receipt."""
    return {"code": [not_empty, params.query, moderation.receipt_code]}


def _participation_id(value: Any) -> str:
    try:
        return str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError) as error:
        raise tk.Invalid(tk._("This is not the id of a question or story.")) from error
