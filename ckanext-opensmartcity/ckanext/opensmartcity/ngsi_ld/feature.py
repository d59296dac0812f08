"""NGSI-LD: records as entities for the data platforms of cities."""

from __future__ import annotations

from ..contributions import OutputFormat
from ..feature import Feature
from . import views

FEATURE = Feature(
    name="ngsi_ld",
    blueprints=[views.blueprint],
    formats=[
        OutputFormat(
            "ngsi_ld",
            "application/ld+json",
            "ngsi-ld.jsonld",
            views.dumps,
            views.load,
            "NGSI-LD",
            # The Accept header for JSON-LD selects DCAT.
            negotiated=False,
        )
    ],
)
