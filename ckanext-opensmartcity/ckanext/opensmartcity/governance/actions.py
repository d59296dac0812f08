"""What an organisation usually answers: stated once, offered beside the questions of its datasets."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from .. import config
from ..feature import action
from ..search import related_records
from ..standard import assess_reading, language, list_standard, read_record, standard_digest
from ..standard.migration import earlier_answers, recorded_version
from . import auth, default_answers, governance, params, schema
from .dictize import dictize_assessment, dictize_earlier, dictize_finding
from .model import default_answers as governance_default_answers


@tk.side_effect_free
@action(auth.governance_defaults_show, schema.governance_defaults_show)
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
    answers = governance_default_answers.read(organization.id, kind.type)
    return {
        "organization": organization.name,
        "type": kind.type,
        "answers": answers,
        "offers": default_answers.offers(kind, answers, governance.reader(data_dict.get("lang"))),
    }


@action(auth.governance_defaults_update)
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
    governance_default_answers.write(
        organization.id, kind.type, default_answers.checked_answers(context, kind, sent, reader)
    )
    model.repo.commit()
    shown = {"id": organization.id, "type": kind.type}
    return dict(tk.get_action("governance_defaults_show")(tk.fresh_context(context), shown))


def _organization(reference: Any) -> model.Group:
    found = model.Group.get(reference) if isinstance(reference, str) else None
    if found is None or not found.is_organization or found.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such organisation here."))
    return found


@tk.side_effect_free
@action(auth.governance_standard_show, schema.governance_standard_show)
def governance_standard_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the governance standard of this portal.

    :param lang: language of the texts, English by default
    :type lang: string

    :returns: version, digest, groups, fields, vocabularies and rules
    :rtype: dictionary
    """
    tk.check_access("governance_standard_show", context, data_dict)
    standard = config.standard()
    listing = list_standard(standard, language(data_dict.get("lang")).translate)
    return listing | {"digest": standard_digest(standard)}


@tk.side_effect_free
@action(auth.governance_show, schema.governance_show)
def governance_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return who governs a dataset: every question with its answer or gap, levels, concerns and the next step.

    :param id: id or name of the dataset
    :type id: string
    :param lang: language of labels and messages, English by default
    :type lang: string

    :returns: dataset, standard, level, groups, missing, unknown, concerns, errors, next_step, dates and links; of a
        dataset the `systems` that it names, of an algorithm the `datasets` that name it, as far as you may see them;
        `answers_given_by`: name and uri of whoever gave the answers, where they came from another portal
    :rtype: dictionary
    """
    record = tk.get_action("package_show")(context, {"id": data_dict["id"]})
    # After package_show, which checks its own permission: the package that it leaves in the context saves the queries.
    tk.check_access("governance_show", context, {"id": record["id"]})
    record_type = governance.record_type(record)
    return {
        "dataset": governance.describe(record),
        **_assessed(record, data_dict.get("lang")),
        **related_records.related(context, record),
        "answers_given_by": governance.given_by(record),
        "links": governance.links(record, record_type.type),
    }


@tk.side_effect_free
@action(auth.governance_check)
def governance_check(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Check a dataset dict against the standard without saving anything.

    Takes a dataset as `package_create` does (and `lang`), and never looks at what the portal stores under its `id`.
    With `patch_of` it takes a part of a dataset, as `package_patch` does, lays it over the stored one, and checks what
    a patch would make of it; whoever may not edit that dataset is refused.

    :param patch_of: id or name of the stored dataset over which the fields that are sent are laid (optional)
    :type patch_of: string
    :param lang: language of labels and messages, English by default
    :type lang: string

    :returns: the assessment that the dataset would get, and `errors`: what would be refused
    :rtype: dictionary
    """
    params.require(data_dict, params.query, "patch_of", "type")
    params.require(data_dict, params.language, "lang")
    tk.check_access("governance_check", context, data_dict)
    return _assessed(_laid_over(context, data_dict), data_dict.get("lang"), context)


def _laid_over(context: Context, sent: dict[str, Any]) -> dict[str, Any]:
    if not sent.get("patch_of"):
        return sent
    if not isinstance(sent["patch_of"], str):
        raise tk.ValidationError({"patch_of": [tk._("Give the id or the name of one dataset.")]})
    stored = tk.get_action("package_show")(tk.fresh_context(context), {"id": sent["patch_of"]})
    return {**stored, **sent, "type": stored["type"]}


def _assessed(record: dict[str, Any], lang: Any, context: Context | None = None) -> dict[str, Any]:
    """Assess a record; with a context, the systems that it names are looked up too, as a save would."""
    standard, record_type, reader = config.standard(), governance.record_type(record), governance.reader(lang)
    reading = read_record(standard, record, config.settings())
    assessment = assess_reading(standard, reading)
    unseen = governance.missing_systems(context, reading) if context else ()
    dictized = dictize_assessment(standard, record_type, assessment, reader)
    dictized["standard"]["recorded"] = recorded_version(standard, record)
    return dictized | {
        "errors": [dictize_finding(finding, reader) for finding in (*assessment.errors, *unseen)],
        "earlier": [dictize_earlier(answer, reader) for answer in earlier_answers(standard, record)],
    }
