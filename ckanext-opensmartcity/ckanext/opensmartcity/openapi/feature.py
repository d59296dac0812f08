"""OpenAPI: a description of all actions, generated from their declarations."""

from __future__ import annotations

from ..feature import Feature, PageLink
from . import views

FEATURE = Feature(
    name="openapi",
    blueprints=[views.blueprint],
    links=[PageLink("standard", 10, "OpenAPI", "opensmartcity_openapi.document")],
)
