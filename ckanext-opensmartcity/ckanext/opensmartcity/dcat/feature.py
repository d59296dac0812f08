"""DCAT: records as RDF by ckanext-dcat, and catalogues in RDF as a source of imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import click

from ..feature import Feature, OutputFormat
from ..governance.record_import import Importer, Outcome
from . import is_available, views


def _formats() -> list[OutputFormat]:
    if not is_available():
        return []
    return [
        OutputFormat(name, media_type, "opensmartcity_linked.transparency", {"form": name}, views.responder(name))
        for media_type, name in views.KINDS.items()
    ]


def _import_catalogue(importer: Importer, source_name: str | None) -> Callable[[str], Iterator[tuple[str, Outcome]]]:
    if not is_available():
        raise click.UsageError("Reading a catalogue in RDF takes ckanext-dcat, which is not installed.")
    # Imported here: its dependencies are optional.
    from .importer import import_catalogue  # noqa: PLC0415

    return import_catalogue(importer, source_name)


FEATURE = Feature(
    name="dcat", blueprints=[views.blueprint], formats=_formats, importers=lambda: {"dcat": _import_catalogue}
)
