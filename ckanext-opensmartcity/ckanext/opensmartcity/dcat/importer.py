"""Import of DCAT catalogues: datasets are matched by their URI, which is kept in an extra."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from .. import config
from ..exchange.provenance import PROVENANCE_NAME, Provenance, set_provenance
from ..exchange.record_mapping import IncomingRecord, changed_fields, parse_incoming
from ..exchange.registers.conversions import slugify
from ..governance.model.packages import carried_sources
from ..governance.record_import import NAME_LENGTH, Importer, Outcome, Remark, refusals_of, remarks_of
from .catalogue_reader import CatalogueDataset, read_catalogue

URI = "uri"
_TAG_LENGTH = 100


class CatalogueImport:
    """Importer of the datasets and algorithms of another portal's catalogue."""

    def __init__(self, importer: Importer, source: str | None) -> None:
        self.importer = importer
        self.source = source
        for kind in config.standard().records:
            for id, uri in carried_sources(kind, URI):
                importer.places.put(f"uri {uri}", id)

    def take(self, dataset: CatalogueDataset, place: str) -> Outcome:
        """Import one dataset."""
        kind = str(dataset.record.get("type") or "dataset")
        incoming = parse_incoming(config.standard(), self._row(dataset), kind)
        remarks = (*remarks_of(dataset.refused), *remarks_of(incoming.dropped))
        if incoming.invalid:
            return Outcome("refused", dataset.uri, refusals=refusals_of(incoming.invalid), remarks=remarks)
        known = self.importer.places.get(f"uri {dataset.uri}")
        if known:
            stored = self.importer.saver.show(known)
            changes = changed_fields(config.standard(), stored, incoming)
            status, refused = self.importer.apply_changes(stored["name"], stored, changes)
            return Outcome(status, stored["name"], tuple(sorted(changes)), refused, remarks)
        return self._create(dataset.uri, incoming, kind, remarks)

    def _row(self, dataset: CatalogueDataset) -> dict[str, Any]:
        """Return the dataset as a row of our own import, with valid tags and the provenance of its answers."""
        row = {key: value for key, value in dataset.record.items() if value not in (None, "")}
        if not row.get("title"):
            row["title"] = dataset.uri
        # CKAN restricts the characters and the length of tags.
        tags = dict.fromkeys(_tag_name(str(tag["name"])) for tag in row.get("tags") or ())
        row["tags"] = [{"name": name} for name in tags if len(name) > 1]
        extras = [extra for extra in row.get("extras") or () if extra["key"] != "homepage" and extra["value"]]
        if self.source is not None and any(extra["key"] == PROVENANCE_NAME for extra in extras):
            extras = set_provenance(extras, Provenance(self.source))
        row["extras"] = extras
        return row

    def _create(self, uri: str, incoming: IncomingRecord, kind: str, remarks: tuple[Remark, ...]) -> Outcome:
        digest = hashlib.sha256(uri.encode()).hexdigest()[:8]
        slug = slugify(str(incoming.record["title"]))
        name = self.importer.free_name(slug[:NAME_LENGTH] if len(slug) > 1 else f"dataset-{digest}", digest)
        status, refused = self.importer.create({**incoming.record, "name": name, "type": kind})
        if status == "created":
            self.importer.places.put(f"name {name}", uri)
        return Outcome(status, name, refusals=refused, remarks=remarks)


def _tag_name(text: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_. " else " " for letter in text)
    return " ".join(kept.split())[:_TAG_LENGTH].strip()


def import_catalogue(importer: Importer, source: str | None) -> Callable[[str], Iterator[tuple[str, Outcome]]]:
    """Return a function that imports the datasets of one catalogue, a file or an address."""
    catalogue = CatalogueImport(importer, source)

    def run(place: str) -> Iterator[tuple[str, Outcome]]:
        for dataset in read_catalogue(place, config.standard()):
            yield dataset.uri, catalogue.take(dataset, dataset.uri)

    return run
