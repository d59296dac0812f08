"""API actions of the core: the standard, the assessment of a record, and the default answers of organisations."""

from __future__ import annotations

from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from .. import config
from ..feature import action
from ..search import related_records
from ..standard import assess_reading, language, list_standard, read_record, standard_digest
from ..standard.migration import earlier_answers, recorded_version
from ..views import rate_limit
from . import auth, default_answers, governance, params, schema
from .dictize import dictize_assessment, dictize_earlier, dictize_finding
from .model import default_answers as governance_default_answers
from .types import CheckResult, DefaultAnswersResult, GovernanceResult, StandardResult


@tk.side_effect_free
@action(auth.governance_defaults_show, schema.governance_defaults_show)
def governance_defaults_show(context: Context, data_dict: dict[str, Any]) -> DefaultAnswersResult:
    """Return the default answers of an organisation. The form offers them; they are stored only if a steward accepts.

    :param id: id or name of the organisation
    :type id: string
    :param type: kind of record, `dataset` by default
    :type type: string
    :param lang: language of labels, English by default
    :type lang: string

    :returns: organization, type, `answers` as stored, and `offers`: the same answers with labels
    :rtype: dictionary
    """
    tk.check_access("governance_defaults_show", context, data_dict)
    organization, kind = _organization(data_dict["id"]), governance.record_type(data_dict)
    answers = governance_default_answers.read(organization.id, kind.type)
    return {
        "organization": organization.name,
        "type": kind.type,
        "answers": answers,
        "offers": default_answers.dictize_offers(kind, answers, governance.reader(data_dict.get("lang"))),
    }


@action(auth.governance_defaults_update, names=("id", "type", "answers"))
def governance_defaults_update(context: Context, data_dict: dict[str, Any]) -> DefaultAnswersResult:
    """Replace the default answers of an organisation.

    :param id: id or name of the organisation
    :type id: string
    :param type: kind of record, `dataset` by default
    :type type: string
    :param answers: answers by field, and `governance_declared` as in a dataset; dates have no default answer
    :type answers: dictionary

    :returns: the result of `governance_defaults_show`
    :rtype: dictionary
    """
    params.require(data_dict, params.query, "id", "type")
    tk.check_access("governance_defaults_update", context, data_dict)
    organization, kind = _organization(tk.get_or_bust(data_dict, "id")), governance.record_type(data_dict)
    sent = data_dict.get("answers")
    if not isinstance(sent, dict):
        raise tk.ValidationError({"answers": [tk._("Give an object with an answer for each field.")]})
    reader = governance.reader(governance.request_language())
    answers = default_answers.validate_answers(context, kind, sent, reader)
    governance_default_answers.write(organization.id, kind.type, answers)
    model.repo.commit()
    result: DefaultAnswersResult = tk.get_action("governance_defaults_show")(
        tk.fresh_context(context), {"id": organization.id, "type": kind.type}
    )
    return result


def _organization(id_or_name: Any) -> model.Group:
    group = model.Group.get(id_or_name) if isinstance(id_or_name, str) else None
    if group is None or not group.is_organization or group.state != "active":
        raise tk.ObjectNotFound(tk._("There is no such organisation here."))
    return group


@tk.side_effect_free
@action(auth.allow_everybody, schema.governance_standard_show)
def governance_standard_show(context: Context, data_dict: dict[str, Any]) -> StandardResult:
    """Return the governance standard of this portal.

    :param lang: language of the texts, English by default
    :type lang: string

    :returns: version, digest, groups, fields, vocabularies and rules
    :rtype: dictionary
    """
    tk.check_access("governance_standard_show", context, data_dict)
    standard = config.standard()
    listing = list_standard(standard, language(data_dict.get("lang")).translate)
    return cast("StandardResult", listing | {"digest": standard_digest(standard)})


@tk.side_effect_free
@action(auth.may_read_dataset, schema.governance_show)
def governance_show(context: Context, data_dict: dict[str, Any]) -> GovernanceResult:
    """Return the governance of a dataset: every question with its state, levels, concerns and the next step.

    :param id: id or name of the dataset
    :type id: string
    :param lang: language of labels and messages, English by default
    :type lang: string

    :returns: dataset, standard, level, groups, missing, unknown, concerns, errors, next_step, dates and links; the
        `systems` that a dataset names, or the `datasets` that name an algorithm, if you may see them;
        `answers_given_by`: name and uri of the publisher that gave the answers, if they came from another portal
    :rtype: dictionary
    """
    record = tk.get_action("package_show")(context, {"id": data_dict["id"]})
    # After package_show, which checks its own permission: the package that it puts into the context saves queries.
    tk.check_access("governance_show", context, {"id": record["id"]})
    # For pages: their templates, also those of other plugins, may show anything of the record.
    context["record"] = record
    governance.record_type(record)
    return {
        "dataset": governance.describe(record),
        **_assess(record, data_dict.get("lang")),
        **related_records.related(context, record),
        "answers_given_by": governance.provenance(record),
        "links": governance.links(record, record["type"]),
    }


@tk.side_effect_free
@action(auth.governance_check, names=None)
def governance_check(context: Context, data_dict: dict[str, Any]) -> CheckResult:
    """Check a dataset dict against the standard without saving anything (dry run).

    Takes a dataset as `package_create` does (and `lang`), and ignores what the portal has stored under its `id`. With
    `patch_of` it takes some fields, as `package_patch` does, and checks the stored dataset with these changes. That
    requires the permission to edit the dataset. Without an account the number of calls in an hour is limited.

    :param patch_of: id or name of the stored dataset to which the fields are applied (optional)
    :type patch_of: string
    :param lang: language of labels and messages, English by default
    :type lang: string

    :returns: the assessment that the dataset would get, and `errors`: the reasons for which it would be rejected
    :rtype: dictionary
    """
    reason = tk._("You have checked as many records as an hour allows without an account.")
    rate_limit.limit_anonymous(context, "check", config.check_limit(), reason)
    params.require(data_dict, params.query, "patch_of", "type")
    params.require(data_dict, params.language, "lang")
    tk.check_access("governance_check", context, data_dict)
    record = data_dict
    if data_dict.get("patch_of"):
        if not isinstance(data_dict["patch_of"], str):
            raise tk.ValidationError({"patch_of": [tk._("Give the id or the name of one dataset.")]})
        stored = tk.get_action("package_show")(tk.fresh_context(context), {"id": data_dict["patch_of"]})
        record = {**stored, **data_dict, "type": stored["type"]}
    return _assess(record, data_dict.get("lang"), context)


def _assess(record: dict[str, Any], lang: Any, context: Context | None = None) -> CheckResult:
    """Assess a record; with a context, also look up the algorithms that it names, as a save does."""
    standard, record_type, reader = config.standard(), governance.record_type(record), governance.reader(lang)
    reading = read_record(standard, record, config.settings())
    assessment = assess_reading(standard, reading)
    unknown = governance.unknown_algorithms(context, reading) if context else ()
    result = dictize_assessment(standard, record_type, assessment, reader)
    result["standard"]["recorded"] = recorded_version(standard, record)
    return {
        **result,
        "errors": [dictize_finding(finding, reader) for finding in (*assessment.errors, *unknown)],
        "earlier": [dictize_earlier(answer, reader) for answer in earlier_answers(standard, record)],
    }
