"""Actions for the holder of a receipt code: read and delete what was written under it (data subject requests)."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ..feature import action
from ..governance.auth import allow_everybody
from . import data_subject_requests, rate_limit, schema
from .dictize import Contribution, ContributionsResult, ErasureResult


@action(allow_everybody, schema.governance_receipt_show)
def governance_receipt_show(context: Context, data_dict: dict[str, Any]) -> ContributionsResult:
    """Return what was written under a receipt code, with the personal data stored about its author (right of access).

    :param code: the code that was shown once, when the question or story was sent
    :type code: string

    :returns: `contributions`: kind, id, dataset, at, state, title, text, link, answer, answered_at, hidden_reason,
        email, language
    :rtype: dictionary
    """
    rate_limit.limit_visitor(context)
    tk.check_access("governance_receipt_show", context, data_dict)
    return {"contributions": _contributions(data_dict["code"])}


@action(allow_everybody, schema.governance_receipt_delete)
def governance_receipt_delete(context: Context, data_dict: dict[str, Any]) -> ErasureResult:
    """Delete what was written under a receipt code, with the answers to it (right to erasure).

    :param code: the code that was shown once, when the question or story was sent
    :type code: string

    :returns: `deleted`, the number of questions and stories
    :rtype: dictionary
    """
    rate_limit.limit_visitor(context)
    tk.check_access("governance_receipt_delete", context, data_dict)
    _contributions(data_dict["code"])
    return {"deleted": data_subject_requests.erase(data_subject_requests.code_identifier(data_dict["code"]))}


def _contributions(code: str) -> list[Contribution]:
    contributions = data_subject_requests.export(data_subject_requests.code_identifier(code))
    if not contributions:
        raise tk.ValidationError({"code": [tk._("There is nothing under this code. It may have been deleted.")]})
    return contributions
