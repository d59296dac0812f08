"""OpenAPI: a description of all actions and output formats, generated from their declarations."""

from __future__ import annotations

from ..contributions import PageLink
from ..feature import Feature
from . import views

FEATURE = Feature(
    name="openapi",
    blueprints=[views.blueprint],
    links=[PageLink("standard", 10, "OpenAPI", "opensmartcity_openapi.document")],
)
