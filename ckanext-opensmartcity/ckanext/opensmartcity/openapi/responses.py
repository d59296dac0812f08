"""Requests to try on the demo city; the tests send each and hold the answer to the document."""
# MERGED What actions return, as JSON Schema, where more is to be said of it than its type.

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
YES: JsonSchema = {"type": "boolean"}
TEXTS: JsonSchema = {"type": "array", "items": TEXT}
ANY: JsonSchema = {}


def thing(**keys: JsonSchema) -> JsonSchema:
    """Return the schema of an object that has at least these keys."""
    return {"type": "object", "properties": keys, "required": list(keys)}


def several(items: JsonSchema) -> JsonSchema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def results(standard: Standard) -> Mapping[str, JsonSchema]:
    """Return the schema of what each of these actions returns."""
    assessed = _assessment(standard)
    events = several(_event())
    shown = {"dataset": thing(id=TEXT, name=TEXT, type=_kinds(standard)), "links": thing(html=TEXT, json=TEXT)}
    return {
        "governance_standard_show": _standard(),
        "governance_show": thing(**shown, **assessed),
        "governance_check": thing(**assessed),
        "governance_stats": _stats(standard),
        "governance_audit": _audit(standard),
        "governance_question_list": thing(questions=several(thing(id=TEXT, text=TEXT))),
        "governance_story_list": thing(stories=several(thing(id=TEXT, title=TEXT, text=TEXT))),
        "governance_links_show": thing(dataset=TEXT, links=several(thing(resource=TEXT, url=TEXT, state=MAYBE_TEXT))),
        "governance_links_list": thing(state=TEXT, links=several(thing(url=TEXT)), next_cursor=MAYBE_TEXT),
        "governance_city_show": thing(as_of=TEXT, standard=_version(), characteristics=several(thing(id=TEXT))),
        "governance_history": thing(dataset=thing(id=TEXT), events=events, next_cursor=MAYBE_TEXT),
        "governance_changes": {"type": "object", "properties": {"events": events}, "required": ["events"]},
        "governance_event_show": _event(),
        "governance_checkpoint_show": thing(checkpoint=TEXT, size=COUNT, root=TEXT, at=TEXT, origin=TEXT),
        "governance_checkpoint_list": thing(checkpoints=several(thing(checkpoint=TEXT)), next_cursor=MAYBE_TEXT),
        "governance_proof": thing(checkpoint=TEXT),
        "governance_defaults_show": thing(organization=TEXT, type=_kinds(standard), answers={"type": "object"}),
        "governance_defaults_update": thing(organization=TEXT, type=_kinds(standard), answers={"type": "object"}),
    }


def _audit(standard: Standard) -> JsonSchema:
    verdict = {
        "level": {"enum": [*LEVELS, None]},
        "missing": TEXTS,
        "unknown": TEXTS,
        "review_due": DAY,
        "retention_due": DAY,
    }
    row = thing(id=TEXT, name=TEXT, title=TEXT, type=_kinds(standard), private=YES, **verdict)
    return thing(as_of=TEXT, standard=_version(), total=COUNT, rows=several(row), next_cursor=MAYBE_TEXT)


def _kinds(standard: Standard) -> JsonSchema:
    return {"enum": list(standard.records)}


def _level() -> JsonSchema:
    return {"enum": list(LEVELS)}


def _version() -> JsonSchema:
    return thing(version=TEXT, digest=TEXT)


def _standard() -> JsonSchema:
    named = thing(label=TEXT)
    lists = {"groups": several(named), "fields": several(thing(name=TEXT, iri=TEXT, question=TEXT))}
    return thing(version=TEXT, digest=TEXT, **lists, vocabularies=several(named), rules=several(thing(id=TEXT)))


def _finding() -> JsonSchema:
    return thing(rule=TEXT, fields=TEXTS, message=TEXT)


def _assessment(standard: Standard) -> dict[str, JsonSchema]:
    names = {"enum": sorted({name for record in standard.records.values() for name in record.fields})}
    state = {"enum": ["stated", "unknown", "not_applicable", "missing", "not_required"]}
    question = thing(name=names, label=TEXT, value=ANY, display=ANY, state=state, reason=MAYBE_TEXT, iri=TEXT)
    return {
        "standard": _version(),
        "level": _level(),
        "groups": several(thing(id=TEXT, question=TEXT, level=_level(), fields=several(question))),
        "missing": several(names),
        "unknown": several(names),
        "concerns": several(_finding()),
        "errors": several(_finding()),
        "next_step": {"type": ["object", "null"]},
        "reviewed_on": DAY,
        "review_due": DAY,
        "review_overdue": YES,
        "retention_due": DAY,
        "disposal_overdue": YES,
        "assessed_at": {"type": "string", "format": "date"},
    }


def _stats(standard: Standard) -> JsonSchema:
    levels = thing(**dict.fromkeys(LEVELS, COUNT))
    by_question = {"type": "object", "additionalProperties": COUNTS}
    types = thing(**dict.fromkeys(standard.records, COUNT))
    counted = {"total": COUNT, "types": types, "levels": levels, "missing": COUNTS, "concerns": COUNTS}
    overdue = thing(review=COUNT, disposal=COUNT)
    return thing(as_of=TEXT, standard=_version(), **counted, overdue=overdue, codes=by_question)


def _event() -> JsonSchema:
    keys: dict[str, Any] = {"id": TEXT, "at": TEXT, "action": TEXT, "changes": several(thing(field=TEXT))}
    # Of an event that the reader may not see, nothing but its hash is given.
    return {"type": "object", "properties": keys | {"hidden": YES}}
