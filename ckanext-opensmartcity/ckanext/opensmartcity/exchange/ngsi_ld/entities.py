"""NGSI-LD entities: Catalogue, Dataset and Distribution of Smart Data Models, and Algorithm of our own.

Governance answers and the assessment are attributes in our own JSON-LD context, on the entity of their record.
"""

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
    date_attribute,
    datetime_attribute,
    display_names,
    json_attribute,
    non_blank,
    property_attribute,
    relationship_attribute,
    size_in_bytes,
    urn,
    utc_timestamp,
    vocab_attribute,
    web_uri,
)

Record = Mapping[str, Any]
# Ids of algorithm records by name, as far as the reader may see them.
AlgorithmIds = Mapping[str, str]

_PLACE_TYPES = frozenset({AnswerType.COUNTRY, AnswerType.COUNTRIES, AnswerType.JURISDICTIONS})


def catalogue_entity(portal: Portal) -> Entity:
    """Return the entity of the catalogue.

    It does not list its datasets: each refers to it with `belongsToCatalogue`, and the core context defines the term
    `dataset` with another meaning.
    """
    return {
        "id": portal.urn,
        "type": "Catalogue",
        "title": property_attribute([portal.title]),
        "description": property_attribute([portal.description or portal.title]),
        "publisher": property_attribute(portal.title),
        "homepage": property_attribute(portal.homepage),
        "@context": portal.contexts,
    }


def record_entities(
    standard: Standard, portal: Portal, record: Record, assessment: Assessment, algorithm_ids: AlgorithmIds
) -> Iterator[Entity]:
    """Yield the entity of a record, and for a dataset one of each of its files."""
    kind = assessment.reading.record_type.type
    described = dataset_attributes if kind == "dataset" else catalogue_attributes
    yield {
        "id": urn(kind.capitalize(), record["id"]),
        "type": kind.capitalize(),
        "belongsToCatalogue": relationship_attribute(portal.urn),
        **dict(described(portal, record)),
        **dict(shared_attributes(standard, assessment)),
        **dict(governance_attributes(standard, assessment, algorithm_ids)),
        "@context": portal.contexts,
    }
    if kind == "dataset":
        for resource in record.get("resources") or ():
            yield distribution_entity(portal, record, resource)


def referenced_algorithms(assessment: Assessment) -> set[str]:
    """Return the ids or names of the algorithms that a record refers to."""
    states = (state for state in assessment.states.values() if state.field.type is AnswerType.ALGORITHMS)
    return {name for state in states for name in as_list(state.value)}


def distribution_entity(portal: Portal, record: Record, resource: Record) -> Entity:
    """Return the entity of one file."""
    return {
        "id": distribution_urn(resource),
        "type": "Distribution",
        "belongsToDataset": relationship_attribute(urn("Dataset", record["id"])),
        **dict(distribution_attributes(portal, record, resource)),
        "@context": portal.contexts,
    }


def distribution_urn(resource: Record) -> str:
    """Return the entity id of a file."""
    return urn("Distribution", resource["id"])


def distribution_attributes(portal: Portal, record: Record, resource: Record) -> Iterator[tuple[str, Attribute]]:
    """Yield the attributes of a file that have a value."""
    url = web_uri(resource.get("url"))
    page = f"{portal.page_url(record.get('type') or 'dataset', record['name'])}/resource/{resource['id']}"
    yield "accessURL", property_attribute([url or page])
    if url and resource.get("url_type") == "upload":
        yield "downloadURL", property_attribute([url])
    for name, key in (("title", "name"), ("description", "description")):
        if texts := non_blank(resource.get(key)):
            yield name, property_attribute(texts)
    candidates = {
        "format": (resource.get("format"),),
        "mediaType": (resource.get("mimetype"),),
        "license": (record.get("license_url"), record.get("license_title"), record.get("license_id")),
        "checksum": (resource.get("hash"),),
    }
    for name, values in candidates.items():
        if texts := non_blank(*values):
            yield name, property_attribute(texts[0])
    if (size := size_in_bytes(resource.get("size"))) is not None:
        yield "byteSize", property_attribute(size)
    for name, key in (("issued", "created"), ("modified", "last_modified")):
        if timestamp := utc_timestamp(resource.get(key)):
            yield name, datetime_attribute(timestamp)


def catalogue_attributes(portal: Portal, record: Record) -> Iterator[tuple[str, Attribute]]:
    """Yield the descriptive attributes that datasets and algorithms share."""
    page = portal.page_url(record.get("type") or "dataset", record["name"])
    yield "title", property_attribute(non_blank(record.get("title")) or [record["name"]])
    yield "description", property_attribute(non_blank(record.get("notes")))
    yield "identifier", property_attribute([page])
    if owner := display_names([record.get("organization")], "title", "name"):
        yield "publisher", property_attribute(owner[0])
    if keywords := display_names(record.get("tags"), "display_name", "name"):
        yield "keyword", property_attribute(keywords)
    for name, key in (("issued", "metadata_created"), ("modified", "metadata_modified")):
        if timestamp := utc_timestamp(record.get(key)):
            yield name, datetime_attribute(timestamp)


def dataset_attributes(portal: Portal, record: Record) -> Iterator[tuple[str, Attribute]]:
    """Yield the descriptive attributes of a dataset."""
    yield from catalogue_attributes(portal, record)
    page = portal.page_url(record.get("type") or "dataset", record["name"])
    yield "landingPage", property_attribute([web_uri(record.get("url")) or page])
    yield "page", property_attribute([f"{page}/transparency"])
    if themes := display_names(record.get("groups"), "title", "name"):
        yield "theme", property_attribute(themes)
    if version := non_blank(record.get("version")):
        yield "versionInfo", property_attribute(version[0])
    if files := [distribution_urn(resource) for resource in record.get("resources") or ()]:
        yield "distribution", relationship_attribute(files)


def shared_attributes(standard: Standard, assessment: Assessment) -> Iterator[tuple[str, Attribute]]:
    """Yield the answers for which Smart Data Models defines an attribute too."""
    reading = assessment.reading
    for attribute, role in standard.linked_data.attributes.items():
        field = reading.record_type.roles.get(role)
        answer = reading.answers.get(field.name) if field else None
        if field is None or answer is None:
            continue
        if isinstance(answer, str) and field.type.is_coded:
            yield attribute, property_attribute(standard.vocabulary_of(field).codes[answer].iri)
        else:
            yield attribute, property_attribute(list(as_list(answer)))


def governance_attributes(
    standard: Standard, assessment: Assessment, algorithm_ids: AlgorithmIds
) -> Iterator[tuple[str, Attribute]]:
    """Yield the answers, the declarations (unknown, not applicable) and the assessment of a record."""
    shared_terms = jsonld_context.shared_terms(standard)
    for name, state in assessment.states.items():
        if state.value is None:
            continue
        attribute = answer_attribute(state, algorithm_ids)
        if name in shared_terms:
            # Without a datasetId, a broker would let the answers of two questions with one term replace each other.
            attribute |= {"datasetId": f"{standard.namespace}question-{name}"}
        yield name, attribute
    if declarations := dump_declarations(assessment.reading.declarations):
        yield DECLARED_FIELD, json_attribute(declarations)
    yield from assessment_attributes(standard, assessment)


def answer_attribute(state: FieldState, algorithm_ids: AlgorithmIds) -> Attribute:
    """Return an answer as Relationship (algorithms), VocabProperty (codes and places) or Property."""
    value = list(state.value) if isinstance(state.value, tuple) else state.value
    if state.field.type is AnswerType.ALGORITHMS:
        names = as_list(state.value)
        return relationship_attribute([urn("Algorithm", algorithm_ids.get(name, name)) for name in names])
    if state.field.type.is_coded or state.field.type in _PLACE_TYPES:
        return vocab_attribute(value)
    return date_attribute(str(value)) if state.field.type is AnswerType.DATE else property_attribute(value)


def assessment_attributes(standard: Standard, assessment: Assessment) -> Iterator[tuple[str, Attribute]]:
    """Yield levels, gaps, concerns and due dates, observed on the day of the assessment."""
    observed = {"observedAt": f"{assessment.dates.today.isoformat()}T00:00:00Z"}
    group_levels = {group.group.id: group.level for group in assessment.groups}
    yield jsonld_context.LEVEL, vocab_attribute(assessment.level) | observed
    yield jsonld_context.GROUP_LEVELS, json_attribute(group_levels) | observed
    for name, fields in ((jsonld_context.MISSING, assessment.missing), (jsonld_context.UNKNOWN, assessment.unknown)):
        if fields:
            yield name, vocab_attribute(list(fields)) | observed
    if rules := list(dict.fromkeys(finding.rule for finding in assessment.concerns)):
        yield jsonld_context.CONCERNS, vocab_attribute(rules) | observed
    if assessment.dates.retention_due:
        yield jsonld_context.RETENTION_DUE, date_attribute(assessment.dates.retention_due.isoformat())
    yield jsonld_context.STANDARD, property_attribute(standard.version)
    yield jsonld_context.DIGEST, property_attribute(standard_digest(standard))
