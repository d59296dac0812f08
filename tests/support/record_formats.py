"""Output formats of a record, as the features register them: test matrices take their routes from here."""

from __future__ import annotations

from ckanext.opensmartcity.registry import declared_formats

FORMATS = tuple(declared_formats())
# Routes below /dataset/ID/.
FORMAT_ROUTES = tuple(f"transparency.{each.suffix}" for each in FORMATS)
NEGOTIATED = tuple(each.media_type for each in FORMATS if each.negotiated)
