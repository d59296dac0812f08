"""The portal as an entity of type Catalogue."""
# MERGED The files of a dataset as entities of type Distribution.
# MERGED Answers and assessment of a record as attributes of its entity, in our own context.
# MERGED A dataset as an entity of Smart Data Models with its distributions; an algorithm as one of our own kind.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...standard import (
    DECLARED_FIELD,
    AnswerType,
    Assessment,
    FieldState,
    Standard,
    dump_declarations,
    jsonld_context,
    standard_digest,
)
from ...standard.model import as_list
from .attributes import (
    Attribute,
    Entity,
    Portal,
    a_code,
    a_date,
    a_moment,
    a_property,
    a_relationship,
    an_object,
    moment,
    names,
    size_in_bytes,
    texts,
    urn,
    web_address,
)


def catalogue(portal: Portal) -> Entity:
    """Return the catalogue.

    It does not list its datasets: each names it in `belongsToCatalogue`, and the core context takes the word `dataset`
    for something else.
    """
    return {
        "id": portal.urn,
        "type": "Catalogue",
        "title": a_property([portal.title]),
        "description": a_property([portal.description or portal.title]),
        "publisher": a_property(portal.title),
        "homepage": a_property(portal.home),
        "@context": portal.contexts,
    }


Record = Mapping[str, Any]


def distribution(portal: Portal, record: Record, resource: Record) -> Entity:
    """Return one file."""
    return {
        "id": distribution_urn(resource),
        "type": "Distribution",
        "belongsToDataset": a_relationship(urn("Dataset", record["id"])),
        **dict(_attributes(portal, record, resource)),
        "@context": portal.contexts,
    }


def distribution_urn(resource: Record) -> str:
    """Return the id of the entity of a file."""
    return urn("Distribution", resource["id"])


def _attributes(portal: Portal, record: Record, resource: Record) -> Iterator[tuple[str, Attribute]]:
    yield from _addresses(portal, record, resource)
    for name, key in (("title", "name"), ("description", "description")):
        if found := texts(resource.get(key)):
            yield name, a_property(found)
    for name, value in _first_texts(record, resource).items():
        if value:
            yield name, a_property(value[0])
    if (size := size_in_bytes(resource.get("size"))) is not None:
        yield "byteSize", a_property(size)
    for name, key in (("issued", "created"), ("modified", "last_modified")):
        if at := moment(resource.get(key)):
            yield name, a_moment(at)


def _addresses(portal: Portal, record: Record, resource: Record) -> Iterator[tuple[str, Attribute]]:
    address = web_address(resource.get("url"))
    page = f"{portal.page(record.get('type') or 'dataset', record['name'])}/resource/{resource['id']}"
    yield "accessURL", a_property([address or page])
    if address and resource.get("url_type") == "upload":
        yield "downloadURL", a_property([address])


def _first_texts(record: Record, resource: Record) -> dict[str, list[str]]:
    return {
        "format": texts(resource.get("format")),
        "mediaType": texts(resource.get("mimetype")),
        "license": texts(record.get("license_url"), record.get("license_title"), record.get("license_id")),
        "checksum": texts(resource.get("hash")),
    }


_CODED = frozenset({AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})
Systems = Mapping[str, str]


def governance(standard: Standard, assessment: Assessment, systems: Systems) -> Iterator[tuple[str, Attribute]]:
    """Yield each answer, what is declared unknown or not applicable, and what the standard says of it all."""
    for name, state in assessment.states.items():
        if state.value is not None:
            yield name, _answer(state, systems) | _apart(standard, name)
    if declared := dump_declarations(assessment.reading.declarations):
        yield DECLARED_FIELD, an_object(declared)
    yield from _assessed(standard, assessment)


def _answer(state: FieldState, systems: Systems) -> Attribute:
    value = list(state.value) if isinstance(state.value, tuple) else state.value
    if state.field.type is AnswerType.ALGORITHMS:
        return a_relationship([urn("Algorithm", systems.get(name, name)) for name in as_list(state.value)])
    if state.field.type.is_coded or state.field.type in _CODED:
        return a_code(value)
    return a_date(str(value)) if state.field.type is AnswerType.DATE else a_property(value)


def _apart(standard: Standard, name: str) -> Attribute:
    """Keep apart the answers of two questions that have one term: a broker would let one replace the other."""
    return (
        {"datasetId": f"{standard.namespace}question-{name}"} if name in jsonld_context.shared_terms(standard) else {}
    )


def _assessed(standard: Standard, assessment: Assessment) -> Iterator[tuple[str, Attribute]]:
    at = {"observedAt": f"{assessment.dates.today.isoformat()}T00:00:00Z"}
    yield jsonld_context.LEVEL, a_code(assessment.level) | at
    yield jsonld_context.GROUP_LEVELS, an_object({group.group.id: group.level for group in assessment.groups}) | at
    for name, found in ((jsonld_context.MISSING, assessment.missing), (jsonld_context.UNKNOWN, assessment.unknown)):
        if found:
            yield name, a_code(list(found)) | at
    if rules := list(dict.fromkeys(finding.rule for finding in assessment.concerns)):
        yield jsonld_context.CONCERNS, a_code(rules) | at
    if assessment.dates.retention_due:
        yield jsonld_context.RETENTION_DUE, a_date(assessment.dates.retention_due.isoformat())
    yield jsonld_context.STANDARD, a_property(standard.version)
    yield jsonld_context.DIGEST, a_property(standard_digest(standard))


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
    asked = (state for state in assessment.states.values() if state.field.type is AnswerType.ALGORITHMS)
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
