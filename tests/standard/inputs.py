"""Inputs shared by several test modules: an answer of each type, and strategies for JSON values and records."""

from __future__ import annotations

from datetime import date

from ckanext.opensmartcity.standard import DECLARED_FIELD, Settings, load_standard, shipped_folder
from hypothesis import strategies as st

STANDARD = load_standard(shipped_folder())
SETTINGS = Settings(home="NL", review_months=24, today=date(2026, 6, 1))
FIELDS = STANDARD.records["dataset"].fields

# One field of each answer type, with an answer that is already in its stored form.
ONE_OF_EACH = {
    "text": ("ownership_owner", "Mobility Department"),
    "long_text": ("fitness_purpose", "To count bicycles.\nTo plan parking."),
    "text_or_url": ("ownership_mandate", "Parking Ordinance 2024, article 12"),
    "texts": ("ownership_suppliers", ("MeterWorks Ltd: reads the meters", "CloudCo")),
    "texts_or_uris": ("fitness_standards", ("GTFS Schedule", "https://example.org/gtfs", "urn:iso:std:iso:8601")),
    "uri": ("ownership_owner_uri", "https://data.example.org/id/mobility"),
    "url": ("privacy_impact_assessment_url", "https://example.org/dpia?id=1#top"),
    "urls": ("algorithm_elsewhere", ("https://example.org/a", "http://example.org:8080/b")),
    "contact": ("ownership_contact", "mobility@city.example"),
    "date": ("governance_reviewed_on", "2024-02-29"),
    "duration": ("retention_period", "P1Y6M"),
    "code": ("privacy_class", "aggregated"),
    "codes": ("privacy_legal_basis", ("A6-1-c", "A6-1-e")),
    "country": ("sovereignty_provider_country", "DE"),
    "countries": ("sovereignty_storage_countries", ("DE", "NL")),
    "jurisdictions": ("sovereignty_jurisdictions", ("EU", "NL")),
    "uuid": ("sovereignty_local_contexts_project", "1f0a2b54-6c3d-4e8f-9a7b-2d5c8e4f6a10"),
    "systems": ("algorithm_systems", ("parking-permit-check",)),
}
FIELD_OF = {kind: name for kind, (name, _) in ONE_OF_EACH.items()}
LISTS = {kind: FIELD_OF[kind] for kind, (_, answer) in ONE_OF_EACH.items() if isinstance(answer, tuple)}
SINGLES = {kind: name for kind, name in FIELD_OF.items() if kind not in LISTS}

_known = st.sampled_from(
    [entry for _, answer in ONE_OF_EACH.values() for entry in ([answer] if isinstance(answer, str) else answer)]
    + ["unknown", "open", "personal", "special_category", "fixed_period", "until_date", "US", "P0D", "2026-02-31"]
    + ["", " ", "[]", '["NL"]', '["NL"', "{}", "javascript:alert(1)", "<b>", "mailto:a.b@city.example", "\ud800"]
)
_any_text = st.text(st.characters(exclude_categories=()), max_size=12)
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | _known | _any_text

json_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_any_text, inner, max_size=3),
    max_leaves=6,
)
_states = st.sampled_from(["unknown", "not_applicable", "answered", None, 1, ["unknown"]])
_entries = st.fixed_dictionaries({"state": _states}, optional={"reason": json_values, "x": json_values})
declarations = json_values | st.dictionaries(st.sampled_from([*FIELDS, "x"]), _entries | json_values, max_size=5)

_beside = {"license_id": json_values, "isopen": json_values, "private": json_values, "resources": json_values}
records = st.builds(
    lambda answers, beside: answers | beside,
    st.dictionaries(st.sampled_from(list(FIELDS)), json_values, max_size=12),
    st.fixed_dictionaries({}, optional={DECLARED_FIELD: declarations, **_beside}),
)
