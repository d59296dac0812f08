"""OpenAPI: a description of all actions, generated from their declarations."""

from __future__ import annotations

from ..feature import Feature, PageLink
from ..standard.i18n import N_
from . import views

FEATURE = Feature(
    name="openapi",
    blueprints=[views.blueprint],
    links=[PageLink("standard", 10, N_("OpenAPI"), "opensmartcity_openapi.document")],
)
