"""Import of DCAT catalogues: datasets are matched by their URI, which is kept in an extra, or by their identifier."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ckan import model

from .. import config
from ..exchange.provenance import PROVENANCE_NAME, Provenance, set_provenance
from ..exchange.record_mapping import IncomingRecord, changed_fields, parse_incoming
from ..exchange.registers.conversions import slugify
from ..exchange.tags import parse_tags
from ..governance.model.packages import carried_sources
from ..governance.record_import import (
    NAME_LENGTH,
    Importer,
    Outcome,
    Refusal,
    Remark,
    import_in_isolation,
    refusals_of,
    refuse,
    remarks_of,
)
from ..standard.i18n import N_
from ..standard.model import DATASET
from .catalogue_reader import CatalogueDataset, plain, read_catalogue

URI = "uri"
IDENTIFIER = "identifier"
_ANONYMOUS = N_("A dataset needs an address, an identifier or a title by which it is known again.")
_TWICE = N_("The same record stands already at {place}.")


class CatalogueImport:
    """Importer of the datasets and algorithms of another portal's catalogue.

    A dataset without an address of its own is known again by its `dct:identifier` within the organisation, or else by
    its title.
    """

    def __init__(self, importer: Importer, source: str | None) -> None:
        self.importer = importer
        self.source = source
        for kind in config.standard().types:
            for id, uri in carried_sources(kind, URI):
                if uri:
                    importer.places.put(f"uri {uri}", id)
                    importer.places.put(f"address of {id}", uri)
            for id, identifier in carried_sources(kind, IDENTIFIER, importer.organization):
                if importer.places.get(f"address of {id}") is None:
                    importer.places.put(f"identifier {identifier}", id)

    def take(self, dataset: CatalogueDataset, place: str) -> Outcome:
        """Import one dataset."""
        if dataset.failed:
            return Outcome("refused", place, refusals=(Refusal("", None, dataset.failed.render()),))
        key = _identity(dataset)
        if key is None:
            return refuse(place, "", _ANONYMOUS)
        if first := self.importer.find_duplicate(place, key):
            return refuse(place, "", _TWICE, place=first)
        kind = str(dataset.record.get("type") or config.standard().types_of(DATASET)[0])
        row, tag_remarks = self._row(dataset)
        incoming = parse_incoming(config.standard(), row, kind)
        known = self.importer.places.get(key) or self._known_by_title(key, kind)
        outcome = Outcome("refused", place, refusals=refusals_of(incoming.invalid))
        if not incoming.invalid:
            outcome = self._change(known, incoming) if known else self._create(key, incoming, kind)
        remarks = (*remarks_of(dataset.refused), *remarks_of(dataset.lost), *tag_remarks, *remarks_of(incoming.dropped))
        is_lost = bool(dataset.lost or incoming.dropped)
        return Outcome(outcome.status, outcome.name, outcome.fields, outcome.refusals, remarks, is_lost)

    def _row(self, dataset: CatalogueDataset) -> tuple[dict[str, Any], tuple[Remark, ...]]:
        """Return the dataset as a row of our own import, with valid tags and the provenance of its answers."""
        row = {key: value for key, value in dataset.record.items() if value not in (None, "")}
        if not row.get("title"):
            row["title"] = dataset.uri or _extra(dataset, IDENTIFIER)
        tags, messages = parse_tags(str(tag["name"]) for tag in row.get("tags") or ())
        row["tags"] = [{"name": name} for name in tags]
        extras = [extra for extra in row.get("extras") or () if extra["key"] != "homepage" and extra["value"]]
        if self.source is not None and any(extra["key"] == PROVENANCE_NAME for extra in extras):
            extras = set_provenance(extras, Provenance(self.source))
        row["extras"] = extras
        return row, tuple(Remark("tags", message) for message in messages)

    def _change(self, id: str, incoming: IncomingRecord) -> Outcome:
        stored = self.importer.saver.show(id)
        changes = changed_fields(config.standard(), stored, incoming)
        status, refused = self.importer.apply_changes(stored["name"], stored, changes)
        return Outcome(status, stored["name"], tuple(sorted(changes)), refused)

    def _create(self, key: str, incoming: IncomingRecord, kind: str) -> Outcome:
        wanted, digest = _names(key, str(incoming.record["title"]))
        name = self.importer.free_name(wanted, digest)
        status, refused = self.importer.create({**incoming.record, "name": name, "type": kind})
        if status == "created":
            self.importer.places.put(f"name {name}", key)
        return Outcome(status, name, refusals=refused)

    def _known_by_title(self, key: str, kind: str) -> str | None:
        """Return the id of the dataset of the organisation that an earlier import named by its title."""
        if not key.startswith(_TITLE):
            return None
        title = key.removeprefix(_TITLE)
        wanted, digest = _names(key, title)
        for name in (wanted, f"{wanted[: NAME_LENGTH - 9].rstrip('-_')}-{digest}"):
            package = model.Package.get(name)
            if package is not None and (package.title, package.type, package.state) == (title, kind, "active"):
                stored = self.importer.saver.show(package.id)
                keys = {extra["key"] for extra in stored.get("extras") or ()}
                if stored["owner_org"] == self.importer.organization and not {URI, IDENTIFIER} & keys:
                    return str(package.id)
        return None


_TITLE = "title "


def _identity(dataset: CatalogueDataset) -> str | None:
    if dataset.uri:
        return f"uri {dataset.uri}"
    if identifier := _extra(dataset, IDENTIFIER):
        return f"identifier {identifier}"
    title = str(dataset.record.get("title") or "").strip()
    return _TITLE + title if title else None


def _extra(dataset: CatalogueDataset, key: str) -> str:
    return next((extra["value"] for extra in dataset.record.get("extras") or () if extra["key"] == key), "")


def _names(key: str, title: str) -> tuple[str, str]:
    """Return the name that a dataset gets from its title, and the digest that distinguishes it from others."""
    digest = hashlib.sha256(key.removeprefix("uri ").encode(errors="replace")).hexdigest()[:8]
    slug = slugify(title)
    return slug[:NAME_LENGTH] if len(slug) > 1 else f"dataset-{digest}", digest


def import_catalogue(importer: Importer, source: str | None) -> Callable[[str], Iterator[tuple[str, Outcome]]]:
    """Return a function that imports the datasets of one catalogue, a file or an address."""
    catalogue = CatalogueImport(importer, source)

    def run(place: str) -> Iterator[tuple[str, Outcome]]:
        for dataset in read_catalogue(place, config.standard()):
            where = dataset.uri or plain(_extra(dataset, IDENTIFIER) or dataset.record.get("title") or place)
            yield where, import_in_isolation(partial(catalogue.take, dataset, where), where)

    return run
