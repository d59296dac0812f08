"""Audit: list, count and export all records of the catalogue with their assessment by the standard."""

from __future__ import annotations

from ..contributions import PageLink
from ..feature import Feature
from ..standard.i18n import N_
from . import actions, cli, views

FEATURE = Feature(
    name="audit",
    actions=[actions],
    blueprints=[views.blueprint],
    commands=[cli.audit_records, cli.export_records],
    links=[
        PageLink(
            "city.files",
            10,
            N_("All records for a spreadsheet (CSV)"),
            "opensmartcity_auditor.files",
            params=lambda values: {"form": "csv"},
        ),
        PageLink(
            "city.files",
            20,
            N_("All records for programs (JSON Lines)"),
            "opensmartcity_auditor.files",
            params=lambda values: {"form": "jsonl"},
        ),
    ],
)
