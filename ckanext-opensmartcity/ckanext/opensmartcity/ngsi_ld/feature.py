"""NGSI-LD: records as entities for the data platforms of cities."""

from __future__ import annotations

from ..feature import Feature, PageLink, record_params
from . import views

FEATURE = Feature(
    name="ngsi_ld",
    blueprints=[views.blueprint],
    links=[
        PageLink(
            "record.formats",
            10,
            "NGSI-LD",
            "opensmartcity_ngsi_ld.record",
            params=record_params,
        )
    ],
)
