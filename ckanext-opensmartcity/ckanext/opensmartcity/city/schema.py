"""Parameter schema of governance_city_show."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator

from ..governance import params


@validator_args
def governance_city_show(ignore_empty: Validator) -> Schema:
    """`lang`: a language code, by default English."""
    return {"lang": [ignore_empty, params.language]}
