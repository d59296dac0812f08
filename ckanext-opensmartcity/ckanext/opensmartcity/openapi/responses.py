"""Response schemas of actions as JSON Schema, and the example requests of `examples.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from ..standard import LEVELS, Standard
from .parameters import JsonSchema

# Requests to the demo city, by action and title.
EXAMPLES: Mapping[str, Mapping[str, dict[str, Any]]] = yaml.safe_load(
    files(__package__).joinpath("examples.yaml").read_text(encoding="utf-8")
)

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
