"""Response schemas of actions as JSON Schema, and example requests for the demo city, which the tests send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..standard import LEVELS, Standard
from .parameters import JsonSchema

EXAMPLES: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "governance_standard_show": {"in Dutch": {"lang": "nl"}},
    "governance_show": {
        "a dataset": {"id": "shared-bike-trips"},
        "a system, in German": {"id": "adaptive-traffic-lights", "lang": "de"},
    },
    "governance_check": {
        "a record of your own": {"title": "Trees", "privacy_class": "non_personal", "ownership_owner": "Parks"},
        "one with an answer that is not on the list": {"title": "Trees", "privacy_class": "secret"},
    },
    "governance_history": {"the newest change": {"id": "shared-bike-trips", "limit": 1}},
    "governance_changes": {"since a day": {"since": "2026-01-01", "limit": 5}},
    "governance_checkpoint_list": {"the newest": {"limit": 1}},
    "governance_checkpoint_show": {"the newest": {}},
    "governance_stats": {
        "all that you may see": {},
        "personal data, by organisation": {"fq": "vocab_privacy_class:personal", "by": "organization"},
    },
    "governance_audit": {
        "each record with its level": {"limit": 2},
        "data about people without a purpose": {"missing": "privacy_purpose", "fq": "vocab_privacy_class:personal"},
    },
    "governance_city_show": {"in French": {"lang": "fr"}},
    "governance_question_list": {"what is asked of a dataset": {"id": "shared-bike-trips"}},
    "governance_story_list": {"what came of a system": {"id": "adaptive-traffic-lights"}},
    "governance_links_show": {"the links of a dataset": {"id": "shared-bike-trips"}},
    "governance_links_list": {"links that lead nowhere, in Dutch": {"state": "failed", "lang": "nl"}},
    "governance_compare_show": {"this city beside others": {}},
}

TEXT: JsonSchema = {"type": "string"}
MAYBE_TEXT: JsonSchema = {"type": ["string", "null"]}
DAY: JsonSchema = {"type": ["string", "null"], "format": "date"}
COUNT: JsonSchema = {"type": "integer", "minimum": 0}
COUNTS: JsonSchema = {"type": "object", "additionalProperties": COUNT}
BOOLEAN: JsonSchema = {"type": "boolean"}
TEXTS: JsonSchema = {"type": "array", "items": TEXT}
ANY: JsonSchema = {}


def object_of(**keys: JsonSchema) -> JsonSchema:
    """Return the schema of an object with at least these keys."""
    return {"type": "object", "properties": keys, "required": list(keys)}


def list_of(items: JsonSchema) -> JsonSchema:
    """Return the schema of a list of these items."""
    return {"type": "array", "items": items}


def results(standard: Standard) -> Mapping[str, JsonSchema]:
    """Return the JSON Schemas of the results by action name."""
    assessed = _assessment(standard)
    events = list_of(_event())
    shown = {"dataset": object_of(id=TEXT, name=TEXT, type=_kinds(standard)), "links": object_of(html=TEXT, json=TEXT)}
    return {
        "governance_standard_show": object_of(
            version=TEXT,
            digest=TEXT,
            groups=list_of(object_of(label=TEXT)),
            fields=list_of(object_of(name=TEXT, iri=TEXT, question=TEXT)),
            vocabularies=list_of(object_of(label=TEXT)),
            rules=list_of(object_of(id=TEXT)),
        ),
        "governance_show": object_of(**shown, **assessed),
        "governance_check": object_of(**assessed),
        "governance_stats": _stats(standard),
        "governance_audit": audit_page(standard),
        "governance_question_list": object_of(questions=list_of(object_of(id=TEXT, text=TEXT))),
        "governance_story_list": object_of(stories=list_of(object_of(id=TEXT, title=TEXT, text=TEXT))),
        "governance_links_show": object_of(
            dataset=TEXT, links=list_of(object_of(resource=TEXT, url=TEXT, state=MAYBE_TEXT))
        ),
        "governance_links_list": object_of(state=TEXT, links=list_of(object_of(url=TEXT)), next_cursor=MAYBE_TEXT),
        "governance_city_show": object_of(as_of=TEXT, standard=_version(), characteristics=list_of(object_of(id=TEXT))),
        "governance_history": object_of(dataset=object_of(id=TEXT), events=events, next_cursor=MAYBE_TEXT),
        "governance_changes": {"type": "object", "properties": {"events": events}, "required": ["events"]},
        "governance_event_show": _event(),
        "governance_checkpoint_show": object_of(checkpoint=TEXT, size=COUNT, root=TEXT, at=TEXT, origin=TEXT),
        "governance_checkpoint_list": object_of(
            checkpoints=list_of(object_of(checkpoint=TEXT)), next_cursor=MAYBE_TEXT
        ),
        "governance_proof": object_of(checkpoint=TEXT),
        "governance_defaults_show": object_of(organization=TEXT, type=_kinds(standard), answers={"type": "object"}),
        "governance_defaults_update": object_of(organization=TEXT, type=_kinds(standard), answers={"type": "object"}),
    }


def audit_page(standard: Standard) -> JsonSchema:
    """Return the JSON Schema of a page of the audit."""
    verdict = {
        "level": {"enum": [*LEVELS, None]},
        "missing": TEXTS,
        "unknown": TEXTS,
        "review_due": DAY,
        "retention_due": DAY,
    }
    row = object_of(id=TEXT, name=TEXT, title=TEXT, type=_kinds(standard), private=BOOLEAN, **verdict)
    return object_of(as_of=TEXT, standard=_version(), total=COUNT, rows=list_of(row), next_cursor=MAYBE_TEXT)


def _kinds(standard: Standard) -> JsonSchema:
    return {"enum": list(standard.records)}


def _level() -> JsonSchema:
    return {"enum": list(LEVELS)}


def _version() -> JsonSchema:
    return object_of(version=TEXT, digest=TEXT)


def _finding() -> JsonSchema:
    return object_of(rule=TEXT, fields=TEXTS, message=TEXT)


def _assessment(standard: Standard) -> dict[str, JsonSchema]:
    names = {"enum": sorted({name for record in standard.records.values() for name in record.fields})}
    state = {"enum": ["stated", "unknown", "not_applicable", "missing", "not_required"]}
    question = object_of(name=names, label=TEXT, value=ANY, display=ANY, state=state, reason=MAYBE_TEXT, iri=TEXT)
    return {
        "standard": _version(),
        "level": _level(),
        "groups": list_of(object_of(id=TEXT, question=TEXT, level=_level(), fields=list_of(question))),
        "missing": list_of(names),
        "unknown": list_of(names),
        "concerns": list_of(_finding()),
        "errors": list_of(_finding()),
        "next_step": {"type": ["object", "null"]},
        "reviewed_on": DAY,
        "review_due": DAY,
        "review_overdue": BOOLEAN,
        "retention_due": DAY,
        "disposal_overdue": BOOLEAN,
        "assessed_at": {"type": "string", "format": "date"},
    }


def _stats(standard: Standard) -> JsonSchema:
    levels = object_of(**dict.fromkeys(LEVELS, COUNT))
    by_question = {"type": "object", "additionalProperties": COUNTS}
    types = object_of(**dict.fromkeys(standard.records, COUNT))
    counted = {"total": COUNT, "types": types, "levels": levels, "missing": COUNTS, "concerns": COUNTS}
    overdue = object_of(review=COUNT, disposal=COUNT)
    return object_of(as_of=TEXT, standard=_version(), **counted, overdue=overdue, codes=by_question)


def _event() -> JsonSchema:
    keys: dict[str, Any] = {"id": TEXT, "at": TEXT, "action": TEXT, "changes": list_of(object_of(field=TEXT))}
    # No key is required: a hidden event has only its hash.
    return {"type": "object", "properties": keys | {"hidden": BOOLEAN}}
