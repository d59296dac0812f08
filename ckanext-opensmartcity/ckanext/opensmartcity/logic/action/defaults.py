"""What an organisation usually answers: stated once, offered beside the questions of its datasets."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ...model import usual_answers
from .. import governance, params, schema, usual


@tk.side_effect_free
@tk.validate_action_data(schema.governance_defaults_show)
def governance_defaults_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the answers that an organisation usually gives. They are offered in the form, and never stored unseen.

    :param id: id or name of the organisation
    :type id: string
    :param type: kind of record, `dataset` by default
    :type type: string
    :param lang: language of labels, English by default
    :type lang: string

    :returns: organization, type, `answers` as they were stated, and `offers`: each with its question's words
    :rtype: dictionary
    """
    tk.check_access("governance_defaults_show", context, data_dict)
    organization, kind = _organization(data_dict["id"]), governance.record_type(data_dict)
    answers = usual_answers.read(organization.id, kind.type)
    return {
        "organization": organization.name,
        "type": kind.type,
        "answers": answers,
        "offers": usual.offers(kind, answers, governance.reader(data_dict.get("lang"))),
    }


def governance_defaults_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Say what an organisation usually answers, in the place of all that it said before.

    :param id: id or name of the organisation
    :type id: string
    :param type: kind of record, `dataset` by default
    :type type: string
    :param answers: answers by field, and `governance_declared` as in a dataset; dates have no usual answer
    :type answers: dictionary

    :returns: what `governance_defaults_show` returns
    :rtype: dictionary
    """
    params.require(data_dict, params.query, "id", "type")
    tk.check_access("governance_defaults_update", context, data_dict)
    organization, kind = _organization(tk.get_or_bust(data_dict, "id")), governance.record_type(data_dict)
    sent = data_dict.get("answers")
    if not isinstance(sent, dict):
        raise tk.ValidationError({"answers": [tk._("Give an object with an answer for each field.")]})
    reader = governance.reader(governance.request_language())
    usual_answers.write(organization.id, kind.type, usual.checked_answers(context, kind, sent, reader))
    model.repo.commit()
    shown = {"id": organization.id, "type": kind.type}
    return dict(tk.get_action("governance_defaults_show")(tk.fresh_context(context), shown))


def _organization(reference: Any) -> model.Group:
    found = model.Group.get(reference) if isinstance(reference, str) else None
    if found is None or not found.is_organization or found.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such organisation here."))
    return found
