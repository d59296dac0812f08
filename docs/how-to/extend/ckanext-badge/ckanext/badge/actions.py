"""API action of the badge, with its parameter schema and its result."""

from __future__ import annotations

from typing import Any, TypedDict

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Context, Schema, Validator
from ckanext.opensmartcity.feature import action
from ckanext.opensmartcity.governance import params
from ckanext.opensmartcity.governance.auth import may_read_dataset

COLOURS = {"silent": "#6b6b6b", "started": "#8a5a00", "answered": "#1b5e9a", "current": "#1c6b2a"}


class Badge(TypedDict):
    """Level of the answers of a record, and the colour in which a badge shows it."""

    name: str
    level: str
    colour: str


@validator_args
def badge_show_schema(not_empty: Validator) -> Schema:
    """`id`: id or name of a dataset or algorithm."""
    return {"id": [not_empty, params.query]}


@tk.side_effect_free
@action(may_read_dataset, badge_show_schema)
def badge_show(context: Context, data_dict: dict[str, Any]) -> Badge:
    """Return the badge of a dataset or an algorithm.

    :param id: id or name of the dataset
    :type id: string

    :returns: name, level and colour
    :rtype: dictionary
    """
    tk.check_access("badge_show", context, data_dict)
    governance = tk.get_action("governance_show")(context, {"id": data_dict["id"]})
    level = governance["level"]
    return {"name": governance["dataset"]["name"], "level": level, "colour": COLOURS[level]}
