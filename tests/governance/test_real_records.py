"""Records of two cities and a register, invented and fifty real ones, with handwritten answers on their pages."""

import json
import re
from itertools import cycle, islice

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from ckan.tests.helpers import call_action
from freezegun import freeze_time
from support.metadata import INVENTED

CITIES = {"tokyo-ckan/package_show.jsonl": 20, "toronto-operations/datasets.jsonl": 20}
REGISTER, SYSTEMS = "algorithm-registers/uk_atrs_records.jsonl", 10

CLOUD = {
    "sovereignty_storage_kind": "commercial_cloud",
    "sovereignty_provider": "Northern Cloud Ltd",
    "sovereignty_provider_country": "US",
    "sovereignty_foreign_access": "possible",
    "sovereignty_exit": "Full export as CSV within 30 days.",
}
PEOPLE = {
    "privacy_class": "personal",
    "privacy_openness": "closed",
    "privacy_personal_data": ["name", "contact"],
    "privacy_data_subjects": ["residents"],
    "privacy_purpose": "We answer people who ask for a permit.",
    "privacy_legal_basis": ["A6-1-e"],
    "privacy_impact_assessment": "planned",
    "privacy_decision_rights": "You can see and correct your data.",
    "privacy_objection": "privacy@city.example",
}
# Plausible answers of a steward, from complete to none.
HANDS = [
    {},
    CLOUD,
    PEOPLE,
    {"retention_type": "fixed_period", "retention_period": "P7Y", "retention_disposition": "archive"},
    {"algorithm_use": "unknown", "governance_review_due": "2026-05-20", "ownership_suppliers": ["MeterWorks Ltd"]},
    dict.fromkeys(("ownership_owner", "ownership_contact", "privacy_class", "fitness_limits"), ""),
]
SYSTEM_HANDS = [
    {"algorithm_decision": "informs", "algorithm_technique": "statistical", "algorithm_risk": "minimal"},
    {"algorithm_decision": "recommends", "algorithm_technique": "machine_learning", "algorithm_risk": "high"},
    {"algorithm_status": "retired", "algorithm_ended_on": "2025-12-31", "algorithm_bias_check": "not_done"},
    {},
]


def read(path, number):
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, number)]


def title_of(record):
    return next(str(record[key]) for key in ("title", "name", "Name") if record.get(key))


def notes_of(record):
    return next((str(record[key]) for key in ("notes", "description", "short_description") if record.get(key)), "")


@pytest.fixture
def records(metadata, current):
    owner = factories.Organization()["id"]
    originals = [record for path, number in CITIES.items() for record in read(metadata / path, number)]
    made = [
        factories.Dataset(title=title_of(record), notes=notes_of(record), owner_org=owner, **current | answers)
        for record, answers in zip(originals, cycle(HANDS))
    ]
    for record, answers in zip(read(metadata / REGISTER, SYSTEMS), cycle(SYSTEM_HANDS)):
        purpose = re.sub(r"</?\w+>", "", notes_of(record))  # an answer with HTML would be rejected
        given = {"algorithm_owner": "City of Zuiderhaven", "algorithm_purpose": purpose or "To help."}
        made.append(
            factories.Dataset(
                type="algorithm", title=title_of(record), notes=notes_of(record), owner_org=owner, **given | answers
            )
        )
    return made


@freeze_time("2026-06-01")
def test_records_are_told_whole_and_plainly(app, records, metadata):
    assert len(records) == (25 if metadata == INVENTED else 50)
    for record in records:
        address = f"/{record['type']}/{record['name']}"
        body = app.get(address if record["type"] == "algorithm" else f"{address}/transparency").body
        assert len(body.encode()) < 60_000, record["title"]
        page = BeautifulSoup(body, "html.parser")
        assert page.h1.get_text().strip() == record["title"].strip()
        text = " ".join(page.find(class_="osc-topics").get_text(" ").split())
        shown = call_action("governance_show", id=record["id"])
        for group in shown["groups"]:
            assert group["sentences"], group["id"]
            for sentence in group["sentences"]:
                if sentence["id"] and not any("field" in part for part in sentence["parts"]):
                    assert sentence["text"] in text, record["title"]
        assert (
            not re.search(r"\{\w+\}|\bNone\b|_date\b", text.replace("None that we know of", ""))
            or "None" in record["notes"]
        )
        assert page.select_one(".osc-first .osc-say") is not None
