"""A dataset as an entity of Smart Data Models with its distributions; an algorithm as one of our own kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...standard import AnswerType, Assessment, Standard
from ...standard.answers import as_list
from .attributes import Attribute, Entity, a_moment, a_property, a_relationship
from .distributions import distribution, distribution_urn
from .governance import Systems, governance
from .portal import Portal, urn
from .values import moment, names, texts, web_address

Record = Mapping[str, Any]


def entities(
    standard: Standard, portal: Portal, record: Record, assessment: Assessment, systems: Systems
) -> Iterator[Entity]:
    """Yield the entity of a record and one for each of its files; `systems` gives the ids of systems by their names."""
    kind = assessment.reading.record_type.type
    described = _dataset if kind == "dataset" else _described
    yield {
        "id": urn(kind.capitalize(), record["id"]),
        "type": kind.capitalize(),
        "belongsToCatalogue": a_relationship(portal.urn),
        **dict(described(portal, record)),
        **_shared(standard, assessment),
        **dict(governance(standard, assessment, systems)),
        "@context": portal.contexts,
    }
    if kind == "dataset":
        for resource in record.get("resources") or ():
            yield distribution(portal, record, resource)


def named_systems(assessment: Assessment) -> set[str]:
    """Return the systems that a record names, by id or name."""
    asked = (state for state in assessment.states.values() if state.field.type is AnswerType.SYSTEMS)
    return {name for state in asked for name in as_list(state.value)}


def _described(portal: Portal, record: Record) -> Iterator[tuple[str, Attribute]]:
    page = portal.page(record.get("type") or "dataset", record["name"])
    yield "title", a_property(texts(record.get("title")) or [record["name"]])
    yield "description", a_property(texts(record.get("notes")))
    yield "identifier", a_property([page])
    if owner := names([record.get("organization")], "title", "name"):
        yield "publisher", a_property(owner[0])
    if keywords := names(record.get("tags"), "display_name", "name"):
        yield "keyword", a_property(keywords)
    for name, value in (("issued", record.get("metadata_created")), ("modified", record.get("metadata_modified"))):
        if at := moment(value):
            yield name, a_moment(at)


def _dataset(portal: Portal, record: Record) -> Iterator[tuple[str, Attribute]]:
    yield from _described(portal, record)
    page = portal.page("dataset", record["name"])
    yield "landingPage", a_property([web_address(record.get("url")) or page])
    yield "page", a_property([f"{page}/transparency"])
    if themes := names(record.get("groups"), "title", "name"):
        yield "theme", a_property(themes)
    if version := texts(record.get("version")):
        yield "versionInfo", a_property(version[0])
    if files := [distribution_urn(resource) for resource in record.get("resources") or ()]:
        yield "distribution", a_relationship(files)


_IN_BOTH = {"contactPoint": "ownership_contact", "creator": "ownership_owner", "conformsTo": "fitness_standards"}


def _shared(standard: Standard, assessment: Assessment) -> dict[str, Attribute]:
    """Return the answers for which Smart Data Models has words too."""
    states = assessment.states
    found = {
        word: as_list(states[name].value) for word, name in _IN_BOTH.items() if name in states and states[name].value
    }
    said = {word: a_property(list(values)) for word, values in found.items()}
    return said | _access(standard, assessment)


def _access(standard: Standard, assessment: Assessment) -> dict[str, Attribute]:
    state = assessment.states.get("privacy_openness")
    if state is None or not isinstance(state.value, str):
        return {}
    return {"accessRights": a_property(standard.vocabulary_of(state.field).codes[state.value].iri)}
