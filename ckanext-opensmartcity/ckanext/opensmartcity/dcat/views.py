"""RDF of one record for programs, if the optional ckanext-dcat is installed."""

from __future__ import annotations

from collections.abc import Callable

import ckan.plugins.toolkit as tk
from flask import Response
from flask.typing import ResponseReturnValue

from .. import dcat
from ..views.http import cached, fetch_or_refuse, page_blueprint

blueprint = page_blueprint("opensmartcity_linked", __name__)


def responder(form: str) -> Callable[[str, str], ResponseReturnValue]:
    """Return the view of one serialization, for content negotiation on the transparency page."""
    return lambda package_type, id: transparency(package_type, id, form)


KINDS = {"application/ld+json": "jsonld", "text/turtle": "ttl"}
_TYPES = {form: kind for kind, form in KINDS.items()}


@blueprint.route("/<any(dataset, algorithm):package_type>/<id>/transparency.<any(ttl, jsonld):form>")
def transparency(package_type: str, id: str, form: str) -> ResponseReturnValue:
    """Return a record with all its answers as Turtle or JSON-LD."""
    if not dcat.is_available():
        refusal: Response = tk.abort(
            404, tk._("This portal gives no linked data: ckanext-dcat is not installed on it.")
        )
        return refusal
    # Imported here: its dependencies are optional.
    from . import serializer  # noqa: PLC0415

    record = fetch_or_refuse(id, lambda: serializer.show({}, id))
    if isinstance(record, Response):
        return record
    return cached(
        serializer.cache_key(record), lambda: Response(serializer.serialize(record, form), mimetype=_TYPES[form])
    )
