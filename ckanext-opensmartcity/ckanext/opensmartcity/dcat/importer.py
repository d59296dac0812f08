"""Import of DCAT catalogues: datasets are matched by their URI, which is kept in an extra."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .. import config
from ..exchange.provenance import PROVENANCE_NAME, Provenance, set_provenance
from ..exchange.record_mapping import IncomingRecord, changed_fields, parse_incoming
from ..exchange.registers.conversions import slugify
from ..governance.model.packages import carried_sources
from ..governance.record_import import NAME_LENGTH, Importer, Outcome, Refusal, Remark
from ..standard.answers import shorten
from .catalogue_reader import Found, read_catalogue

URI = "uri"
_TAG_LENGTH = 100


class CatalogueImport:
    """Importer of the datasets and algorithms of another portal's catalogue."""

    def __init__(self, importer: Importer, giver: str | None) -> None:
        self.importer = importer
        self.giver = giver
        for kind in config.standard().records:
            for id, uri in carried_sources(kind, URI):
                importer.places.put(f"uri {uri}", id)

    def take(self, found: Found, place: str) -> Outcome:
        """Import one dataset."""
        kind = str(found.record.get("type") or "dataset")
        given = parse_incoming(config.standard(), self._row(found), kind)
        remarks = (*_remarks(found.refused), *_remarks(given.dropped))
        if given.invalid:
            refusals = tuple(Refusal(name, None, message.render()) for name, message in given.invalid.items())
            return Outcome("refused", found.uri, refusals=refusals, remarks=remarks)
        known = self.importer.places.get(f"uri {found.uri}")
        if known:
            stored = self.importer.saver.show(known)
            changes = changed_fields(config.standard(), stored, given)
            status, refused = self.importer.apply_changes(stored["name"], stored, changes)
            return Outcome(status, stored["name"], tuple(sorted(changes)), refused, remarks)
        return self._create(found.uri, given, kind, remarks)

    def _row(self, found: Found) -> dict[str, Any]:
        """Return the dataset as a row of our own import, with valid tags and the provenance of its answers."""
        row = {key: value for key, value in found.record.items() if value not in (None, "")}
        if not row.get("title"):
            row["title"] = found.uri
        # CKAN restricts the characters and the length of tags.
        tags = dict.fromkeys(_tag_name(str(tag["name"])) for tag in row.get("tags") or ())
        row["tags"] = [{"name": name} for name in tags if len(name) > 1]
        extras = [extra for extra in row.get("extras") or () if extra["key"] != "homepage" and extra["value"]]
        if self.giver is not None and any(extra["key"] == PROVENANCE_NAME for extra in extras):
            extras = set_provenance(extras, Provenance(self.giver))
        row["extras"] = extras
        return row

    def _create(self, uri: str, given: IncomingRecord, kind: str, remarks: tuple[Remark, ...]) -> Outcome:
        digest = hashlib.sha256(uri.encode()).hexdigest()[:8]
        slug = slugify(str(given.record["title"]))
        name = self.importer.free_name(slug[:NAME_LENGTH] if len(slug) > 1 else f"dataset-{digest}", digest)
        status, refused = self.importer.create({**given.record, "name": name, "type": kind})
        if status == "created":
            self.importer.places.put(f"name {name}", uri)
        return Outcome(status, name, refusals=refused, remarks=remarks)


def _tag_name(text: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_. " else " " for letter in text)
    return " ".join(kept.split())[:_TAG_LENGTH].strip()


def _remarks(messages: Mapping[str, Any]) -> tuple[Remark, ...]:
    return tuple(Remark(shorten(name), message) for name, message in messages.items())


def import_catalogue(importer: Importer, giver: str | None) -> Callable[[str], Iterator[tuple[str, Outcome]]]:
    """Return a function that imports the datasets of one catalogue, a file or an address."""
    catalogue = CatalogueImport(importer, giver)

    def run(place: str) -> Iterator[tuple[str, Outcome]]:
        for found in read_catalogue(place, config.standard()):
            yield found.uri, catalogue.take(found, found.uri)

    return run
