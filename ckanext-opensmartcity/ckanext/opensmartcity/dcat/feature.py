"""DCAT: records as RDF by ckanext-dcat, and catalogues in RDF as a source of imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan.types import Context

from .. import dcat
from ..contributions import OutputFormat
from ..feature import Feature
from ..governance.record_import import Importer, Outcome
from ..standard.i18n import N_

# Modules of the optional dependencies are imported inside of functions.


def _load(context: Context, id: str) -> Any:
    from .serializer import load  # noqa: PLC0415

    return load(context, id)


def _serialize(form: str, content: Any) -> str:
    from .serializer import serialize  # noqa: PLC0415

    return serialize(content, form)


def _unavailable() -> str | None:
    if dcat.is_available():
        return None
    return str(tk._("This portal gives no linked data: ckanext-dcat is not installed on it."))


def _output(name: str, media_type: str, label: str = "") -> OutputFormat:
    return OutputFormat(name, media_type, name, partial(_serialize, name), _load, label, unavailable=_unavailable)


def _import_catalogue(importer: Importer, source_name: str | None) -> Callable[[str], Iterator[tuple[str, Outcome]]]:
    if not dcat.is_available():
        raise click.UsageError("Reading a catalogue in RDF takes ckanext-dcat, which is not installed.")
    from .importer import import_catalogue  # noqa: PLC0415

    return import_catalogue(importer, source_name)


def _start() -> None:
    if dcat.is_available():
        from .serializer import use_for_catalogues  # noqa: PLC0415

        use_for_catalogues()


FEATURE = Feature(
    name="dcat",
    formats=[_output("jsonld", "application/ld+json", N_("as linked data")), _output("ttl", "text/turtle")],
    importers={"dcat": _import_catalogue},
    start=_start,
)
