"""What the search index is told: codes as facets, and no bare answer, which may be too long for a string field."""

from __future__ import annotations

from typing import Any

from . import config
from .exchange.registers import SOURCE_KEY
from .standard import DECLARED_FIELD, AnswerType, Field, Refused
from .standard.answers import as_list, parse_answer

_FACETS = frozenset(
    {AnswerType.CODE, AnswerType.CODES, AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS}
)


def index_answers(pkg_dict: dict[str, Any]) -> dict[str, Any]:
    """Replace each answer by a `vocab_` facet of its codes; the full text stays searchable as `extras_`."""
    record_type = config.standard().records.get(pkg_dict.get("dataset_type", ""))
    if record_type is None:
        return pkg_dict
    for name, field in record_type.fields.items():
        raw = pkg_dict.pop(name, None)
        if field.type in _FACETS and (codes := _codes(field, raw)):
            pkg_dict[f"vocab_{name}"] = codes
    for name in (DECLARED_FIELD, SOURCE_KEY):
        pkg_dict.pop(name, None)
    return pkg_dict


def _codes(field: Field, raw: Any) -> list[str]:
    try:
        return list(as_list(parse_answer(field, raw, config.standard())))
    except Refused:
        return []
